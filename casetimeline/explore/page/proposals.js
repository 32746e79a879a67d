// Rows that somebody or some program proposes: each beside its passage in the text, to be accepted or left by the reader.

import { button, counted, make } from "./dom.js";

/** A passage in its sentence, marked. */
export function inSentence([before, passage, after]) {
  return make("p", { class: "ct-passage" }, before, make("mark", {}, passage), after);
}

export class Proposals {
  /** `accept` is given a row that the reader has accepted. */
  constructor(accept) {
    this.accept = accept;
    this.heading = make("h3", { tabindex: "-1" });
    this.about = make("p", {});
    this.list = make("ol", {});
    this.element = make(
      "section",
      { class: "ct-proposals", "aria-label": "Proposed rows", hidden: true },
      this.heading,
      this.about,
      this.list,
      button("Close the proposal", () => (this.element.hidden = true)),
    );
  }

  show({ file, source, proposed_by, rows }) {
    const free = rows.filter(({ refused }) => !refused.length).length;
    const by = proposed_by ? `, proposed by ${proposed_by}` : "";
    this.heading.textContent = `Proposed rows of ${file}${by}`;
    this.about.textContent =
      `${free} of ${counted(rows.length, "row")} stand in the text of ${source} as proposed. Nothing enters the case ` +
      "that you do not accept: read each passage, and accept the row if the authors say this.";
    this.list.replaceChildren(...rows.map((one) => this.item(one, source)));
    this.element.hidden = false;
    this.heading.focus();
  }

  item({ number, row, passages, refused, cautions }, source) {
    const cells = Object.entries(row).flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]);
    const said = make("p", { role: "status" });
    const decide = (words, act) => () => {
      act();
      said.textContent = words;
      for (const one of item.querySelectorAll("button")) one.disabled = true;
      this.list.querySelector("button:not(:disabled)")?.focus();
    };
    const accept = decide("Accepted; it is the last row of the grid.", () => this.accept({ ...row, source }));
    const choices = [
      button("Accept", accept, { "aria-label": `Accept row ${number}` }),
      " ",
      button("Leave", decide("Left.", () => {}), { "aria-label": `Leave row ${number}` }),
    ];
    const item = make(
      "li",
      { "data-proposed": number },
      make("dl", {}, make("dt", {}, "row"), make("dd", {}, String(number)), ...cells),
      make(
        "div",
        {},
        ...passages.map(inSentence),
        ...refused.map((reason) => make("p", { class: "ct-refused" }, `! ${reason}`)),
        ...cautions.map((caution) => make("p", {}, `Look: ${caution}.`)),
        ...(refused.length ? [make("p", {}, "Refused: it cannot be accepted.")] : choices),
        said,
      ),
    );
    return item;
  }
}
