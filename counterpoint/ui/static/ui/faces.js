// The grid of notes and coins sums itself, and says whether it agrees with the amount.
(() => {
  "use strict";
  const { parse, figure } = globalThis.Counterpoint;

  const add = (grid) => {
    const currency = grid.dataset.faces;
    let sum = 0n, pieces = 0;
    for (const input of grid.querySelectorAll("[data-face]")) {
      const text = input.value.normalize("NFKC").trim(), good = /^-?\d{0,7}$/.test(text) && text !== "-";
      input.setAttribute("aria-invalid", String(!good));
      const count = good && text ? BigInt(text) : 0n;
      const part = count * BigInt(input.dataset.face);
      sum += part;
      pieces += Number(count);
      input.parentElement.querySelector("output").textContent = count ? figure(part, currency) : "—";
    }
    grid.querySelector("[data-faces-sum]").textContent = figure(sum, currency);
    const total = document.getElementById(grid.dataset.facesTotal || "");
    const wanted = total ? parse(total.value, currency) : null;
    const compare = wanted !== null && (sum !== 0n || pieces !== 0);
    const same = grid.querySelector("[data-faces-same]"), off = grid.querySelector("[data-faces-off]");
    same.hidden = !compare || sum !== wanted;
    off.hidden = !compare || sum === wanted;
    if (!off.hidden) off.querySelector("b").textContent = figure(sum - wanted, currency).replace("-", "−");
    grid.dataset.agrees = compare ? String(sum === wanted) : "";
  };

  const all = () => { for (const grid of document.querySelectorAll("[data-faces]")) add(grid); };
  document.addEventListener("input", (event) => {
    const grid = event.target.closest("[data-faces]");
    if (grid) add(grid);
    else if (event.target.matches("[data-amount]")) all();
  });
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:after:swap", all);
})();
