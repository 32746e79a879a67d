// What was edited, in its order, so that the last of it can be taken back: the browser's own undo knows neither rows that
// were removed nor which of many fields was the last.

const PAUSE_MS = 1000;

/** A step is `of` (what was edited, in words), `undo` and `redo`; and `run`, where letters typed one after the other are one. */
export class Edits {
  constructor() {
    this.done = [];
    this.undone = [];
  }

  add(step) {
    this.undone = [];
    const last = this.done.at(-1);
    const joins = step.run && last && step.run === last.run && step.at - last.at < PAUSE_MS;
    if (joins) Object.assign(last, { redo: step.redo, at: step.at });
    else this.done.push(step);
  }

  undo() {
    const step = this.done.pop();
    if (!step) return;
    this.undone.push(step);
    // What is typed from now on is a step of its own.
    step.run = null;
    step.undo();
  }

  redo() {
    const step = this.undone.pop();
    if (!step) return;
    this.done.push(step);
    step.redo();
  }

  /** The step of a field that was typed in, from one text to another; letters that come or go one by one are one run. */
  typed({ inputType, timeStamp }, of, [before, after], step) {
    // A browser may tell more than once of one change.
    if (before === after) return;
    const single = Math.abs(after.length - before.length) === 1 && /^(insertText|deleteContent)/.test(inputType || "");
    const run = single || inputType === "insertCompositionText" ? `${of}: ${inputType}` : null;
    this.add({ ...step, of, run, at: timeStamp });
  }
}

/** Which of `undo` and `redo` a key asks for, if it does; of a keyboard with other letters the key in the place of Z. */
export function asksFor({ key, code, ctrlKey, metaKey, shiftKey, altKey }) {
  if (!(ctrlKey || metaKey) || altKey) return null;
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace("Key", "").toLowerCase();
  return { z: shiftKey ? "redo" : "undo", y: "redo" }[letter] || null;
}
