// What rests on the rows: what the entries of the grid change in the report, and everything that one row carries.

import { button, counted, make } from "./dom.js";

// Each kind of output: one of them, and the heading of its table.
const KINDS = {
  verdict: ["verdict", "Verdicts"],
  claim: ["claim", "Claims"],
  sentence: ["sentence", "Sentences"],
  series: ["extreme value", "Lowest, highest and last values"],
  derived: ["derived value", "Derived values"],
  mark: ["mark", "Marks of the figures"],
};

/** What the report says, kind by kind: what `build` makes of each kind, folded but for verdicts and claims. */
function byKind(outputs, build) {
  return Object.entries(KINDS).flatMap(([kind, [, heading]]) => {
    const ofKind = outputs.filter((one) => one.kind === kind);
    if (!ofKind.length) return [];
    const summary = make("summary", {}, `${heading} (${ofKind.length})`);
    return [make("details", { open: ["verdict", "claim"].includes(kind) }, summary, build(ofKind, heading))];
  });
}

/** Everything that rests on a row, as lists. */
export function restingLists(outputs) {
  return byKind(outputs, (ofKind) =>
    make("ul", {}, ...ofKind.map(({ what, says }) => make("li", {}, `${what}: ${says}`))),
  );
}

export class Changes {
  constructor() {
    this.heading = make("h3", { tabindex: "-1" });
    this.about = make("p", {});
    this.rows = make("ul", {});
    this.outputs = make("div", {});
    this.element = make(
      "section",
      { class: "ct-changes", "aria-label": "Changes of the report", hidden: true },
      this.heading,
      this.about,
      this.rows,
      this.outputs,
      button("Close the changes", () => (this.element.hidden = true)),
    );
  }

  /** Show them; and say in short how many there are. */
  show({ case: id, rows, others, outputs }) {
    this.heading.textContent = `What differs from case ${id} as it is stored`;
    const counts = Object.entries(KINDS)
      .map(([kind, [noun]]) => [outputs.filter((one) => one.kind === kind).length, noun])
      .filter(([count]) => count)
      .map(([count, noun]) => counted(count, noun));
    const keys = others.length ? ` Of case.yaml: ${others.join(", ")}.` : "";
    const said = `Different: ${counted(rows.length, "row")}; in the report ${counts.join(", ") || "nothing"}.`;
    this.about.textContent = said + keys;
    this.rows.replaceChildren(...rows.map(rowItem));
    this.outputs.replaceChildren(...byKind(outputs, outputTable));
    this.element.hidden = false;
    this.heading.focus();
    return said;
  }
}

function rowItem({ change, place, code, cells }) {
  const words = cells.map(([name, old, now]) => `${name} ${quoted(old)} to ${quoted(now)}`).join("; ");
  return make("li", {}, `${place}, ${code}, ${change}${change === "changed" ? `: ${words}` : ""}`);
}

function quoted(text) {
  return text ? `“${text}”` : "blank";
}

function outputTable(outputs, words) {
  const head = ["What", "As stored", "As typed", "Because of"].map((name) => make("th", { scope: "col" }, name));
  const body = outputs.map(({ what, stored, typed, because }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, what),
      make("td", {}, stored || "nothing"),
      make("td", {}, typed || "nothing"),
      make("td", {}, because || "no row"),
    ),
  );
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
  return make("div", { class: "ct-scroll", tabindex: "0", role: "region", "aria-label": words }, table);
}
