// A form and a grid to write a case in. What is typed goes into a draft; faults come back to the cell they belong to.

import { button, counted, dig, labelled, make, put } from "./dom.js";

const FIELDS = [
  ["Title", ["title"]],
  ["Diagnosis", ["diagnosis"]],
  ["Age", ["patient", "age"]],
  ["Sex", ["patient", "sex"]],
  ["What day 0 is", ["time_zero", "label"]],
  ["Date of day 0, if there is one", ["time_zero", "date"]],
  ["Reference treatment (its code)", ["analysis", "reference"], "starters"],
  ["Baseline rule", ["analysis", "baseline"], "baselines"],
];
// What faults of case.yaml call a key, where the form has a longer name.
const KEYS = { baseline_rule: "analysis: baseline", reference: "analysis: reference" };
const TYPING_MS = 300;

export class Editor {
  /** `hears` has `typed` (the draft is another), and `saved` (a form of saving was chosen). */
  constructor(known, draft, uid, hears) {
    Object.assign(this, { known, draft, uid, hears });
    // What is offered, each with the words that explain it.
    this.lists = {
      codes: known.codes,
      starters: known.codes.filter(([, , kind]) => kind !== "observation"),
      units: [...new Set(Object.values(known.units).flat())].map((unit) => [unit, ""]),
      baselines: known.baselines,
    };
    // As the case was opened: to type a name anew may pass through other names, and must take nothing from them.
    this.sources = structuredClone(Array.isArray(draft.about.sources) ? draft.about.sources : []);
    this.fields = {};
    this.verdict = make("p", { class: "ct-verdict", role: "status" });
    this.faults = make("ul", { class: "ct-faults" });
    this.body = make("tbody");
    this.heading = make("h2", { tabindex: "-1" }, `Edit case ${draft.about.case_id}`);
    this.element = make("section", { class: "ct-editor", "aria-label": "Editor" }, ...this.build());
    this.fillRows();
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
    grid.addEventListener("input", (event) => this.cellTyped(event.target));
    grid.addEventListener("keydown", (event) => this.cellKey(event));
    // Whole, and not behind the row and the header that stay in sight.
    grid.addEventListener("focusin", ({ target }) => target.scrollIntoView({ block: "nearest", inline: "nearest" }));
    const kept = ["claims", "caveats", "care"].filter((name) => about[name]);
    const saving = [
      button("Add a row", () => this.addRow()),
      ...(this.known.stores ? [button(`Save into ${this.known.stores}/`, () => this.hears.saved("store"))] : []),
      button("Save as workbook (.xlsx)", () => this.hears.saved("xlsx")),
      button("Save as case folder (.zip)", () => this.hears.saved("zip")),
    ];
    return [
      this.heading,
      ...(kept.length ? [make("p", {}, `Kept as they are, and edited in the workbook: ${kept.join(", ")}.`)] : []),
      this.buildForm(),
      ...Object.entries(this.lists).map(([name, words]) =>
        make("datalist", { id: this.id(name) }, ...words.map(([value, label]) => make("option", { value }, label))),
      ),
      this.verdict,
      this.faults,
      make("div", { class: "ct-scroll ct-tall", tabindex: "0", role: "region", "aria-label": caption }, grid),
      make("p", { class: "ct-saving" }, ...saving),
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
      input.addEventListener("input", () => {
        put(about, path, input.value.trim());
        this.typed();
      });
      this.fields[key] = input;
      form.append(labelled(words, input));
    }
    form.append(
      this.lines("phases", "Phases, one a line: number and name", phasesText, phasesFrom),
      this.lines("sources", "Sources, one a line: name | DOI or address | what was read", sourcesText, (lines) =>
        sourcesFrom(lines, this.sources),
      ),
    );
    return form;
  }

