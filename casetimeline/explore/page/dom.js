// Elements, and values inside of values.

/** An element with attributes, listeners (on...) and children; text is text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  // Words from right to left turn their own line alone.
  if (/^(p|li|td|th|h[1-6]|input|textarea|option)$/.test(tag)) element.dir = "auto";
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function button(words, act, attributes = {}) {
  return make("button", { type: "button", onclick: act, ...attributes }, words);
}

export function labelled(words, control) {
  return make("div", { class: "ct-control" }, make("label", { for: control.id }, words), control);
}

export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function paragraphs(text) {
  return text.split("\n").map((line) => make("p", {}, line));
}

/** What stands at a path of names, if anything does. */
export function dig(tree, path) {
  return path.reduce((value, key) => (value && typeof value === "object" ? value[key] : undefined), tree);
}

/** Set what stands at a path of names; a blank is removed, and so is what then holds nothing. */
export function put(tree, path, value) {
  const [key, ...inner] = path;
  if (inner.length) {
    const place = typeof tree[key] === "object" && tree[key] !== null ? tree[key] : {};
    put(place, inner, value);
    value = Object.keys(place).length ? place : "";
  }
  if (value === "") delete tree[key];
  else tree[key] = value;
}

/** One stop of the Tab key for many buttons; arrow keys, Home and End go from one to the next. */
export function rove(area) {
  const stops = [...area.querySelectorAll(".ct-stop")];
  stops.forEach((stop, i) => {
    stop.tabIndex = i ? -1 : 0;
    stop.addEventListener("focus", () => {
      for (const other of stops) other.tabIndex = -1;
      stop.tabIndex = 0;
    });
    stop.addEventListener("keydown", (event) => {
      const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: stops.length - 1 }[event.key];
      if (to === undefined || !stops[to]) return;
      event.preventDefault();
      stops[to].focus();
    });
  });
}
