// A form and a grid to write a case in. What is typed goes into a draft; faults come back to the cell they belong to.

import { Changes } from "./changes.js";
import { button, counted, dig, labelled, make, put } from "./dom.js";
import { Edits, asksFor } from "./edits.js";
import { LISTED, NAMED, NUMBERED, SOURCES } from "./lines.js";
import { Measures } from "./measures.js";
import { Proposals } from "./proposals.js";

const FIELDS = [
  ["Title", ["title"]],
  ["Diagnosis", ["diagnosis"]],
  ["Age", ["patient", "age"]],
  ["Sex", ["patient", "sex"]],
  ["Subset of the disease", ["patient", "subset"]],
  ["Weight in kg", ["patient", "weight"]],
  ["Height in cm", ["patient", "height"]],
  ["Ethnicity", ["patient", "ethnicity"]],
  ["Onset of the disease", ["patient", "onset"]],
  ["Duration of the disease", ["patient", "disease_duration"]],
  ["Smoking", ["patient", "smoking"]],
  ["Note on age or sex", ["patient", "note"]],
  ["What day 0 is", ["time_zero", "label"]],
  ["Date of day 0, if there is one", ["time_zero", "date"]],
  ["Reference treatment (its code)", ["analysis", "reference"], "starters"],
  ["Baseline rule", ["analysis", "baseline"], "baselines"],
];
// What faults of case.yaml call a key, where the form has a longer name.
const KEYS = { baseline_rule: "analysis: baseline", reference: "analysis: reference" };
const TYPING_MS = 300;

export class Editor {
  /**
   * `hears` has `typed` (the draft is another), `saved` (a form of saving was chosen), `proposed` (files were), and
   * `compared` (the reader asks what the entries change).
   */
  constructor(known, draft, uid, hears) {
    Object.assign(this, { known, draft, uid, hears });
    // What is offered, each with the words that explain it.
    this.lists = {
      observed: known.codes.filter(([, , kind]) => kind === "observation"),
      starters: known.codes.filter(([, , kind]) => kind !== "observation"),
      units: [...new Set(Object.values(known.units).flat())].map((unit) => [unit, ""]),
      baselines: known.baselines,
    };
    this.fields = {};
    this.edits = new Edits();
    this.undoing = button("Undo", () => this.takeBack("undo"), { disabled: true });
    this.redoing = button("Redo", () => this.takeBack("redo"), { disabled: true });
    this.verdict = make("p", { class: "ct-verdict", role: "status" });
    this.faults = make("ul", { class: "ct-faults" });
    this.outdated = make("p", { class: "ct-refused", role: "status" });
    this.kept = make("p", { class: "ct-kept" });
    this.body = make("tbody");
    this.proposals = new Proposals((row) => this.acceptRow(row));
    this.changes = new Changes();
    this.measures = new Measures(known, draft.measures || "", (...told) => this.measuresTyped(...told));
    this.heading = make("h2", { tabindex: "-1" }, `Edit case ${draft.about.case_id}`);
    this.element = make("section", { class: "ct-editor", "aria-label": "Editor" }, ...this.build());
    // The browser's own undo goes by what the whole page was typed in, and may change a field that nobody looks at.
    this.element.addEventListener("beforeinput", (event) => {
      const what = { historyUndo: "undo", historyRedo: "redo" }[event.inputType];
      if (!what) return;
      event.preventDefault();
      this.takeBack(what);
    });
    this.fillRows();
    this.offerCodes();
  }

  id(name) {
    return `${this.uid}-${name}`;
  }

  build() {
    const { about, columns } = this.draft;
    const caption = `timeline.csv of case ${about.case_id}: one row a fact`;
    const names = ["row", ...columns, "remove"];
    const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
    const grid = make("table", { class: "ct-grid" }, make("caption", {}, caption), make("thead", {}, head), this.body);
    grid.addEventListener("input", (event) => this.cellTyped(event));
    grid.addEventListener("keydown", (event) => this.cellKey(event));
    // Whole, and not behind the row and the header that stay in sight.
    grid.addEventListener("focusin", ({ target }) => target.scrollIntoView({ block: "nearest", inline: "nearest" }));
    const kept = ["claims", "caveats", "care"].filter((name) => about[name]);
    const saving = [
      button("Add a row", () => this.addRow()),
      this.undoing,
      this.redoing,
      ...(this.known.stores ? [button(`Save into ${this.known.stores}/`, () => this.hears.saved("store"))] : []),
      button("Save as workbook (.xlsx)", () => this.hears.saved("xlsx")),
      button("Save as case folder (.zip)", () => this.hears.saved("zip")),
      button("What do the entries change?", () => this.hears.compared()),
    ];
    return [
      this.heading,
      ...(kept.length ? [make("p", {}, `Kept as they are, and edited in the workbook: ${kept.join(", ")}.`)] : []),
      this.buildForm(),
      this.measures.element,
      ...Object.entries(this.lists).map(([name, words]) =>
        make("datalist", { id: this.id(name) }, ...words.map(([value, label]) => make("option", { value }, label))),
      ),
      this.verdict,
      this.outdated,
      this.faults,
      make("div", { class: "ct-scroll ct-tall", tabindex: "0", role: "region", "aria-label": caption }, grid),
      make("p", { class: "ct-saving" }, ...saving),
      this.buildOpening(),
      this.proposals.element,
      this.changes.element,
      this.kept,
      make("details", {}, make("summary", {}, "What each column means"), make("dl", {}, ...terms(this.known.meanings))),
    ];
  }

