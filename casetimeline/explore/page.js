// The page of a case: controls, the figure as the report draws it, its rows, and a grid to write a case of one's own.
// It speaks with a session (session.py) through `model`, a widget's model in Jupyter, or socket.js on a page of its own.

const CONTROLS = [
  ["case", "Case"],
  ["figure", "Figure"],
  ["measure", "Measure"],
  ["baseline", "Baseline"],
  ["reference", "Reference treatment"],
  ["axis", "Time axis"],
  ["preset", "Preset for export"],
];
const FIELDS = [
  ["title", "Title", ["title"]],
  ["diagnosis", "Diagnosis", ["diagnosis"]],
  ["age", "Age", ["patient", "age"]],
  ["sex", "Sex", ["patient", "sex"]],
  ["zero", "What day 0 is", ["time_zero", "label"]],
  ["date", "Date of day 0, if there is one", ["time_zero", "date"]],
  ["reference", "Reference treatment (its code)", ["analysis", "reference"]],
  ["baseline", "Baseline rule", ["analysis", "baseline"]],
];
const LINES = [
  ["phases", "Phases, one a line: number and name", ["phases"]],
  ["sources", "Sources, one a line: name, then | and DOI or address if it is published", ["sources"]],
];
const TYPING_MS = 300;
const NEAR_PX = 10;
const LONG_CELL = 60;
const MOST_BYTES = 5_000_000;

let instances = 0;

