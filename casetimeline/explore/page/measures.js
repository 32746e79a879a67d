// The codes of one case alone: its measures.csv as a table of fields, which stays letter by letter until one is typed in.

import { button, make } from "./dom.js";

const COLUMNS = ["code", "kind", "label", "abbrev", "unit", "units", "low", "high", "whole", "scale", "grades", "better"];
const WORDS = {
  better: ["", "lower", "higher"],
  whole: ["", "yes", "no"],
  scale: ["", "ratio", "interval", "ordinal", "titre"],
};
const MEANING =
  "A measure that no other case needs: its code, its label and unit, the units that are converted to it (g/L=1|g/dL=10), " +
  "the limits of its scale, what scale it is (ratio, or blank, where 0 is none of it; interval, as of degrees Celsius; " +
  "ordinal, grades in numbers; titre, steps of a dilution), or its grades from the least to the most (none|small|large), and which direction " +
  "is better.";

/** The rows of a text with commas and quotation marks. */
export function readCsv(text) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i];
    if (quoted && letter === '"' && text[i + 1] === '"') cell += text[(i += 1)];
    else if (letter === '"') quoted = !quoted;
    else if (quoted || !/[,\r\n]/.test(letter)) cell += letter;
    else if (letter !== "\r") {
      row.push(cell);
      cell = "";
      if (letter === ",") continue;
      rows.push(row);
      row = [];
    }
  }
  if (cell || row.length) rows.push([...row, cell]);
  return rows.filter((cells) => cells.some(Boolean));
}

export function writeCsv(rows) {
  const quoted = (text) => (/[",\r\n]|^#/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((cells) => `${cells.map(quoted).join()}\n`).join("");
}

export class Measures {
  /**
   * `changed` is given the text before and after, and the edit: `of` (what was edited, in words) and `at` (the row and the
   * column of its cell); of a cell that was typed in also the `event`, and what the cell held before and after (`cells`).
   */
  constructor(known, text, changed) {
    Object.assign(this, { known, changed });
    this.body = make("tbody");
    this.head = make("tr", {});
    const caption = "measures.csv: one row a code of this case alone";
    this.element = make(
      "details",
      { class: "ct-measures" },
      make("summary", {}, "Measures of this case alone"),
      make("p", {}, MEANING),
      make(
        "div",
        { class: "ct-scroll", tabindex: "0", role: "region", "aria-label": caption },
        make("table", { class: "ct-grid" }, make("caption", {}, caption), make("thead", {}, this.head), this.body),
      ),
      button("Add a measure", () => this.add()),
    );
    this.show(text);
    this.element.open = this.rows.length > 0;
  }

  show(text) {
    this.text = text;
    const [header, ...rows] = readCsv(text.replace(/^\ufeff/, ""));
    this.columns = header || COLUMNS;
    this.rows = rows.map((cells) => this.columns.map((_, i) => cells[i] ?? ""));
    this.head.replaceChildren(...[...this.columns, "remove"].map((name) => make("th", { scope: "col" }, name)));
    this.body.replaceChildren(...this.rows.map((row, i) => this.build(row, i)));
  }

  /** The cell of a step that was taken back or made again, or what is nearest to it, has the focus, and is in sight. */
  focus(row, name) {
    this.element.open = true;
    const cell = this.cellAt(Math.min(row, this.rows.length - 1), name) || this.element.querySelector("summary");
    cell.focus();
    if (cell.type === "text") cell.setSelectionRange(cell.value.length, cell.value.length);
  }

  build(row, i) {
    const cells = this.columns.map((name, j) => {
      const common = { "aria-label": `measure ${i + 1}, ${name}`, "data-measure": i, "data-name": name };
      const words = { ...WORDS, kind: this.known.kinds }[name];
      const typed = (event) => this.type(event, i, j);
      if (!words) return make("td", {}, make("input", { ...common, type: "text", value: row[j], oninput: typed }));
      const entries = words.includes(row[j]) ? words : [row[j], ...words];
      const options = entries.map((word) => make("option", { value: word, selected: word === row[j] }, word));
      return make("td", {}, make("select", { ...common, oninput: typed }, ...options));
    });
    const remove = button("×", () => this.remove(i), { "aria-label": `Remove measure ${i + 1}` });
    return make("tr", {}, ...cells, make("td", {}, remove));
  }

  codes() {
    const [code, kind, label] = ["code", "kind", "label"].map((name) => this.columns.indexOf(name));
    return this.rows.map((row) => [row[code] || "", row[label] || "", row[kind] || ""]);
  }

  cellAt(row, name) {
    return this.body.querySelector(`[data-measure="${row}"][data-name="${CSS.escape(name)}"]`);
  }

  type(event, i, j) {
    const name = this.columns[j];
    const cells = [this.rows[i][j], event.target.value];
    this.rows[i][j] = event.target.value;
    this.tell({ of: `${name} of measure ${i + 1}`, at: [i, name], event, cells });
  }

  add() {
    this.rows.push(this.columns.map((name) => (name === "kind" ? "observation" : "")));
    const i = this.rows.length - 1;
    this.body.append(this.build(this.rows.at(-1), i));
    this.tell({ of: `measure ${i + 1} added`, at: [i, "code"] });
    this.cellAt(i, "code")?.focus();
  }

  remove(i) {
    this.rows.splice(i, 1);
    this.body.replaceChildren(...this.rows.map((row, at) => this.build(row, at)));
    this.tell({ of: `measure ${i + 1} removed`, at: [i, "code"] });
    this.element.querySelector("summary").focus();
  }

  tell(edit) {
    const before = this.text;
    this.text = this.rows.length ? writeCsv([this.columns, ...this.rows]) : "";
    this.changed(before, this.text, edit);
  }
}
