// The page of a case: controls, the figure as the report draws it, its rows, and a grid to write a case of one's own.
// It speaks with a session (session.py) through `model`, a widget's model in Jupyter, or socket.js on a page of its own.

import { button, counted, labelled, make, paragraphs } from "./dom.js";
import { Drafts, storageFor } from "./drafts.js";
import { Editor } from "./editor.js";
import { Marks } from "./marks.js";

const CONTROLS = [
  ["case", "Case"],
  ["figure", "Figure"],
  ["measure", "Measure"],
  ["baseline", "Baseline"],
  ["reference", "Reference treatment"],
  ["axis", "Time axis"],
  ["preset", "Preset for export"],
];
// Of the questions of one of these kinds only the newest matters.
const REPLACED = ["show", "check"];
const RULING = ["baseline", "reference", "axis", "rules"];
const CHOSEN = [...CONTROLS.map(([name]) => name), "rules"];
const KERNEL_ENDED = "The kernel of this page has ended; run the cell again.";

let instances = 0;

class Page {
  constructor(model, el) {
    this.model = model;
    this.uid = `ct${++instances}`;
    this.choice = { ...(model.get("choice") || {}) };
    this.asked = 0;
    this.waiting = [];
    // How often the reader has typed, and how often before what was saved; how often a case was typed without a fault.
    this.typed = this.saved = this.checked = 0;
    this.gallery = { waiting: [], key: null };
    this.hear = (message) => this.answered(message);
    model.on("msg:custom", this.hear);
    // In Jupyter: the kernel has gone, and with it the session.
    this.gone = () => {
      this.ended = true;
      this.lost(KERNEL_ENDED);
    };
    for (const event of ["comm_live_update", "comm:close"]) model.on(event, this.gone);
    this.warn = (event) => {
      if (this.unsavedEntries()) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.warn);
    this.drafts = new Drafts(storageFor(model), {
      open: (draft) => this.openDraft(draft),
      gone: () => {
        this.kept = null;
        this.keep();
      },
    });
    // A page that is left, or put aside on a telephone, may not come back.
    this.leave = () => this.keep();
    window.addEventListener("pagehide", this.leave);
    document.addEventListener("visibilitychange", this.leave);
    this.build(el);
    this.ask("start");
  }

  close() {
    this.model.off("msg:custom", this.hear);
    for (const event of ["comm_live_update", "comm:close"]) this.model.off(event, this.gone);
    window.removeEventListener("beforeunload", this.warn);
    window.removeEventListener("pagehide", this.leave);
    document.removeEventListener("visibilitychange", this.leave);
    this.keep();
    this.drafts.close();
    this.editor?.close();
  }

  id(name) {
    return `${this.uid}-${name}`;
  }

  /** Ask the session one thing at a time; of what only redraws, the newest alone is asked. */
  ask(what, told = {}) {
    if (REPLACED.includes(what)) this.waiting = this.waiting.filter((one) => one.do !== what);
    this.waiting.push({ do: what, n: ++this.asked, ...told });
    if (this.ended) return this.lost(KERNEL_ENDED);
    this.root.dataset.busy = "true";
    this.next();
  }

  next() {
    if (this.flying) return;
    const message = this.waiting.shift() || this.nextOfGallery();
    if (!message || message.do === "look") delete this.root.dataset.busy;
    if (!message) return;
    this.flying = message;
    this.model.send(message);
  }

  // The parts of the page.

