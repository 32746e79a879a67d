// A widget's model, spoken over a socket: what page.js needs of it, on a page without Jupyter.

import page from "./page.js";

const ENDED = "The session has ended.";
const CLOSED = { 1009: "The session has ended: it was sent more than it takes." };

class SocketModel {
  constructor() {
    this.listeners = new Set();
    this.reopen();
  }

  reopen() {
    const place = new URL("session", document.baseURI);
    place.protocol = place.protocol === "https:" ? "wss:" : "ws:";
    this.waiting = [];
    this.socket = new WebSocket(place);
    this.socket.onopen = () => {
      for (const text of this.waiting) this.socket.send(text);
      this.waiting = null;
    };
    this.socket.onmessage = (event) => this.tell(JSON.parse(event.data));
    this.socket.onclose = (event) => this.tell({ is: "closed", text: event.reason || CLOSED[event.code] || ENDED });
  }

  get() {
    return Object.fromEntries(new URLSearchParams(location.search));
  }

  send(told) {
    const text = JSON.stringify(told);
    if (this.waiting) this.waiting.push(text);
    else if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
    else this.tell({ is: "closed", text: ENDED });
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

page.render({ model: new SocketModel(), el: document.getElementById("page") });
