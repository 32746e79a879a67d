// Drafts: what was typed is kept by the browser, on this machine, until the reader deletes it. They are sent nowhere; one
// that is opened is a case that is edited, as any other.

import { button, counted, make } from "./dom.js";

const KEY = "casetimeline-draft:";
const WHERE =
  "What was typed on this page before, kept by this browser on this machine alone. Whoever uses this browser can open " +
  "it: delete what you need no more.";

export class Drafts {
  /**
   * `storage` is none where nothing is kept; `hears` has `open` (the reader chose a draft) and `gone` (another window removed
   * the one of this page).
   */
  constructor(storage, hears) {
    Object.assign(this, { storage, hears });
    // Of the case that is edited: it is not offered beside itself.
    this.current = [];
    this.deleted = [];
    this.list = make("ul", {});
    this.element = make(
      "section",
      { class: "ct-drafts", "aria-label": "Drafts", hidden: true },
      make("h2", {}, "Drafts"),
      make("p", {}, WHERE),
      this.list,
    );
    // Another window may keep or delete one; also that of the case which is edited here, and goes on being kept.
    this.elsewhere = ({ key, newValue }) => {
      if (key !== null && !key.startsWith(KEY)) return;
      if (key === this.current[0] && newValue === null) hears.gone();
      this.offer();
    };
    window.addEventListener("storage", this.elsewhere);
  }

  close() {
    window.removeEventListener("storage", this.elsewhere);
  }

  /** A case begins to be edited; it takes the place of the draft that it was opened from as soon as it is kept. */
  begin(from = null) {
    this.current = [`${KEY}${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`, ...(from ? [from] : [])];
    this.offer();
  }

  /** Keep a case as it is typed; whether that was possible. */
  keep({ about, rows, columns, measures, digest }, saved = "") {
    const [key, from] = this.current;
    try {
      this.storage.setItem(key, JSON.stringify({ at: Date.now(), about, rows, columns, measures, digest, saved }));
      if (from) this.storage.removeItem(from);
    } catch {
      // There is no storage here, or no room left in it.
      return false;
    }
    this.current = [key];
    return true;
  }

  /** The case that is edited was saved as a file. Whether a download arrives nobody tells: its draft stays, and says so. */
  markCurrent(draft, file) {
    if (this.storage?.getItem(this.current[0])) this.keep(draft, file);
  }

  /** The case that is edited is among the others by now. */
  forgetCurrent() {
    for (const key of this.current) this.storage?.removeItem(key);
  }

  /** What is kept, the newest first; what is no draft is left alone. */
  kept() {
    const keys = this.storage ? Object.keys(this.storage).filter((key) => key.startsWith(KEY)) : [];
    return keys
      .filter((key) => !this.current.includes(key))
      .map((key) => read(key, this.storage.getItem(key)))
      .filter(Boolean)
      .sort((one, other) => other.at - one.at)
      .map((draft, i, all) => ({ ...draft, name: nameAmong(draft, all) }));
  }

  offer() {
    const there = this.kept();
    this.deleted = this.deleted.filter(({ key }) => !there.some((one) => one.key === key));
    const deleted = this.deleted.map((draft) => {
      const back = button("Bring it back", () => this.bringBack(draft), { "aria-label": `Bring it back: ${draft.name}` });
      return make("li", {}, `${draft.name}: deleted. `, back);
    });
    const offered = there.map((draft) => {
      const words = `${draft.name}, ${counted(draft.rows.length, "row")}${draft.saved ? `, saved as ${draft.saved}` : ""} `;
      const open = button("Open", () => this.hears.open(draft), { "aria-label": `Open the draft of ${draft.name}` });
      const remove = button("Delete", () => this.delete(draft), { "aria-label": `Delete the draft of ${draft.name}` });
      return make("li", {}, words, open, " ", remove);
    });
    this.list.replaceChildren(...offered, ...deleted);
    this.element.hidden = !this.list.children.length;
  }

  delete(draft) {
    this.storage.removeItem(draft.key);
    this.deleted.push(draft);
    this.offer();
    this.list.lastElementChild.querySelector("button").focus();
  }

  bringBack({ key, name, ...draft }) {
    this.storage.setItem(key, JSON.stringify(draft));
    this.offer();
    this.list.querySelector("button").focus();
  }
}

/** Where the browser keeps drafts: for a page of its own, and for a JupyterLab of this machine. Others share an address. */
export function storageFor(model) {
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  try {
    return model.reopen || here ? window.localStorage : null;
  } catch {
    return null;
  }
}

function caseAndTime({ about, at }) {
  const when = new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
  return `case ${about.case_id || "without a name"}, ${when}`;
}

/** The case of a draft and when it was kept last; of several that two windows kept in one second, with a number. */
function nameAmong(draft, drafts) {
  const name = caseAndTime(draft);
  const alike = drafts.filter((one) => caseAndTime(one) === name);
  return alike.length > 1 ? `${name}, ${alike.indexOf(draft) + 1} of ${alike.length}` : name;
}

/** A draft as it was kept; null for anything else. */
function read(key, text) {
  try {
    const { at, about, rows, columns, measures, digest, saved } = JSON.parse(text);
    const lists = Array.isArray(columns) && Array.isArray(rows) && rows.every(isMapping);
    if (!(Number.isFinite(at) && isMapping(about) && lists)) return null;
    const texts = { measures: String(measures || ""), digest: String(digest || ""), saved: String(saved || "") };
    return { key, at, about, rows, columns: columns.map(String), ...texts };
  } catch {
    return null;
  }
}

function isMapping(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
