// [data-papers-viewer]: larger, smaller, whole page; the size stays when the page is turned.
(() => {
  "use strict";
  if (globalThis.CounterpointPaperViewer) return;
  globalThis.CounterpointPaperViewer = true;
  const LARGEST = 4;
  const kept = new Map();

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-papers-zoom]"), viewer = button?.closest("[data-papers-viewer]");
    const sheet = viewer?.querySelector("[data-papers-sheet]");
    if (!sheet) return;
    const step = Number(button.dataset.papersZoom), before = Number(sheet.dataset.zoom);
    const zoom = step === 0 ? 0 : Math.min(LARGEST, Math.max(0, before + step));
    // What was in the middle stays in the middle.
    const middle = (place, seen, all) => (place + seen / 2) / all;
    const x = middle(sheet.scrollLeft, sheet.clientWidth, sheet.scrollWidth);
    const y = middle(sheet.scrollTop, sheet.clientHeight, sheet.scrollHeight);
    sheet.dataset.zoom = zoom;
    sheet.scrollTo(x * sheet.scrollWidth - sheet.clientWidth / 2, y * sheet.scrollHeight - sheet.clientHeight / 2);
    kept.set(viewer.id, zoom);
  });

  document.addEventListener("htmx:after:swap", () => {
    for (const viewer of document.querySelectorAll("[data-papers-viewer]")) {
      const sheet = viewer.querySelector("[data-papers-sheet]");
      if (sheet && kept.has(viewer.id)) sheet.dataset.zoom = kept.get(viewer.id);
    }
  });
})();