  buildForm() {
    const { about } = this.draft;
    const form = make("div", { class: "ct-form" });
    for (const [words, path, list] of FIELDS) {
      const key = path.join(": ");
      const value = dig(about, path);
      const attributes = { type: "text", list: list ? this.id(list) : null, value: typeof value === "string" ? value : "" };
      const input = make("input", { id: this.id(path.join("-")), ...attributes });
      this.watch(input, words, path, (text) => text.trim());
      this.fields[key] = input;
      form.append(labelled(words, input));
    }
    form.append(
      this.lines(["patient", "antibodies"], "Antibodies, one a line: name, colon, state", NAMED),
      this.lines(["patient", "comorbidities"], "Comorbidities, one a line", LISTED),
      this.lines(["phases"], "Phases, one a line: number and name", NUMBERED),
      this.lines(["sources"], "Sources, one a line: name | DOI or address | what was read", SOURCES),
    );
    return form;
  }

  /** A key of case.yaml that has a line for each of its parts. */
  lines(path, words, { textOf, contentOf }) {
    const area = make("textarea", { id: this.id(path.join("-")), rows: "4" });
    // As the case was opened: to type a name anew may pass through other names, and must take nothing from them.
    const opened = structuredClone(dig(this.draft.about, path));
    area.value = textOf(opened);
    this.watch(area, words.split(",")[0], path, (text) => {
      const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
      return lines.length ? contentOf(lines, opened) : "";
    });
    this.fields[path.join(": ")] = area;
    return labelled(words, area);
  }

  /** Take what is typed into a field of case.yaml, so that it can be taken back with all that stood there. */
  watch(input, words, path, contentOf) {
    const { about } = this.draft;
    const now = () => ({ text: input.value, content: structuredClone(dig(about, path) ?? "") });
    const set = ({ text, content }) => {
      input.value = text;
      put(about, path, structuredClone(content));
      input.focus();
    };
    let last = now();
    input.addEventListener("input", (event) => {
      const before = last;
      put(about, path, contentOf(input.value));
      const after = (last = now());
      const step = { undo: () => set((last = before)), redo: () => set((last = after)) };
      this.edits.typed(event, words, [before.text, after.text], step);
      this.typed();
    });
  }

  fillRows() {
    this.body.replaceChildren(...this.draft.rows.map((row, i) => this.buildRow(row, i)));
  }

  buildRow(row, i) {
    const { kinds, states, belongs } = this.known;
    const cell = (name) => {
      const common = { "aria-label": `row ${i + 1}, ${name}`, "data-row": i, "data-column": name };
      // A column that belongs to another kind offers nothing here, and shows what stands in it.
      const here = !belongs[name] || belongs[name].includes(row.kind);
      const words = { kind: kinds, state: here ? ["", ...states] : [""] }[name];
      if (words) {
        const entries = words.includes(row[name]) ? words : [row[name], ...words];
        const options = entries.map((word) => make("option", { value: word, selected: word === row[name] }, word));
        return make("td", {}, make("select", common, ...options));
      }
      // A line break that the case came with is kept: the field of one line would join the words around it.
      if (row[name].includes("\n")) {
        const area = make("textarea", { ...common, rows: "2" });
        area.value = row[name];
        return make("td", {}, area);
      }
      const codes = row.kind === "observation" ? "observed" : "starters";
      const list = here ? { code: this.id(codes), unit: this.id("units"), anchor: this.id("starters") }[name] : null;
      return make("td", {}, make("input", { ...common, type: "text", value: row[name], list }));
    };
    const remove = button("×", () => this.removeRow(i), { "aria-label": `Remove row ${i + 1}` });
    // The row stays in sight, and says what it is of, while the columns to the right are filled in.
    const number = make("th", { scope: "row" }, `${i + 1} `, make("span", { class: "ct-of" }, row.code || ""));
    return make("tr", {}, number, ...this.draft.columns.map(cell), make("td", {}, remove));
  }