  /** A key of case.yaml that has a line for each of its parts. */
  lines(key, words, textOf, contentOf) {
    const { about } = this.draft;
    const area = make("textarea", { id: this.id(key), rows: "4" });
    area.value = textOf(about[key]);
    area.addEventListener("input", () => {
      const lines = area.value.split("\n").map((line) => line.trim()).filter(Boolean);
      put(about, [key], lines.length ? contentOf(lines) : "");
      this.typed();
    });
    this.fields[key] = area;
    return labelled(words, area);
  }

  fillRows() {
    this.body.replaceChildren(...this.draft.rows.map((row, i) => this.buildRow(row, i)));
  }

  buildRow(row, i) {
    const { kinds, states } = this.known;
    const cell = (name) => {
      const common = { "aria-label": `row ${i + 1}, ${name}`, "data-row": i, "data-column": name };
      const words = { kind: kinds, state: ["", ...states] }[name];
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
      const list = { code: this.id("codes"), unit: this.id("units") }[name];
      return make("td", {}, make("input", { ...common, type: "text", value: row[name], list }));
    };
    const remove = button("×", () => this.removeRow(i), { "aria-label": `Remove row ${i + 1}` });
    // The row stays in sight, and says what it is of, while the columns to the right are filled in.
    const number = make("th", { scope: "row" }, `${i + 1} `, make("span", { class: "ct-of" }, row.code || ""));
    return make("tr", {}, number, ...this.draft.columns.map(cell), make("td", {}, remove));
  }

  cellTyped(input) {
    if (!input.dataset.column) return;
    this.draft.rows[Number(input.dataset.row)][input.dataset.column] = input.value;
    if (input.dataset.column === "code") input.closest("tr").querySelector(".ct-of").textContent = input.value;
    this.typed();
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
    rows.push({ ...blank, phase: last.phase || "", kind: "observation", source: last.source || "" });
    this.body.append(this.buildRow(rows.at(-1), rows.length - 1));
    this.cellAt(rows.length - 1, columns[0]).focus();
    this.typed();
  }

  removeRow(i) {
    const { columns, rows } = this.draft;
    rows.splice(i, 1);
    this.fillRows();
    if (rows.length) this.cellAt(Math.min(i, rows.length - 1), columns[0]).focus();
    else this.heading.focus();
    this.typed();
  }

  typed() {
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
    const cell = inRow ? this.cellAt(fault.row, fault.column || this.draft.columns[0]) : this.field(key);
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

function phasesText(phases) {
  return Object.entries(phases && typeof phases === "object" ? phases : {})
    .map(([number, name]) => `${number} ${name}`)
    .join("\n");
}

function phasesFrom(lines) {
  return Object.fromEntries(lines.map((line) => line.match(/^(\d+(?=[.,:;)]?(?:\s|$))|\S+)[.,:;)]?\s*(.*)$/).slice(1)));
}

function placeOf(source) {
  return source.doi || source.url || source.pmid || "";
}

function sourcesText(sources) {
  return (Array.isArray(sources) ? sources : [])
    .map((one) => [one.id, placeOf(one), one.read || ""].join(" | ").replace(/[ |]+$/, ""))
    .join("\n");
}

/** What was known of a source beside its line stays with its name and place; where one is typed anew, with the other. */
function sourcesFrom(lines, opened) {
  const told = lines.map((line) => {
    const [id, place = "", read = ""] = line.split("|").map((part) => part.trim());
    return { id, place, read };
  });
  return told.map(({ id, place, read }, i) => {
    const renamed = told.length === opened.length && !told.some((one) => one.id === opened[i].id) ? [opened[i]] : [];
    const same =
      opened.find((one) => one.id === id && placeOf(one) === place) ||
      opened.find((one) => place && placeOf(one) === place) ||
      opened.find((one) => one.id === id) ||
      renamed.find((one) => placeOf(one) === place);
    const known = { ...same, id };
    if (place !== placeOf(known)) {
      for (const name of ["doi", "url", "pmid"]) delete known[name];
      if (place) known[place.startsWith("10.") ? "doi" : /^[0-9]+$/.test(place) ? "pmid" : "url"] = place;
    }
    if (read) known.read = read;
    else delete known.read;
    return known;
  });
}
