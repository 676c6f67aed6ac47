// Theme and size, set before the first paint so that nothing flashes. Kept in this browser.
(() => {
  "use strict";
  const root = document.documentElement;
  const store = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); } catch { /* private window */ } },
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const own = root.dataset.density;
  const apply = () => {
    const theme = store.get("theme") || "system";
    const density = store.get("density") || own;
    root.dataset.bsTheme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
    root.dataset.density = density;
    for (const button of document.querySelectorAll("[data-set-theme]"))
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === theme));
    for (const button of document.querySelectorAll("[data-set-density]"))
      button.setAttribute("aria-pressed", String(button.dataset.setDensity === density));
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set-theme], [data-set-density]");
    if (!button) return;
    if (button.dataset.setTheme) store.set("theme", button.dataset.setTheme);
    if (button.dataset.setDensity) store.set("density", button.dataset.setDensity);
    apply();
  });
})();
