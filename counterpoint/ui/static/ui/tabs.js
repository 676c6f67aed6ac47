// Tabs: arrow keys between them, one panel at a time, the choice kept while the page stands. A panel that
// nobody looks at does not fetch itself; it does when its tab is chosen (hx-trigger "panel:shown").
(() => {
  "use strict";
  const choose = (tab) => {
    for (const other of tab.closest("[role=tablist]").querySelectorAll("[role=tab]")) {
      const mine = other === tab;
      other.setAttribute("aria-selected", String(mine));
      other.tabIndex = mine ? 0 : -1;
      const panel = document.getElementById(other.getAttribute("aria-controls"));
      if (!panel) continue;
      panel.hidden = !mine;
      if (mine && "stale" in panel.dataset) {
        delete panel.dataset.stale;
        panel.dispatchEvent(new CustomEvent("panel:shown"));
      }
    }
    tab.dispatchEvent(new CustomEvent("tab:chosen", { bubbles: true }));
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tablist] [role=tab]");
    if (tab) choose(tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[role=tablist] [role=tab]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !step) return;
    const all = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
    const next = all[(all.indexOf(tab) + step + all.length) % all.length];
    event.preventDefault();
    choose(next);
    next.focus();
  });
  document.addEventListener("htmx:before:request", (event) => {
    if (!event.target.matches?.("[role=tabpanel][hidden][hx-trigger*='panel:shown']")) return;
    event.preventDefault();
    event.target.dataset.stale = "";
  });
  const settle = () => {
    for (const list of document.querySelectorAll("[role=tablist]:not([data-ready])")) {
      list.dataset.ready = "";
      choose(list.querySelector("[aria-selected=true]") || list.querySelector("[role=tab]"));
    }
  };
  document.addEventListener("DOMContentLoaded", settle);
  document.addEventListener("htmx:after:swap", settle);
})();