  cellTyped(event) {
    const input = event.target;
    const { row, column } = input.dataset;
    if (!column) return;
    const i = Number(row);
    const [before, after] = [this.draft.rows[i][column], input.value];
    const set = (text) => {
      this.setCell(i, column, text);
      this.cellAt(i, column).focus();
    };
    this.setCell(i, column, after);
    const step = { undo: () => set(before), redo: () => set(after) };
    this.edits.typed(event, `${column} of row ${i + 1}`, [before, after], step);
    this.typed();
  }

  setCell(i, column, text) {
    const cell = this.cellAt(i, column);
    this.draft.rows[i][column] = text;
    if (cell.value !== text) cell.value = text;
    // A word that is no more among those offered, or a line break in a field of one line: the row is built for it.
    if (cell.value !== text) this.fillRows();
    // What a row offers goes by its kind.
    if (column === "kind") this.rebuild(i);
    if (column === "code") this.cellAt(i, column).closest("tr").querySelector(".ct-of").textContent = text;
  }

  /** The row once more, with the field that had the focus. */
  rebuild(i) {
    this.body.children[i].replaceWith(this.buildRow(this.draft.rows[i], i));
    this.cellAt(i, "kind").focus();
  }

  cellKey(event) {
    const { row, column } = event.target.dataset;
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    const own = event.target.tagName === "TEXTAREA" || (event.target.tagName === "SELECT" && event.key !== "Enter");
    if (!column || !step || own || event.altKey) return;
    const next = this.cellAt(Number(row) + step, column);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  cellAt(row, column) {
    return this.body.querySelector(`[data-row="${row}"][data-column="${CSS.escape(column)}"]`);
  }

  addRow() {
    const { columns, rows } = this.draft;
    const last = rows.at(-1) || {};
    const blank = Object.fromEntries(columns.map((name) => [name, ""]));
    // Beside a time a phase is a statement of its own: it is not carried on from a row that has one.
    const phase = last.start ? "" : last.phase || "";
    const row = { ...blank, phase, kind: "observation", source: last.source || "" };
    const i = rows.length;
    this.insertRow(i, row);
    this.edits.add({ of: `row ${i + 1} added`, undo: () => this.dropRow(i), redo: () => this.insertRow(i, row) });
    this.typed();
  }

  buildOpening() {
    const files = make("input", {
      id: this.id("proposal"),
      type: "file",
      multiple: true,
      accept: ".json,.txt,.md,.html,.htm,.pdf",
      onchange: () => {
        const chosen = [...files.files];
        files.value = "";
        if (chosen.length) this.hears.proposed(chosen);
      },
    });
    const words = "Open proposed rows (.json), with the text of their source if it is not beside the case ";
    return make("p", {}, make("label", { for: files.id }, words), files);
  }

  acceptRow(accepted) {
    const { columns, rows } = this.draft;
    const row = { ...Object.fromEntries(columns.map((name) => [name, ""])), ...accepted };
    const i = rows.length;
    this.insertRow(i, row);
    this.edits.add({ of: `row ${i + 1} accepted`, undo: () => this.dropRow(i), redo: () => this.insertRow(i, row) });
    this.typed();
  }

  measuresTyped(before, after, { of, at, event, cells }) {
    const set = (text) => {
      this.draft.measures = text;
      this.measures.show(text);
      this.offerCodes();
      this.measures.focus(...at);
    };
    this.draft.measures = after;
    this.offerCodes();
    const step = { undo: () => set(before), redo: () => set(after) };
    if (event) this.edits.typed(event, of, cells, step);
    else this.edits.add({ of, ...step });
    this.typed();
  }

  /** The codes that are offered in the grid: those of all cases, and those of this one. */
  offerCodes() {
    const own = this.measures.codes().filter(([code]) => code);
    for (const [name, of] of [["observed", (kind) => kind === "observation"], ["starters", (kind) => kind !== "observation"]]) {
      const more = own.filter(([, , kind]) => of(kind)).map(([code, label]) => [code, label]);
      const list = this.element.querySelector(`[id="${this.id(name)}"]`);
      list.replaceChildren(...[...this.lists[name], ...more].map(([value, label]) => make("option", { value }, label)));
    }
  }

  removeRow(i) {
    const row = this.draft.rows[i];
    this.dropRow(i);
    this.edits.add({ of: `row ${i + 1} removed`, undo: () => this.insertRow(i, row), redo: () => this.dropRow(i) });
    this.typed();
  }

  insertRow(i, row) {
    const { columns, rows } = this.draft;
    rows.splice(i, 0, row);
    if (i === rows.length - 1) this.body.append(this.buildRow(row, i));
    else this.fillRows();
    this.cellAt(i, columns[0]).focus();
  }

  dropRow(i) {
    const { columns, rows } = this.draft;
    rows.splice(i, 1);
    this.fillRows();
    if (rows.length) this.cellAt(Math.min(i, rows.length - 1), columns[0]).focus();
    else this.heading.focus();
  }

  /** Take back the last edit, or make it again; whoever did it sees where. */
  takeBack(what) {
    if (!this.edits[{ undo: "done", redo: "undone" }[what]].length) return;
    this.edits[what]();
    this.typed();
  }

  /** Of a key, whether it asks to take back an edit; in a field that is not of this case the browser does what it asks. */
  key(event) {
    const what = asksFor(event);
    const elsewhere = !this.element.contains(event.target) && event.target.matches("input[type=text], textarea");
    if (!what || elsewhere) return;
    event.preventDefault();
    this.takeBack(what);
  }

  typed() {
    for (const [control, words, steps] of [[this.undoing, "Undo", this.edits.done], [this.redoing, "Redo", this.edits.undone]]) {
      control.textContent = steps.length ? `${words}: ${steps.at(-1).of}` : words;
      control.disabled = !steps.length;
    }
    clearTimeout(this.typing);
    this.hears.touched();
    this.typing = setTimeout(() => this.hears.typed(), TYPING_MS);
  }

  close() {
    clearTimeout(this.typing);
    this.element.remove();
  }

  accept(leftOut) {
    this.unmark();
    this.faultCount = 0;
    this.leftOut = leftOut;
    this.tellVerdict();
  }

  /** Whether there is a fault is not known. */
  doubt() {
    this.unmark();
    this.faultCount = undefined;
    this.verdict.textContent = "Not checked.";
  }

  /** What becomes of the entries that are not saved. */
  keeps(kept) {
    this.kept.textContent = kept
      ? "What you type is kept as a draft by this browser, on this machine alone, until you delete it."
      : "This browser keeps no draft of this case: save it before you leave the page.";
  }

  /** Whether the files of the case have changed since it was opened: whoever saves it would write over them. */
  tellOutdated(outdated) {
    const id = this.draft.about.case_id;
    this.outdated.textContent = outdated
      ? `The files of case ${id} in the folder have changed since it was opened here: what is saved here and imported ` +
        "replaces them. To go on from them, reload the page and edit the case; what you typed stays among the drafts."
      : "";
  }

  /** What the figure above is of, which may be another case: nobody should take it for the one that is typed. */
  seen(shown) {
    this.shown = shown;
    this.tellVerdict();
  }

  tellVerdict() {
    if (this.faultCount === undefined) return;
    const own = this.shown === this.draft.about.case_id;
    const state = this.faultCount ? "shows the last state without a fault" : "shows this case";
    const found = this.faultCount ? counted(this.faultCount, "fault") : "No fault";
    const rows = this.faultCount ? [] : this.leftOut;
    const named = rows.length > 1 ? `Rows ${rows.join(", ")} are` : `Row ${rows[0]} is`;
    const empty = rows.length ? ` ${named} not filled in, and left out.` : "";
    this.verdict.textContent = `${found}. The figure above ${own ? state : `is that of case ${this.shown}`}.${empty}`;
  }

  unmark() {
    this.faults.replaceChildren();
    for (const input of this.element.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    for (const note of this.element.querySelectorAll(".ct-fault")) note.remove();
  }

  /** The field of a key such as `analysis: reference`, or of what it is part of, as the second of the sources is. */
  field(key) {
    return this.fields[key] || this.fields[key.split(":")[0]];
  }

  /** Each fault at its cell or field, and in a list that leads there. */
  refuse(faults) {
    this.unmark();
    this.faultCount = faults.length;
    this.tellVerdict();
    faults.forEach((fault, i) => this.mark(fault, i));
  }

  mark(fault, i) {
    const key = KEYS[fault.column] || fault.column || "";
    const inRow = fault.row !== null;
    const ofMeasure = fault.file.endsWith("measures.csv") && fault.line;
    const cell = ofMeasure ? this.measures.cellAt(fault.line - 2, fault.column || "code") : inRow ? this.cellAt(fault.row, fault.column || this.draft.columns[0]) : this.field(key);
    if (!cell) return this.faults.append(make("li", {}, fault.text));
    const note = make("span", { class: "ct-fault", id: this.id(`fault-${i}`) }, `! ${fault.words}`);
    cell.setAttribute("aria-invalid", "true");
    cell.setAttribute("aria-describedby", [cell.getAttribute("aria-describedby"), note.id].filter(Boolean).join(" "));
    cell.parentElement.append(note);
    this.faults.append(make("li", {}, button(fault.place, () => cell.focus(), { class: "ct-link" }), `: ${fault.words}`));
  }
}

function terms(pairs) {
  return pairs.flatMap(([name, meaning]) => [make("dt", {}, name), make("dd", {}, meaning)]);
}
