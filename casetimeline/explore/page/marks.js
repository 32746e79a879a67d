// The figure, its marks, and its rows: what stands behind a mark, by pointer and by keyboard.

import { restingLists } from "./changes.js";
import { button, make, rove } from "./dom.js";
import { inSentence } from "./proposals.js";

// How near the pointer must be: to a point, and to a line or an area; where nothing is that near, the next of these.
const NEAR = [{ point: 10, line: 4 }];
const NEAR_FINGER = [
  { point: 16, line: 4 },
  { point: 24, line: 16 },
];
const POINT_PX = 40;
const LONG_CELL = 60;
const HINT = "Point at a mark or tap it, or go through the rows below with the arrow keys.";

export class Marks {
  /** `asks` is given the line of a row of which the reader wants to know what rests on it. */
  constructor(heading, asks) {
    this.asks = asks;
    this.picture = make("div", { class: "ct-picture" });
    this.halo = make("div", { class: "ct-halo", hidden: true });
    this.tip = make("div", { class: "ct-tip", hidden: true, "aria-hidden": "true" });
    this.area = make(
      "div",
      { class: "ct-scroll", tabindex: "0", role: "group", "aria-labelledby": heading.id },
      make("div", { class: "ct-stage" }, this.picture, this.halo, this.tip),
    );
    // A finger does not hover: it moves to scroll, and leaves with each tap, after which the mark must still be there.
    this.area.addEventListener("pointerdown", ({ pointerType }) => (this.finger = pointerType !== "mouse"));
    this.area.addEventListener("pointermove", (event) => event.pointerType !== "touch" && this.pointed(event));
    this.area.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.unpoint());
    this.area.addEventListener("click", (event) => (this.finger ? this.pointed(event) : this.pinned()));
    this.detail = make("dl", {});
    this.resting = make("div", { class: "ct-resting" });
    this.rows = make("div", {});
    this.said = make("ul", { class: "ct-said" });
    this.lines = new Map();
    this.known = {};
    this.describe(null);
  }

  show({ figure, marks, rows, words, passages }) {
    this.known = marks;
    this.passages = passages || {};
    this.prefix = figure.prefix.replace(/[^A-Za-z0-9_.-]/g, "_");
    this.picture.innerHTML = figure.svg;
    this.unpoint();
    // Who is in the rows while they are made anew stays at the same line.
    const line = this.rows.contains(document.activeElement) && document.activeElement.textContent;
    this.fillRows(rows);
    this.fillSaid(words);
    this.describe(null);
    if (line) [...this.rows.querySelectorAll(".ct-stop")].find((stop) => stop.textContent === line)?.focus();
  }

  fillRows({ caption, columns, cells }) {
    this.lines = new Map(cells.map((row) => [Number(row[0]), row]));
    this.columns = columns;
    this.rows.parentElement.hidden = !cells.length;
    const head = make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name)));
    const body = cells.map((row) => {
      const line = Number(row[0]);
      const stop = this.stop(row[0], `Line ${line}: ${row[2]}, ${row[3]}`, () => this.chooseLine(line));
      const others = row.slice(1).map((cell) => make("td", { class: cell.length > LONG_CELL ? "ct-long" : null }, cell));
      return make("tr", {}, make("th", { scope: "row" }, stop), ...others);
    });
    const table = make("table", {}, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...body));
    const area = make("div", { class: "ct-scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
    this.rows.replaceChildren(area);
    rove(area);
  }

  fillSaid(words) {
    this.said.parentElement.hidden = !words.length;
    this.said.replaceChildren(
      ...words.map(({ part, said, marks }) => {
        const show = () => {
          this.unpoint();
          this.describe({ said, line: null }, marks);
        };
        return make("li", {}, this.stop(part ? `${part}: ${said}` : said, null, show));
      }),
    );
    rove(this.said);
  }

  /** A button that shows its mark when it is focused or pressed. */
  stop(words, label, show) {
    const listeners = { onfocus: show, onclick: show, onblur: () => this.unpoint() };
    return make("button", { type: "button", class: "ct-stop", "aria-label": label, ...listeners }, words);
  }

  /** Where each mark stands in the picture; measured anew, since a window may have another width by now. */
  boxes() {
    const from = this.picture.getBoundingClientRect();
    const found = [];
    for (const element of this.picture.querySelectorAll(`[id^="${this.prefix}ct."]`)) {
      const name = element.id.slice(this.prefix.length);
      const mark = this.known[name];
      if (!mark || !(mark.said || mark.line)) continue;
      const { left, top, width, height } = element.getBoundingClientRect();
      found.push({ name, mark, left: left - from.left, top: top - from.top, width, height });
    }
    return found;
  }

  pointed(event) {
    const from = this.picture.getBoundingClientRect();
    const [x, y] = [event.clientX - from.left, event.clientY - from.top];
    // A point that is near; else the nearest, and of several around the pointer the thinnest: the innermost band.
    const around = this.boxes()
      .map((box) => ({
        box,
        point: Math.max(box.width, box.height) <= POINT_PX,
        away: Math.hypot(
          Math.max(box.left - x, x - box.left - box.width, 0),
          Math.max(box.top - y, y - box.top - box.height, 0),
        ),
        thin: Math.min(box.width, box.height),
      }))
      .sort((one, other) => other.point - one.point || one.away - other.away || one.thin - other.thin);
    const near = (this.finger ? NEAR_FINGER : NEAR)
      .map((most) => around.find(({ away, point }) => away <= (point ? most.point : most.line)))
      .find(Boolean);
    if (!near) {
      this.unpoint();
      return this.describe(null);
    }
    const { box } = near;
    if (this.pointing === box.name && !this.finger) return;
    this.pointing = box.name;
    this.describe(box.mark, [box.name]);
    this.tell(box);
  }

  pinned() {
    const mark = this.pointing && this.known[this.pointing];
    if (mark && this.lines.has(mark.line)) {
      this.rows.querySelectorAll(".ct-stop")[[...this.lines.keys()].indexOf(mark.line)].focus();
    }
  }

  tell(box) {
    this.tip.replaceChildren(this.detail.cloneNode(true));
    this.tip.hidden = false;
    // Within the part of the figure that is in sight; below the mark, or above it where there is room only there.
    const { scrollLeft, clientWidth } = this.area;
    const { offsetWidth, offsetHeight } = this.tip;
    const left = Math.min(box.left + box.width / 2, scrollLeft + clientWidth - offsetWidth);
    const [above, below] = [box.top - 8 - offsetHeight, box.top + box.height + 8];
    this.tip.style.left = `${Math.max(scrollLeft, left)}px`;
    this.tip.style.top = `${above >= 0 && below + offsetHeight > this.picture.clientHeight ? above : below}px`;
  }

  unpoint() {
    this.pointing = null;
    this.tip.hidden = true;
    this.halo.hidden = true;
  }

  chooseLine(line) {
    if (this.known[this.pointing]?.line !== line) this.unpoint();
    const names = Object.keys(this.known).filter((name) => this.known[name].line === line);
    this.describe({ line, said: "" }, names);
  }

  /** Say what rests on a row, if it is still the one that is described. */
  rested({ line, outputs }) {
    if (line !== this.line) return;
    const words = make("p", { tabindex: "-1" }, `On line ${line} rest:`);
    this.resting.replaceChildren(words, ...restingLists(outputs));
    words.focus();
  }

  /** Say of a mark what stands behind it, and put a ring around it. */
  describe(mark, names = []) {
    const row = mark && this.lines.get(mark.line);
    const pairs = [];
    // The passage in its sentence has the words of the quote.
    const passages = (row && this.passages[row[0]]) || [];
    const cell = (name, i) => (name === "quote" && passages.length ? ["in the text", passages.map(inSentence)] : [name, row[i]]);
    if (row) this.columns.forEach((name, i) => row[i] && pairs.push(cell(name, i)));
    if (mark && mark.said) pairs.push([row ? "in the figure" : "says", mark.said]);
    if (!pairs.length) pairs.push(["", HINT]);
    this.detail.replaceChildren(...pairs.flatMap(([name, said]) => [make("dt", {}, name), make("dd", {}, ...[said].flat())]));
    this.line = row ? mark.line : null;
    this.resting.replaceChildren(...(row ? [button("What rests on this row?", () => this.asks(this.line))] : []));
    const boxes = mark ? this.boxes().filter((box) => names.includes(box.name)) : [];
    this.halo.hidden = !boxes.length;
    if (!boxes.length) return;
    const left = Math.min(...boxes.map((box) => box.left)) - 5;
    const top = Math.min(...boxes.map((box) => box.top)) - 5;
    const width = Math.max(...boxes.map((box) => box.left + box.width)) + 5 - left;
    const height = Math.max(...boxes.map((box) => box.top + box.height)) + 5 - top;
    for (const [name, value] of Object.entries({ left, top, width, height })) this.halo.style[name] = `${value}px`;
  }
}
