// The grid of a count sums what was typed, and nothing else: what should be there is not in the page.
(() => {
  "use strict";
  const { figure } = globalThis.Counterpoint;

  const add = (grid) => {
    const currency = grid.dataset.countGrid;
    let sum = 0n;
    for (const row of grid.querySelectorAll("[data-count-row]")) {
      let part = 0n, typed = false;
      for (const input of row.querySelectorAll("[data-worth]")) {
        const text = input.value.normalize("NFKC").trim(), good = /^\d{0,8}$/.test(text);
        input.setAttribute("aria-invalid", String(!good));
        if (!good || !text) continue;
        typed = true;
        part += BigInt(text) * BigInt(input.dataset.worth);
      }
      row.querySelector("output").textContent = typed ? figure(part, currency) : "—";
      sum += part;
    }
    grid.querySelector("[data-count-sum]").textContent = figure(sum, currency);
  };

  const all = () => { for (const grid of document.querySelectorAll("[data-count-grid]")) add(grid); };
  document.addEventListener("input", (event) => {
    const grid = event.target.closest("[data-count-grid]");
    if (grid) add(grid);
  });
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:after:swap", all);
})();
