// A widget's model, spoken over a socket: what page.js needs of it, on a page without Jupyter.

import page from "./page.js";

const ENDED = "The session has ended.";
const CLOSED = { 1009: "The session has ended: it was sent more than it takes." };
const ANOTHER =
  "The program that this page came from has ended, or does not know this browser: nothing was sent. " +
  "Open the address that casetimeline prints when it starts, with its token.";

class SocketModel {
  constructor() {
    this.listeners = new Set();
    this.reopen();
  }

  async reopen() {
    this.waiting = [];
    this.ended = null;
    const running = await runningAt();
    this.began ??= running;
    // Another program at this address, perhaps of somebody else, is not sent what was typed.
    if (!running || running !== this.began) return this.closed(ANOTHER);
    const place = new URL("session", document.baseURI);
    place.protocol = place.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(place);
    this.socket.onopen = () => {
      for (const text of this.waiting) this.socket.send(text);
      this.waiting = null;
    };
    this.socket.onmessage = (event) => this.tell(JSON.parse(event.data));
    this.socket.onclose = (event) => this.closed(event.reason || CLOSED[event.code] || ENDED);
  }

  closed(text) {
    this.waiting = null;
    // What is sent from now on meets the same end: its reason stays on the page.
    this.ended = text;
    this.tell({ is: "closed", text });
  }

  get() {
    return Object.fromEntries(new URLSearchParams(location.search));
  }

  /** A choice goes into the address, so that the page opens on it again. */
  remember(choice) {
    const here = new URL(location);
    here.search = new URLSearchParams(Object.entries(choice).filter(([, text]) => text));
    history.replaceState(null, "", here);
  }

  send(told) {
    const text = JSON.stringify(told);
    if (this.waiting) this.waiting.push(text);
    else if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(text);
    else this.closed(this.ended ?? ENDED);
  }

  /** Messages alone: what else a widget's model tells is of its kernel. */
  on(event, listener) {
    if (event === "msg:custom") this.listeners.add(listener);
  }

  off(event, listener) {
    if (event === "msg:custom") this.listeners.delete(listener);
  }

  tell(told) {
    for (const listener of this.listeners) listener(told);
  }
}

/** Which run of the program answers at this address; nothing if none does that knows this browser. */
async function runningAt() {
  try {
    return (await fetch("page.html", { cache: "no-store" })).headers.get("Casetimeline-Run");
  } catch {
    return null;
  }
}

// The browser has a cookie by now: the token need not stay in the address bar, where it could be copied with it.
const here = new URL(location);
if (here.searchParams.has("token")) {
  here.searchParams.delete("token");
  history.replaceState(null, "", here);
}

page.render({ model: new SocketModel(), el: document.getElementById("page") });
