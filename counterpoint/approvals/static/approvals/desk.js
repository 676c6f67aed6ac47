// The approval desk: arrows walk the list, the open request is marked there and kept in the address.
(() => {
  "use strict";
  const queue = () => document.getElementById("approval-queue");
  const links = () => [...queue().querySelectorAll("a[hx-get]")];
  const opened = () => document.getElementById("open-request")?.value ?? "";
  const numberOf = (link) => new URL(link.href).searchParams.get("open");

  const mark = () => {
    const now = opened();
    for (const link of links()) {
      if (numberOf(link) === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const address = now ? `?open=${now}` : location.pathname;
    if (location.search !== address) history.replaceState(null, "", address);
  };

  const walks = (target) => !document.querySelector("dialog[open]")
    && !target.closest?.("input, select, textarea, [data-viewer-box], [role=tablist], details[open]");

  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !walks(event.target)) return;
    const all = links(), at = all.findIndex((link) => link.getAttribute("aria-current"));
    const next = all[at < 0 ? 0 : at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    next.click();
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const { target } = event.detail.ctx;
    if (target === queue()) mark(); // it may have brought what it opens
    if (target?.id !== "approval-panel") return;
    mark();
    const panel = document.getElementById("approval-panel");
    panel.scrollTop = 0;
    // What had the focus may be gone; keys work from anywhere, a screen reader goes on here.
    if (document.activeElement === document.body) panel.focus();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-slot-close]")) document.getElementById("approval-slot").replaceChildren();
  });

  // A closed dialog stays closed when something else on the page is drawn anew.
  document.addEventListener("close", (event) => {
    if (event.target.matches?.("#approval-dialog dialog")) event.target.removeAttribute("data-open-now");
  }, true);
})();