  build(el) {
    this.root = make("div", { class: "ct-page ct-live", tabindex: "-1" });
    // In JupyterLab a key pressed here is no command of the notebook; it asks the element that has the focus itself.
    this.root.addEventListener("focusin", ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true"));
    this.status = make("p", { class: "ct-status", role: "status" });
    this.alert = make("div", { class: "ct-alert", role: "alert" });
    this.heading = make("h2", { id: this.id("figure-title") }, "Figure");
    this.about = make("p", { class: "ct-about" });
    this.marks = new Marks(this.heading, (line) => this.ask("depends", { choice: this.choice, line }));
    this.words = make("p", {});
    this.place = make("div", {});
    this.notes = make("ul", {});
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.marks.unpoint();
      this.editor?.key(event);
    });
    const figure = make(
      "div",
      { class: "ct-figure" },
      this.heading,
      this.about,
      this.marks.area,
      make("details", {}, make("summary", {}, "The figure in words"), this.words),
    );
    const detail = make(
      "div",
      { class: "ct-detail", role: "region", "aria-label": "The mark that is pointed at or chosen" },
      make("h3", {}, "Mark"),
      this.marks.detail,
      this.marks.resting,
    );
    this.root.append(
      this.drafts.element,
      this.buildControls(),
      this.buildOwn(),
      this.status,
      this.alert,
      make("section", { class: "ct-shown", "aria-labelledby": this.heading.id }, figure, detail),
      this.place,
      make("section", { "aria-label": "Rows of the figure" }, make("h2", {}, "Rows of this figure"), this.marks.rows),
      make("section", {}, make("h2", {}, "What else the figure says"), this.marks.said),
      make("section", {}, make("h2", {}, "Notes of the reading"), this.notes),
      this.buildAgain(),
      this.buildGallery(),
    );
    el.append(this.root);
  }

  buildControls() {
    this.controls = {};
    const controls = make("div", { class: "ct-controls" });
    for (const [name, words] of CONTROLS) {
      const select = make("select", { id: this.id(name), onchange: () => this.chosen(name, select.value) });
      this.controls[name] = select;
      controls.append(labelled(words, select));
    }
    this.rules = make("div", { class: "ct-rules" });
    const rules = make("fieldset", {}, make("legend", {}, "Rules that are asked for"), this.rules);
    return make("section", { "aria-label": "What is shown" }, controls, rules);
  }

  buildOwn() {
    this.name = make("input", { id: this.id("new-name"), type: "text", size: "16" });
    this.files = make("input", {
      id: this.id("files"),
      type: "file",
      multiple: true,
      accept: ".xlsx,.zip,.csv,.yaml,.yml",
      onchange: () => this.bring(),
    });
    return make(
      "section",
      { class: "ct-own", "aria-label": "Your own case" },
      button("Edit this case", () => this.edit()),
      make("div", {}, make("label", { for: this.name.id }, "New case, named "), this.name, " ", button("New case", () => this.begin())),
      make("div", {}, make("label", { for: this.files.id }, "Open a workbook (.xlsx), case folder (.zip) or timeline.csv "), this.files),
    );
  }

  buildAgain() {
    this.command = make("code", { id: this.id("command"), tabindex: "0", "aria-label": "Command line" });
    this.unsaved = make("p", { hidden: true });
    this.exporting = button("Export figures and parameters", () => this.export());
    return make(
      "section",
      { class: "ct-again" },
      make("h2", {}, "Run it again"),
      make("p", {}, "In the folder of the project, this makes the report of what is shown:"),
      make("p", { class: "ct-command" }, this.command),
      this.unsaved,
      button("Copy the command", () => this.copy()),
      " ",
      this.exporting,
    );
  }

  buildGallery() {
    this.pictures = make("div", { class: "ct-pictures" });
    this.all = make("details", {}, make("summary", {}, "Every figure of the report by these choices"), this.pictures);
    this.all.addEventListener("toggle", () => this.fillGallery());
    return make("section", { class: "ct-gallery", "aria-label": "Every figure of the report" }, this.all);
  }

  // What the reader does.

  chosen(name, value) {
    this.began = performance.now();
    this.addressed = true;
    if (name === "case") this.choice = { case: value, figure: this.choice.figure, preset: this.choice.preset };
    else this.choice = { ...this.choice, [name]: value };
    this.ask("show", { choice: this.choice });
  }

  ruled() {
    const boxes = [...this.rules.querySelectorAll("input")];
    const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
    this.remark = wanted.length ? "" : "At least one kind of rule is asked for; all are. ";
    this.chosen("rules", wanted.length === boxes.length ? "" : wanted.join(","));
  }

  export() {
    this.exporting.disabled = true;
    this.say("Drawing every figure");
    this.ask("export", { choice: this.choice });
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.command.textContent);
      this.say("The command is copied");
    } catch {
      getSelection().selectAllChildren(this.command);
      this.say("The command is selected; copy it with the keyboard");
    }
  }

  async bring() {
    const files = [...this.files.files];
    this.files.value = "";
    if (!files.length || !this.mayReplace()) return;
    const told = await this.contentsOf(files);
    if (!told) return;
    this.say("Reading");
    this.ask("read", { files: told });
  }

  /** The files as they are sent; nothing where they are too large, which is told. */
  async contentsOf(files) {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size > this.known.most_bytes) {
      const names = files.map((file) => file.name).join(", ");
      this.fail(`${names}: found ${size} bytes; expected at most ${this.known.most_bytes}. Nothing was sent.`);
      return null;
    }
    const contents = await Promise.all(files.map((file) => file.arrayBuffer()));
    return files.map(({ name }, i) => ({ name, content: base64(new Uint8Array(contents[i])) }));
  }

  async propose(files) {
    const told = await this.contentsOf(files);
    if (!told) return;
    const { about, rows, measures } = this.editor.draft;
    this.say("Reading the proposed rows");
    this.ask("propose", { about, rows, measures, files: told });
  }

  proposed(told) {
    this.alert.replaceChildren();
    this.editor?.proposals.show(told);
    this.say(`${told.file}: ${counted(told.rows.length, "proposed row")}, beside the text`);
  }

  compare() {
    const { about, rows, measures } = this.editor.draft;
    this.say("Comparing with the stored case");
    this.ask("compare", { about, rows, measures });
  }

  compared(told) {
    this.alert.replaceChildren();
    if (this.editor) this.say(this.editor.changes.show(told));
  }

  begin() {
    if (this.mayReplace()) this.ask("new", { case: this.name.value.trim() });
  }

  edit(choice = this.choice) {
    if (this.mayReplace()) this.ask("draft", { choice });
  }

  unsavedEntries() {
    return this.typed > this.saved;
  }

  mayReplace() {
    if (!this.unsavedEntries()) return true;
    const fate = this.keep() ? "stay on this machine as a draft" : "will be lost";
    return confirm(`The entries that you have not saved ${fate}. Go on?`);
  }

  /** Keep as a draft what was typed since it was kept last; whether it is kept. */
  keep() {
    if (!this.editor || this.kept === this.typed) return true;
    const kept = this.drafts.keep(this.editor.draft);
    this.editor.keeps(kept);
    if (kept) this.kept = this.typed;
    return kept;
  }

  check() {
    const { draft } = this.editor;
    const same = this.choice.case === draft.about.case_id;
    const choice = same ? this.choice : { figure: this.choice.figure || "00_course" };
    this.began = performance.now();
    this.ask("check", { about: draft.about, rows: draft.rows, measures: draft.measures, digest: draft.digest, choice });
  }

  save(form) {
    const { about, rows, measures } = this.editor.draft;
    [this.saving, this.savedEditor] = [this.typed, this.editor];
    this.ask("save", { about, rows, measures, form });
  }

  // What the session answers.

  answered(told) {
    if (told.is === "closed") return this.lost(told.text);
    if (told.n !== this.flying?.n) return;
    if (told.is === "end") {
      this.flying = null;
      return this.next();
    }
    // A newer question of the kind waits; or one that shows the figure anew, where what was typed is still told.
    const newer = this.waiting.map((one) => one.do).filter((what) => REPLACED.includes(what));
    if (newer.includes(told.do) || (told.is === "view" && newer.includes("show"))) return;
    const act = {
      start: () => this.started(told),
      view: () => this.show(told),
      look: () => this.hang(told),
      draft: () => this.opened(told),
      proposed: () => this.proposed(told),
      compared: () => this.compared(told),
      depends: () => this.marks.rested(told),
      checked: () => this.accepted(told),
      progress: () => this.say(told.text),
      file: () => this.download(told),
      stored: () => this.stored(told),
      faults: () => this.faulty(told),
    }[told.is];
    if (act) act();
  }

  started(told) {
    this.known = told;
    this.name.value ||= told.name;
    this.unsaved.textContent = `This case is on this page alone. Save it first, and then: ${importing(told.data)} with the file that was saved.`;
    this.drafts.offer();
    const wanted = this.choice.case;
    if (!told.cases.includes(wanted)) this.choice.case = told.first;
    this.fillCases();
    if (this.editor) return this.again();
    if (!this.choice.case) return this.say("There is no case yet.");
    const short = wanted?.length > 60 ? `${wanted.slice(0, 60)}…` : wanted;
    if (wanted && wanted !== this.choice.case) this.refused = `There is no case ${short} in the folder; case ${told.first} is shown.`;
    this.ask("show", { choice: this.choice });
  }

  /** A session began while a case is edited: it is checked as it was typed, or opened anew where nothing was typed. */
  again() {
    const { about, digest } = this.editor.draft;
    const fresh = this.untouched && digest && this.known.cases.includes(about.case_id);
    if (fresh) this.ask("draft", { choice: { case: about.case_id } });
    else this.check();
  }

  accepted({ left_out, outdated, digest }) {
    this.checked += 1;
    if (!this.editor) return;
    this.editor.draft.digest = digest;
    this.editor.accept(left_out);
    this.editor.tellOutdated(outdated);
  }

  show(view) {
    const asked = this.flying.choice;
    if (RULING.some((name) => asked[name] && !view.choice[name])) {
      this.remark = "What was chosen cannot be had of this case any more; it is shown as the case says. ";
    } else if (asked.figure === "measure" && asked.measure && asked.measure !== view.choice.measure) {
      this.remark = `This case does not record ${asked.measure}. `;
    }
    this.view = view;
    this.choice = view.choice;
    if (this.addressed) this.model.remember?.(view.choice);
    this.known.cases = [...new Set([...this.known.cases, view.choice.case])];
    this.fillCases();
    for (const [name] of CONTROLS.slice(1)) this.fill(name, view.options[name]);
    // A measure is chosen for the figure of one measure alone.
    this.controls.measure.disabled = this.choice.figure !== "measure";
    this.fillRules(view.options.rules);
    this.heading.textContent = view.figure.title;
    this.about.textContent = view.title;
    this.marks.show(view);
    this.words.textContent = view.figure.description;
    this.notes.replaceChildren(...view.notes.map((note) => make("li", {}, note)));
    this.notes.parentElement.hidden = !view.notes.length;
    this.command.textContent = view.command;
    this.unsaved.hidden = !view.own;
    this.alert.replaceChildren();
    if (this.refused) this.fail(this.refused);
    this.refused = "";
    const count = view.rows.cells.length;
    this.say(`${this.remark || ""}Shown: ${view.figure.title}${count ? `, ${counted(count, "row")} of the timeline` : ""}`);
    this.remark = "";
    this.editor?.seen(view.choice.case);
    this.openAnew(view);
    this.fillGallery();
    requestAnimationFrame(() => {
      this.root.dataset.redraws = Number(this.root.dataset.redraws || 0) + 1;
      if (this.began) this.root.dataset.redrawMs = Math.round(performance.now() - this.began);
      this.began = 0;
    });
  }

  /** The case that is edited once more, where its files have changed and nothing was typed. */
  openAnew({ choice, digest }) {
    const draft = this.editor?.draft;
    if (!draft?.digest || !digest || draft.about.case_id !== choice.case || draft.digest === digest) return;
    if (this.untouched) this.ask("draft", { choice: { case: choice.case } });
  }

  fillCases() {
    this.fill("case", this.known.cases.map((id) => ({ value: id, words: id, barred: "" })));
  }

  fill(name, options) {
    const select = this.controls[name];
    const entries = options.map(({ value, words, barred }) => {
      return make("option", { value, disabled: Boolean(barred) }, barred ? `${words} (${barred})` : words);
    });
    // An open list stays open where nothing of it changes.
    const same = entries.length === select.options.length && entries.every((one, i) => one.isEqualNode(select.options[i]));
    if (!same) select.replaceChildren(...entries);
    select.value = this.choice[name] || "";
    select.disabled = options.length === 0;
  }

  fillRules(options) {
    const wanted = new Set((this.choice.rules || "").split(",").filter(Boolean));
    const there = [...this.rules.querySelectorAll("input")].map((box) => box.value);
    if (there.join() !== options.map((option) => option.value).join()) {
      const boxes = options.map(({ value, words }) =>
        make("label", {}, make("input", { type: "checkbox", value, onchange: () => this.ruled() }), ` ${words}`),
      );
      this.rules.replaceChildren(...boxes);
    }
    for (const box of this.rules.querySelectorAll("input")) box.checked = !wanted.size || wanted.has(box.value);
    this.rules.parentElement.hidden = !options.length;
  }

  // Every figure of the report: drawn one after the other while nothing else is asked.

  /** What the figures are of: the choice, and the state of what is typed. */
  galleryKey() {
    return JSON.stringify([this.checked, this.view.choice]);
  }

  fillGallery() {
    if (!this.all.open || !this.view) return;
    const { choice, gallery } = this.view;
    const key = this.galleryKey();
    if (this.gallery.key === key) return;
    // Until it is drawn anew, a figure of the same case stays, pale; one of another case is never shown beside this.
    const same = this.gallery.case === choice.case;
    const places = gallery.map(({ name }) => {
      const old = same && this.pictures.querySelector(`[data-figure="${name}"]`);
      const place = old || make("figure", { "data-figure": name });
      place.setAttribute("aria-busy", "true");
      return place;
    });
    this.pictures.replaceChildren(...places);
    const waiting = gallery.map(({ figure, measure }) => ({ ...choice, figure, measure }));
    this.gallery = { key, case: choice.case, waiting };
    this.next();
  }

  nextOfGallery() {
    const choice = this.all?.open && this.gallery.waiting.shift();
    return choice ? { do: "look", n: ++this.asked, choice } : null;
  }

  hang({ place, figure }) {
    const hung = this.pictures.querySelector(`[data-figure="${figure.name}"]`);
    if (!hung || this.gallery.key !== this.galleryKey()) return;
    const content = base64(new TextEncoder().encode(figure.svg));
    const image = make("img", { alt: figure.alt, src: `data:image/svg+xml;base64,${content}` });
    // A figure of what the case does not mention cannot be chosen alone.
    const there = place.figure !== "measure" || [...this.controls.measure.options].some((one) => one.value === place.measure);
    const choose = () => {
      this.choice = { ...this.choice, ...place };
      this.chosen("figure", place.figure);
      this.heading.scrollIntoView({ block: "start" });
    };
    const caption = there ? button(figure.title, choose, { class: "ct-link" }) : figure.title;
    hung.replaceChildren(make("figcaption", {}, caption), image);
    hung.removeAttribute("aria-busy");
  }

  // Words to the reader.

  say(text) {
    this.status.textContent = text;
  }

  fail(text) {
    this.alert.replaceChildren(...paragraphs(text));
  }

  lost(text) {
    // What was to be checked never will be.
    if ([this.flying, ...this.waiting].some((one) => one?.do === "check")) this.editor?.doubt();
    this.flying = null;
    this.waiting = [];
    this.setBack();
    delete this.root.dataset.busy;
    this.exporting.disabled = false;
    this.fail(this.editor ? `${text} What you typed is still on this page.` : text);
    if (this.editor) this.alert.append(button("Save the rows (.csv)", () => this.keepRows()), " ");
    if (!this.model.reopen) return;
    const again = button("Start a new session", () => {
      this.alert.replaceChildren();
      this.model.reopen();
      this.ask("start");
    });
    this.alert.append(again);
  }

  download({ name, content, saves }) {
    downloadFile(name, Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)));
    this.exporting.disabled = false;
    if (saves) this.wasSaved(() => this.drafts.markCurrent(this.editor.draft, name));
    this.say(`${name} is downloaded${saves ? this.withFaults() : ""}`);
  }

  stored({ text, digest }) {
    if (this.editor === this.savedEditor) {
      this.editor.draft.digest = digest;
      this.editor.tellOutdated(false);
    }
    this.wasSaved(() => this.drafts.forgetCurrent());
    this.alert.replaceChildren();
    if (!this.editor.faultCount && this.choice.case === this.editor.draft.about.case_id) this.unsaved.hidden = true;
    this.say(`${text}${this.withFaults()}`);
  }

  /** The entries up to those that were saved are safe; if they are all, so is the draft. */
  wasSaved(act) {
    if (this.editor !== this.savedEditor) return;
    this.saved = this.saving;
    if (!this.keep() || this.unsavedEntries()) return;
    act();
  }

  /** What is said of a file that holds what was typed. */
  withFaults() {
    const faults = this.editor?.faultCount;
    return faults ? `, with ${counted(faults, "fault")}: no report is made of it before they are mended` : "";
  }

  /** The rows as a file without a session that makes it. */
  keepRows() {
    const { about, rows, columns } = this.editor.draft;
    const quoted = (text) => `"${String(text ?? "").replaceAll('"', '""')}"`;
    const lines = rows.map((row) => [about.case_id, ...columns.map((name) => row[name])].map(quoted).join());
    downloadFile("timeline.csv", `${["case_id", ...columns].map(quoted).join()}\n${lines.join("\n")}\n`);
  }

  faulty(told) {
    this.exporting.disabled = false;
    this.began = 0;
    if (told.do === "check") this.editor?.tellOutdated(told.outdated);
    if (told.do === "check" && told.faults.length) return this.editor?.refuse(told.faults);
    if (told.do === "check") this.editor?.doubt();
    const { do: asked, choice } = this.flying;
    if (asked === "show" && !this.view && this.showWithout(told, choice)) return;
    this.fail([this.refused, told.text].filter(Boolean).join("\n"));
    this.refused = "";
    this.say("");
    if (asked === "show" && this.known.cases.includes(choice.case) && choice.case !== this.view?.choice.case) {
      this.alert.append(button(`Edit case ${choice.case}`, () => this.edit(choice)));
    }
    if (asked === "show") this.setBack();
  }

  /** The first figure without what was asked for and cannot be had; whether there is something to leave out. */
  showWithout({ faults, text }, choice) {
    const named = faults.map(({ file, column, found }) => [column, file, found].find((name) => name !== "case" && name in choice));
    const others = Object.keys(choice).filter((name) => name !== "case");
    const refused = named.some(Boolean) ? named : others;
    if (!refused.length || !faults.every(({ file }) => ["choice", ...CHOSEN].includes(file))) return false;
    this.refused = [this.refused, text, "The figure is shown without this choice."].filter(Boolean).join("\n");
    this.choice = Object.fromEntries(Object.entries(choice).filter(([name]) => !refused.includes(name)));
    this.ask("show", { choice: this.choice });
    return true;
  }

  /** The controls say again what is shown. */
  setBack() {
    if (!this.view) return;
    this.choice = this.view.choice;
    for (const [name] of CONTROLS) this.controls[name].value = this.choice[name] || "";
    this.fillRules(this.view.options.rules);
  }

  openDraft({ key, about, rows, columns, measures, digest }) {
    if (!this.known || !this.mayReplace()) return;
    // The columns of today, should the draft be of an older page.
    const names = [...new Set([...this.known.meanings.map(([name]) => name), ...columns])];
    const whole = rows.map((row) => Object.fromEntries(names.map((name) => [name, String(row[name] ?? "")])));
    this.opened({ about, rows: whole, columns: names, measures, digest }, key);
  }

  opened({ about, rows, columns, measures = "", digest = "" }, from = null) {
    this.keep();
    this.editor?.close();
    this.saved = this.kept = this.typed;
    this.untouched = from === null;
    this.drafts.begin(from);
    this.alert.replaceChildren();
    this.editor = new Editor(this.known, { about, rows, columns, measures, digest }, this.uid, {
      touched: () => {
        this.typed += 1;
        this.untouched = false;
      },
      typed: () => {
        this.keep();
        this.check();
      },
      saved: (form) => this.save(form),
      proposed: (files) => this.propose(files),
      compared: () => this.compare(),
    });
    this.editor.keeps(this.drafts.storage !== null);
    this.place.replaceChildren(this.editor.element);
    this.editor.seen(this.view?.choice.case);
    this.say(`Case ${about.case_id} is open to be edited, ${counted(rows.length, "row")}`);
    this.editor.heading.focus();
    this.check();
  }
}

/** The command that brings a saved file into the folder of the cases. */
function importing(variables) {
  const others = Object.entries(variables).map(([name, value]) => ` ${name}='${value}'`);
  return `make import FILE=${others.join("")}`;
}

function downloadFile(name, content) {
  const link = make("a", { href: URL.createObjectURL(new Blob([content])), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function base64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

export default {
  render({ model, el }) {
    const page = new Page(model, el);
    return () => page.close();
  },
};
