// Each value and mark is a link to its row: pointing, focusing or tapping shows the row, a click goes there.
(() => {
  "use strict";
  const card = document.createElement("div");
  card.id = "card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  const heads = [...document.querySelectorAll("#recorded-rows thead th")].map(cell => cell.textContent);
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
    const at = link.getBoundingClientRect(), width = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(at.left, width - card.offsetWidth - 8));
    const below = at.bottom + 6 + card.offsetHeight <= innerHeight || at.top < card.offsetHeight;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${(below ? at.bottom + 2 : at.top - card.offsetHeight - 2) + scrollY}px`;
  }

  function hide() {
    if (shown) shown.removeAttribute("aria-describedby");
    card.hidden = true;
    shown = null;
  }

  // What a link leads to may stand in a part that is folded.
  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
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
  document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
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
