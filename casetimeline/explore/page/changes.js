// What the entries of the grid change in the report: the rows that differ from the stored case, and what rests on them.

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
    const kinds = Object.keys(KINDS).filter((kind) => outputs.some((one) => one.kind === kind));
    const counts = kinds.map((kind) => counted(outputs.filter((one) => one.kind === kind).length, KINDS[kind][0]));
    const keys = others.length ? ` Of case.yaml: ${others.join(", ")}.` : "";
    const said = `Different: ${counted(rows.length, "row")}; in the report ${counts.join(", ") || "nothing"}.`;
    this.about.textContent = said + keys;
    this.rows.replaceChildren(...rows.map(rowItem));
    this.outputs.replaceChildren(...kinds.map((kind) => outputTable(kind, outputs.filter((one) => one.kind === kind))));
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

/** The table of one kind; only verdicts and claims are open, since the others are many. */
function outputTable(kind, outputs) {
  const words = KINDS[kind][1];
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
  return make(
    "details",
    { open: ["verdict", "claim"].includes(kind) },
    make("summary", {}, `${words} (${outputs.length})`),
    make("div", { class: "ct-scroll", tabindex: "0", role: "region", "aria-label": words }, table),
  );
}
