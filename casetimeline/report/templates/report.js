// Each value and mark is a link to its row: pointing, focusing or tapping shows the row, a click goes there.
(() => {
  "use strict";
  const card = document.createElement("div");
  card.id = "card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  const heads = [...document.querySelectorAll("#recorded-rows thead th")].map(cell => cell.textContent);
  // Pixels between the card and its link, between the card and the edge of the window, and of the least height of a card.
  const GAP = 2, EDGE = 8, LEAST = 80;
  let shown = null;

  const rowsOf = link => (link.dataset.rows || link.getAttribute("href").slice("#row-".length)).split(" ")
    .map(line => document.getElementById(`row-${line}`)).filter(Boolean);

  function show(link) {
    const rows = rowsOf(link);
    if (link === shown || !rows.length) return;
    hide();
    card.replaceChildren(...rows.map(row => {
      const list = document.createElement("dl");
      [...row.cells].forEach((cell, place) => {
        if (!cell.textContent.trim()) return;
        const term = document.createElement("dt"), told = document.createElement("dd");
        term.textContent = heads[place];
        told.textContent = cell.textContent;
        list.append(term, told);
      });
      return list;
    }));
    card.hidden = false;
    link.setAttribute("aria-describedby", "card");
    shown = link;
    place(link.getBoundingClientRect());
  }

  // Inside the window, and beside the link: below where there is room, else on the side that has more, and then it scrolls.
  function place(at) {
    card.style.maxHeight = "";
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    const above = Math.min(at.top, height) - GAP - EDGE, below = height - Math.max(at.bottom, 0) - GAP - EDGE;
    const under = card.offsetHeight <= below || above <= below;
    card.style.maxHeight = `${Math.max(LEAST, under ? below : above)}px`;
    const left = Math.max(EDGE, Math.min(at.left, width - card.offsetWidth - EDGE));
    const top = under ? at.bottom + GAP : at.top - GAP - card.offsetHeight;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${Math.max(EDGE, Math.min(top, height - card.offsetHeight - EDGE)) + scrollY}px`;
  }

  function hide() {
    if (shown) shown.removeAttribute("aria-describedby");
    card.hidden = true;
    shown = null;
  }

  // The id in an address; an address may be typed, and hold what is no escape.
  function named(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  // What a link leads to may stand in a part that is folded.
  function unfold() {
    const target = document.getElementById(named(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView();
  }

  const linkAt = event => event.target.closest && event.target.closest("a.row");
  let finger = false;
  document.addEventListener("pointerdown", event => { finger = event.pointerType === "touch"; });
  document.addEventListener("pointerover", event => {
    if (event.pointerType === "touch") return;
    const link = linkAt(event);
    if (link) show(link);
    else if (!event.target.closest("#card") && document.activeElement !== shown) hide();
  });
  document.addEventListener("focusin", event => { if (!finger) linkAt(event) ? show(linkAt(event)) : hide(); });
  document.addEventListener("keydown", event => {
    finger = false;
    if (event.key === "Escape") hide();
  });
  document.addEventListener("click", event => {
    const link = linkAt(event);
    if (link && finger && link !== shown) {
      event.preventDefault();
      show(link);
    } else if (link) {
      hide();
      if (location.hash === link.getAttribute("href")) unfold();
    } else if (!event.target.closest("#card")) hide();
  });
  addEventListener("hashchange", unfold);
  // The references are printed, also where a browser prints nothing of what is folded.
  const printed = [...document.querySelectorAll("details.printed:not([open])")];
  addEventListener("beforeprint", () => printed.forEach(part => { part.dataset.folded = String(!part.open); part.open = true; }));
  addEventListener("afterprint", () => printed.forEach(part => { part.open = part.dataset.folded !== "true"; }));
  unfold();

  const button = document.getElementById("contents-button"), list = document.getElementById("contents-list");
  if (button) {
    button.hidden = false;
    document.documentElement.classList.add("scripted");
    button.addEventListener("click", () => {
      const open = list.classList.toggle("open");
      button.setAttribute("aria-expanded", String(open));
    });
  }
})();
