// Clocks: data-since counts up and is late after data-expected seconds; data-until counts down to nothing.
(() => {
  "use strict";
  const pad = (n) => String(n).padStart(2, "0");
  const say = (seconds) => {
    const hours = Math.floor(seconds / 3600);
    const rest = `${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
  };
  const tick = () => {
    for (const element of document.querySelectorAll("[data-since], [data-until]")) {
      const { since, until, expected } = element.dataset;
      const passed = Math.floor((Date.now() - Date.parse(since || until)) / 1000);
      const seconds = Math.max(0, since ? passed : -passed);
      element.textContent = say(seconds);
      element.classList.toggle("is-late", since ? Number(expected) > 0 && seconds > Number(expected) : seconds === 0);
    }
  };
  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:after:swap", tick);
  setInterval(tick, 1000);
})();
