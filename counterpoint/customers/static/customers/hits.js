// The hits of a customer search by keyboard: up and down choose, Enter opens. Focus stays in the query.
(() => {
  "use strict";
  const box = (form) => document.getElementById(form.dataset.hits);
  const rows = (form) => [...box(form).querySelectorAll("[data-hit]")];
  const chosen = (form) => rows(form).findIndex((row) => row.getAttribute("aria-selected") === "true");

  const choose = (form, at) => {
    const input = form.querySelector("input[type=search]");
    rows(form).forEach((row, index) => {
      row.id ||= `hit-${row.dataset.row}`;
      row.setAttribute("aria-selected", String(index === at));
      if (index === at) {
        row.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", row.id);
      }
    });
  };

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-hits]");
    // While Chinese is being composed, Enter and the arrows belong to the input method.
    if (!form || event.isComposing || event.keyCode === 229) return;
    const all = rows(form);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length || !event.target.matches("input")) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(form, (chosen(form) + step + all.length) % all.length);
    } else if (event.key === "Enter" && event.target.matches("input")) {
      const row = all[chosen(form)];
      if (!row) return;
      event.preventDefault();
      row.querySelector("a").click();
    }
  });

  document.addEventListener("htmx:after:swap", () => {
    for (const form of document.querySelectorAll("form[data-hits]")) if (chosen(form) < 0) choose(form, 0);
  });
})();