/** An element with attributes, listeners (on...) and children; text is text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function dig(about, path) {
  return path.reduce((value, key) => (value && typeof value === "object" ? value[key] : undefined), about);
}

function put(about, path, value) {
  const [last, ...outer] = [...path].reverse();
  let place = about;
  for (const key of outer.reverse()) {
    if (typeof place[key] !== "object" || place[key] === null) place[key] = {};
    place = place[key];
  }
  if (value === "") delete place[last];
  else place[last] = value;
}

class Page {
  constructor(model, el) {
    this.model = model;
    this.uid = `ct${++instances}`;
    this.choice = { ...(model.get("choice") || {}) };
    this.asked = 0;
    this.latest = {};
    this.draft = null;
    this.changed = false;
    this.hear = (message) => this.answered(message);
    model.on("msg:custom", this.hear);
    this.warn = (event) => {
      if (this.changed) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.warn);
    this.build(el);
    this.ask("start");
  }

  close() {
    this.model.off("msg:custom", this.hear);
    window.removeEventListener("beforeunload", this.warn);
    clearTimeout(this.typing);
  }

  id(name) {
    return `${this.uid}-${name}`;
  }

  /** Ask the session; an answer to an older question of the same kind is not shown. */
  ask(what, told = {}) {
    this.asked += 1;
    this.latest[what] = this.asked;
    this.root.setAttribute("aria-busy", "true");
    this.model.send({ do: what, n: this.asked, ...told });
  }

  // The parts of the page.

  build(el) {
    // In JupyterLab a key pressed here is not a command of the notebook.
    this.root = make("div", { class: "ct-page ct-live", "data-lm-suppress-shortcuts": "true" });
    this.controls = {};
    const controls = make("div", { class: "ct-controls" });
    for (const [name, words] of CONTROLS) {
      const select = make("select", { id: this.id(name), onchange: () => this.chosen(name, select.value) });
      this.controls[name] = select;
      controls.append(make("div", { class: "ct-control" }, make("label", { for: select.id }, words), select));
    }
    this.rules = make("div", { class: "ct-rules" });
    const rules = make("fieldset", {}, make("legend", {}, "Rules that are asked for"), this.rules);
    this.status = make("p", { class: "ct-status", role: "status" });
    this.alert = make("div", { class: "ct-alert", role: "alert" });
    this.heading = make("h2", { id: this.id("figure-title") }, "Figure");
    this.about = make("p", { class: "ct-about" });
    this.halo = make("div", { class: "ct-halo", hidden: true });
    this.tip = make("div", { class: "ct-tip", hidden: true });
    this.picture = make("div", { class: "ct-picture" });
    this.scroller = make(
      "div",
      { class: "ct-scroll", tabindex: "0", role: "group", "aria-labelledby": this.heading.id },
      make("div", { class: "ct-stage" }, this.picture, this.halo, this.tip),
    );
    this.scroller.addEventListener("pointermove", (event) => this.pointed(event));
    this.scroller.addEventListener("pointerleave", () => this.unpoint());
    this.scroller.addEventListener("click", () => this.pinned());
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.unpoint();
    });
    this.editor = make("section", { class: "ct-editor", hidden: true });
    this.words = make("p", {});
    this.detail = make("dl", {});
    this.rows = make("div", {});
    this.said = make("ul", { class: "ct-said" });
    this.notes = make("ul", {});
    this.command = make("code", { id: this.id("command"), tabindex: "0", "aria-label": "Command line" });
    this.root.append(
      make("section", { "aria-label": "What is shown" }, controls, rules),
      this.buildOwn(),
      this.status,
      this.alert,
      make(
        "section",
        { class: "ct-shown", "aria-labelledby": this.heading.id },
        make(
          "div",
          { class: "ct-figure" },
          this.heading,
          this.about,
          this.scroller,
          make("details", {}, make("summary", {}, "The figure in words"), this.words),
        ),
        make(
          "div",
          { class: "ct-detail", role: "region", "aria-label": "The mark that is pointed at or chosen" },
          make("h3", {}, "Mark"),
          this.detail,
        ),
      ),
      this.editor,
      make("section", { "aria-label": "Rows of the figure" }, make("h2", {}, "Rows of this figure"), this.rows),
      make("section", { class: "ct-more" }, make("h2", {}, "What else the figure says"), this.said),
      make("section", { class: "ct-more" }, make("h2", {}, "Notes of the reading"), this.notes),
      make(
        "section",
        {},
        make("h2", {}, "Run it again"),
        make("p", {}, "In the folder of the project, this makes the report of what is shown:"),
        make("p", { class: "ct-command" }, this.command),
        make("button", { type: "button", onclick: () => this.copy() }, "Copy the command"),
        " ",
        (this.exporting = make(
          "button",
          { type: "button", onclick: () => this.export() },
          "Export figures and parameters",
        )),
      ),
    );
    this.describe(null);
    el.append(this.root);
  }

  buildOwn() {
    this.name = make("input", { id: this.id("new-name"), type: "text", value: "my-case", size: "16" });
    this.files = make("input", {
      id: this.id("files"),
      type: "file",
      multiple: true,
      accept: ".xlsx,.csv,.yaml,.yml",
      onchange: () => this.bring(),
    });
    return make(
      "section",
      { class: "ct-own", "aria-label": "Your own case" },
      make("div", {}, make("button", { type: "button", onclick: () => this.edit() }, "Edit this case")),
      make(
        "div",
        {},
        make("label", { for: this.name.id }, "New case, named "),
        this.name,
        " ",
        make("button", { type: "button", onclick: () => this.ask("new", { case: this.name.value }) }, "New case"),
      ),
      make("div", {}, make("label", { for: this.files.id }, "Open a workbook (.xlsx) or timeline.csv "), this.files),
    );
  }

  // What the reader does.

  chosen(name, value) {
    this.began = performance.now();
    if (name === "case") this.choice = { case: value, figure: this.choice.figure, preset: this.choice.preset };
    else this.choice = { ...this.choice, [name]: value };
    this.ask("show", { choice: this.choice });
  }

  ruled() {
    const boxes = [...this.rules.querySelectorAll("input")];
    const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
    if (!wanted.length) {
      this.fail("At least one kind of rule is asked for; all are.");
      for (const box of boxes) box.checked = true;
    }
    this.chosen("rules", wanted.length === 0 || wanted.length === boxes.length ? "" : wanted.join(","));
  }

  export() {
    this.exporting.disabled = true;
    this.say("Drawing every figure");
    this.ask("export", { choice: this.choice });
  }

  async copy() {
    const text = this.command.textContent;
    try {
      await navigator.clipboard.writeText(text);
      this.say("The command is copied");
    } catch {
      const range = document.createRange();
      range.selectNodeContents(this.command);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      this.say("The command is selected; copy it with the keyboard");
    }
  }

  async bring() {
    const files = [...this.files.files];
    this.files.value = "";
    if (!files.length || !this.mayReplace()) return;
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size > MOST_BYTES) {
      const names = files.map((file) => file.name).join(", ");
      this.fail(`${names}: found ${size} bytes; expected at most ${MOST_BYTES}. Nothing was sent.`);
      return;
    }
    const told = [];
    for (const file of files) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      let text = "";
      for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
      told.push({ name: file.name, content: btoa(text) });
    }
    this.say("Reading");
    this.ask("read", { files: told });
  }

  edit() {
    if (this.mayReplace()) this.ask("draft", { choice: this.choice });
  }

  mayReplace() {
    return !this.changed || confirm("The entries that you have not saved will be lost. Go on?");
  }

  // What the session answers.

  answered(told) {
    if (told.is === "closed") return this.lost(told.text);
    if (told.is === "end") {
      if (told.n === this.asked) this.root.removeAttribute("aria-busy");
      return;
    }
    const older = ["show", "check"].some((what) => told.do === what && told.n < this.latest[what]);
    if (older || (told.do === "show" && told.n < (this.latest.check || 0))) return;
    const act = {
      start: () => this.started(told),
      view: () => this.show(told),
      draft: () => this.opened(told),
      checked: () => this.checked(),
      progress: () => this.say(told.text),
      file: () => this.download(told),
      faults: () => this.faulty(told),
    }[told.is];
    if (act) act();
  }

  started(told) {
    this.known = told;
    if (!this.choice.case || !told.cases.includes(this.choice.case)) this.choice.case = told.first;
    if (this.draft) return this.check();
    if (this.choice.case) this.ask("show", { choice: this.choice });
  }

  show(view) {
    this.view = view;
    this.choice = view.choice;
    const cases = [...new Set([...this.known.cases, view.choice.case])];
    this.known.cases = cases;
    this.fill("case", cases.map((id) => ({ value: id, words: id, barred: "" })));
    for (const [name] of CONTROLS.slice(1)) this.fill(name, view.options[name]);
    // A measure is chosen for the figure of one measure alone.
    this.controls.measure.disabled = this.choice.figure !== "measure";
    this.fillRules(view.options.rules);
    this.heading.textContent = view.figure.title;
    this.about.textContent = `Case ${view.choice.case}${view.title ? `: ${view.title}` : ""}`;
    this.picture.innerHTML = view.figure.svg;
    this.boxes = null;
    this.unpoint();
    this.words.textContent = view.figure.description;
    this.fillRows(view.rows);
    this.fillSaid(view.words);
    this.notes.replaceChildren(...view.notes.map((note) => make("li", {}, note)));
    this.notes.parentElement.hidden = !view.notes.length;
    this.command.textContent = view.command;
    this.describe(null);
    this.clear();
    const count = view.rows.cells.length;
    this.say(`Shown: ${view.figure.title}${count ? `, ${count} rows of the timeline` : ""}`);
    requestAnimationFrame(() => {
      this.root.dataset.redraws = Number(this.root.dataset.redraws || 0) + 1;
      if (this.began) this.root.dataset.redrawMs = Math.round(performance.now() - this.began);
      this.began = 0;
    });
  }

  fill(name, options) {
    const select = this.controls[name];
    const same = options.length === select.options.length && options.every((option, i) => {
      const there = select.options[i];
      const words = option.barred ? `${option.words} (${option.barred})` : option.words;
      return there.value === option.value && there.textContent === words && there.disabled === Boolean(option.barred);
    });
    if (!same) {
      select.replaceChildren(
        ...options.map(({ value, words, barred }) =>
          make("option", { value, disabled: Boolean(barred) }, barred ? `${words} (${barred})` : words),
        ),
      );
    }
    select.value = this.choice[name] || "";
    select.disabled = options.length === 0;
  }

  fillRules(options) {
    const wanted = new Set((this.choice.rules || "").split(",").filter(Boolean));
    const there = [...this.rules.querySelectorAll("input")].map((box) => box.value);
    if (there.join() !== options.map((option) => option.value).join()) {
      this.rules.replaceChildren(
        ...options.map(({ value, words }) =>
          make("label", {}, make("input", { type: "checkbox", value, onchange: () => this.ruled() }), ` ${words}`),
        ),
      );
    }
    for (const box of this.rules.querySelectorAll("input")) box.checked = !wanted.size || wanted.has(box.value);
    this.rules.parentElement.hidden = !options.length;
  }

  fillRows({ caption, columns, cells }) {
    this.lines = new Map(cells.map((row) => [Number(row[0]), row]));
    this.columns = columns;
    this.rows.parentElement.hidden = !cells.length;
    const head = make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name)));
    const body = cells.map((row) => {
      const line = Number(row[0]);
      const button = this.stop(`${row[0]}`, `Line ${line}: ${row[2]}, ${row[3]}`, () => this.chooseLine(line));
      const cells = row.slice(1).map((cell) => make("td", { class: cell.length > LONG_CELL ? "ct-long" : null }, cell));
      return make("tr", {}, make("th", { scope: "row" }, button), ...cells);
    });
    const table = make("table", {}, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...body));
    const area = make("div", { class: "ct-scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
    this.rows.replaceChildren(area);
    this.rove(area);
  }

  fillSaid(words) {
    this.said.parentElement.hidden = !words.length;
    this.said.replaceChildren(
      ...words.map(({ part, said, marks }) => {
        const show = () => this.describe({ said, line: null }, marks);
        return make("li", {}, this.stop(part ? `${part}: ${said}` : said, null, show));
      }),
    );
    this.rove(this.said);
  }

  /** A button that shows its mark when it is focused or pressed. */
  stop(words, label, show) {
    return make(
      "button",
      { type: "button", class: "ct-stop", "aria-label": label, onfocus: show, onclick: show, onblur: () => this.unpoint() },
      words,
    );
  }

  /** One stop of the Tab key for many buttons; arrow keys, Home and End go from one to the next. */
  rove(area) {
    const stops = [...area.querySelectorAll(".ct-stop")];
    stops.forEach((stop, i) => {
      stop.tabIndex = i ? -1 : 0;
      stop.addEventListener("keydown", (event) => {
        const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: stops.length - 1 }[event.key];
        if (to === undefined || !stops[to]) return;
        event.preventDefault();
        for (const other of stops) other.tabIndex = -1;
        stops[to].tabIndex = 0;
        stops[to].focus();
      });
    });
  }

  // Marks.

  marked() {
    if (this.boxes) return this.boxes;
    const prefix = this.view.figure.prefix.replace(/[^A-Za-z0-9_.-]/g, "_");
    const from = this.picture.getBoundingClientRect();
    this.boxes = [];
    for (const element of this.picture.querySelectorAll(`[id^="${prefix}ct."]`)) {
      const name = element.id.slice(prefix.length);
      const mark = this.view.marks[name];
      if (!mark || !(mark.said || mark.line)) continue;
      const { left, top, width, height } = element.getBoundingClientRect();
      this.boxes.push({ name, mark, left: left - from.left, top: top - from.top, width, height });
    }
    return this.boxes;
  }

  pointed(event) {
    if (!this.view) return;
    const from = this.picture.getBoundingClientRect();
    const [x, y] = [event.clientX - from.left, event.clientY - from.top];
    let best = null;
    for (const box of this.marked()) {
      const beside = Math.max(box.left - x, x - box.left - box.width, 0);
      const above = Math.max(box.top - y, y - box.top - box.height, 0);
      const away = Math.hypot(beside, above);
      const rank = [away, box.width * box.height];
      if (away <= NEAR_PX && (!best || rank[0] < best.rank[0] || (rank[0] === best.rank[0] && rank[1] < best.rank[1]))) {
        best = { box, rank };
      }
    }
    if (!best) return this.unpoint();
    if (this.pointing === best.box.name) return;
    this.pointing = best.box.name;
    this.describe(best.box.mark, [best.box.name]);
    this.tell(best.box);
  }

  pinned() {
    const mark = this.pointing && this.view.marks[this.pointing];
    if (mark && mark.line && this.lines.has(mark.line)) {
      this.rows.querySelectorAll(".ct-stop")[[...this.lines.keys()].indexOf(mark.line)].focus();
    }
  }

  tell(box) {
    this.tip.replaceChildren(this.detail.cloneNode(true));
    this.tip.hidden = false;
    const room = this.picture.clientWidth;
    this.tip.style.left = `${Math.max(0, Math.min(box.left + box.width / 2, room - this.tip.offsetWidth))}px`;
    this.tip.style.top = `${box.top + box.height + 8}px`;
  }

  unpoint() {
    this.pointing = null;
    this.tip.hidden = true;
    this.halo.hidden = true;
  }

  chooseLine(line) {
    const names = Object.keys(this.view.marks).filter((name) => this.view.marks[name].line === line);
    this.describe({ line, said: "" }, names);
  }

  /** Say of a mark what stands behind it, and put a ring around it. */
  describe(mark, names = []) {
    const row = mark && mark.line !== null && this.lines && this.lines.get(mark.line);
    const pairs = [];
    if (row) this.columns.forEach((name, i) => row[i] && pairs.push([name, row[i]]));
    if (mark && mark.said) pairs.push([row ? "in the figure" : "says", mark.said]);
    if (!pairs.length) pairs.push(["", "Point at a mark, or go through the rows below with the arrow keys."]);
    this.detail.replaceChildren(...pairs.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));
    const boxes = mark ? this.marked().filter((box) => names.includes(box.name)) : [];
    this.halo.hidden = !boxes.length;
    if (!boxes.length) return;
    const left = Math.min(...boxes.map((box) => box.left));
    const top = Math.min(...boxes.map((box) => box.top));
    const right = Math.max(...boxes.map((box) => box.left + box.width));
    const bottom = Math.max(...boxes.map((box) => box.top + box.height));
    const place = { left: left - 5, top: top - 5, width: right - left + 10, height: bottom - top + 10 };
    for (const [name, value] of Object.entries(place)) this.halo.style[name] = `${value}px`;
  }

  // Words to the reader.

  say(text) {
    this.status.textContent = text;
  }

  fail(text) {
    this.alert.replaceChildren(...text.split("\n").map((line) => make("p", {}, line)));
  }

  clear() {
    this.alert.replaceChildren();
  }

  lost(text) {
    this.root.removeAttribute("aria-busy");
    this.exporting.disabled = false;
    this.fail(`${text} What you typed is still on this page.`);
    const again = () => {
      this.clear();
      this.model.reopen();
      this.ask("start");
    };
    this.alert.append(make("button", { type: "button", onclick: again }, "Start a new session"));
  }

  download({ name, content }) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const link = make("a", { href: URL.createObjectURL(new Blob([bytes])), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.exporting.disabled = false;
    if (name.endsWith(".xlsx") || this.saving) this.changed = false;
    this.saving = false;
    this.say(`${name} is downloaded`);
  }

  faulty(told) {
    this.exporting.disabled = false;
    this.began = 0;
    if (told.do === "check") return this.faultyCells(told);
    this.fail(told.text);
    // The controls say again what is shown.
    if (told.do === "show" && this.view) {
      this.choice = this.view.choice;
      for (const [name] of CONTROLS) this.controls[name].value = this.choice[name] || "";
      this.fillRules(this.view.options.rules);
    }
  }

  // The grid.

  opened({ about, rows }) {
    this.draft = { about, rows };
    this.changed = false;
    this.editor.hidden = false;
    this.buildEditor();
    this.say(`Case ${about.case_id} is open to be edited, ${rows.length} rows`);
    this.editor.querySelector("h2").focus();
    this.check();
  }

  buildEditor() {
    const { about } = this.draft;
    const form = make("div", { class: "ct-form" });
    for (const [name, words, path] of FIELDS) {
      const input = make("input", { id: this.id(`about-${name}`), type: "text", value: dig(about, path) ?? "" });
      input.addEventListener("input", () => {
        put(about, path, input.value.trim());
        this.typed();
      });
      form.append(make("div", { class: "ct-control" }, make("label", { for: input.id }, words), input));
    }
    for (const [name, words] of LINES) {
      const area = make("textarea", { id: this.id(`about-${name}`), rows: "4" });
      area.value = name === "phases" ? this.phasesText() : this.sourcesText();
      area.addEventListener("input", () => {
        if (name === "phases") this.readPhases(area.value);
        else this.readSources(area.value);
        this.typed();
      });
      form.append(make("div", { class: "ct-control ct-wide" }, make("label", { for: area.id }, words), area));
    }
    this.faultList = make("ul", { class: "ct-faults" });
    this.verdict = make("p", { class: "ct-verdict", role: "status" });
    this.body = make("tbody");
    const { columns, codes, units } = this.known;
    const list = (name, words) =>
      make("datalist", { id: this.id(name) }, ...words.map((word) => make("option", { value: word })));
    const head = make(
      "tr",
      {},
      make("th", { scope: "col" }, "row"),
      ...columns.map((name) => make("th", { scope: "col" }, name)),
      make("th", { scope: "col" }, "remove"),
    );
    const caption = `timeline.csv of case ${about.case_id}: one row a fact`;
    this.grid = make(
      "table",
      { class: "ct-grid" },
      make("caption", {}, caption),
      make("thead", {}, head),
      this.body,
    );
    this.grid.addEventListener("input", (event) => this.cellTyped(event.target));
    this.grid.addEventListener("keydown", (event) => this.cellKey(event));
    const button = (words, act) => make("button", { type: "button", onclick: act }, words);
    this.editor.replaceChildren(
      make("h2", { tabindex: "-1" }, `Edit case ${about.case_id}`),
      form,
      list("codes", codes.map(([code]) => code)),
      list("units", [...new Set(Object.values(units).flat())]),
      this.verdict,
      this.faultList,
      make("div", { class: "ct-scroll ct-tall", tabindex: "0", role: "region", "aria-label": caption }, this.grid),
      make(
        "p",
        {},
        button("Add a row", () => this.addRow()),
        " ",
        button("Save as workbook (.xlsx)", () => this.save("xlsx")),
        " ",
        button("Save as case folder (.zip)", () => this.save("zip")),
      ),
    );
    this.body.append(...this.draft.rows.map((row, i) => this.buildRow(row, i)));
  }

  buildRow(row, i) {
    const { columns, kinds, states } = this.known;
    const cell = (name) => {
      const label = `row ${i + 1}, ${name}`;
      const common = { "aria-label": label, "data-row": i, "data-column": name };
      const words = { kind: kinds, state: ["", ...states] }[name];
      if (words) {
        const entries = words.includes(row[name]) ? words : [row[name], ...words];
        const options = entries.map((word) => make("option", { value: word, selected: word === row[name] }, word));
        return make("td", {}, make("select", common, ...options));
      }
      const list = { code: this.id("codes"), unit: this.id("units") }[name];
      return make("td", {}, make("input", { ...common, type: "text", value: row[name], list }));
    };
    const remove = make("button", { type: "button", "aria-label": `Remove row ${i + 1}` }, "×");
    remove.addEventListener("click", () => this.removeRow(i));
    return make("tr", {}, make("th", { scope: "row" }, `${i + 1}`), ...columns.map(cell), make("td", {}, remove));
  }

  cellTyped(input) {
    if (!input.dataset.column) return;
    this.draft.rows[Number(input.dataset.row)][input.dataset.column] = input.value;
    this.typed();
  }

  cellKey(event) {
    const { row, column } = event.target.dataset;
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (!column || !step || (event.target.tagName === "SELECT" && event.key !== "Enter") || event.altKey) return;
    const next = this.cellAt(Number(row) + step, column);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  cellAt(row, column) {
    return this.grid.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  }

  addRow() {
    const last = this.draft.rows.at(-1) || {};
    const row = Object.fromEntries(this.known.columns.map((name) => [name, ""]));
    this.draft.rows.push({ ...row, phase: last.phase || "", kind: "observation", source: last.source || "" });
    const i = this.draft.rows.length - 1;
    this.body.append(this.buildRow(this.draft.rows[i], i));
    this.cellAt(i, this.known.columns[0]).focus();
    this.typed();
  }

  removeRow(i) {
    this.draft.rows.splice(i, 1);
    this.body.replaceChildren(...this.draft.rows.map((row, k) => this.buildRow(row, k)));
    const there = Math.min(i, this.draft.rows.length - 1);
    if (there >= 0) this.cellAt(there, this.known.columns[0]).focus();
    this.say(`Row ${i + 1} is removed`);
    this.typed();
  }

  phasesText() {
    const phases = this.draft.about.phases || {};
    return Object.entries(phases).map(([number, name]) => `${number} ${name}`).join("\n");
  }

  readPhases(text) {
    const pairs = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
      const [, number, name] = line.match(/^(\S+)\s*(.*)$/);
      return [number, name];
    });
    put(this.draft.about, ["phases"], pairs.length ? Object.fromEntries(pairs) : "");
  }

  sourcesText() {
    const sources = Array.isArray(this.draft.about.sources) ? this.draft.about.sources : [];
    return sources.map((one) => [one.id, one.doi || one.url || one.pmid].filter(Boolean).join(" | ")).join("\n");
  }

  readSources(text) {
    const before = Array.isArray(this.draft.about.sources) ? this.draft.about.sources : [];
    const sources = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
      const [id, place] = line.split("|").map((part) => part.trim());
      const known = { ...before.find((one) => one.id === id), id };
      if (place && place !== (known.doi || known.url || known.pmid)) {
        for (const name of ["doi", "url", "pmid"]) delete known[name];
        known[place.startsWith("10.") ? "doi" : /^[0-9]+$/.test(place) ? "pmid" : "url"] = place;
      }
      return known;
    });
    put(this.draft.about, ["sources"], sources.length ? sources : "");
  }

  typed() {
    this.changed = true;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.check(), TYPING_MS);
  }

  check() {
    this.began = performance.now();
    const same = this.choice.case === this.draft.about.case_id;
    this.ask("check", { ...this.draft, choice: same ? this.choice : { figure: this.choice.figure || "00_timeline" } });
  }

  save(form) {
    this.saving = true;
    this.ask("save", { ...this.draft, form });
  }

  checked() {
    this.unmark();
    if (this.verdict) this.verdict.textContent = "No fault. The figure above shows this case.";
    this.clear();
  }

  unmark() {
    this.faultList?.replaceChildren();
    for (const input of this.editor.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    for (const note of this.editor.querySelectorAll(".ct-fault")) note.remove();
  }

  faultyCells({ faults }) {
    this.unmark();
    const many = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    this.verdict.textContent = `${many}. The figure above shows the last state without a fault.`;
    faults.forEach((fault, i) => {
      const cell = fault.row === null ? null : this.cellAt(fault.row, fault.column);
      const words = `found "${fault.found}"; expected ${fault.expected}`;
      const near = fault.nearest ? `; did you mean "${fault.nearest}"?` : "";
      if (cell) {
        const note = make("span", { class: "ct-fault", id: this.id(`fault-${i}`) }, `! ${words}${near}`);
        cell.setAttribute("aria-invalid", "true");
        cell.setAttribute("aria-describedby", note.id);
        cell.after(note);
        const go = make("button", { type: "button", class: "ct-link", onclick: () => cell.focus() });
        go.textContent = `Row ${fault.row + 1}, ${fault.column}`;
        this.faultList.append(make("li", {}, go, `: ${words}${near}`));
      } else {
        this.faultList.append(make("li", {}, fault.text));
      }
    });
  }
}

export default {
  render({ model, el }) {
    const page = new Page(model, el);
    return () => page.close();
  },
};
