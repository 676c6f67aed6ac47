// Clocks: data-since counts up, and is late after data-expected seconds.
(() => {
  "use strict";
  // A demonstration's clock runs faster than the world's, from where it stood when the page was made.
  const { clock, clockSpeed } = document.body?.dataset ?? {};
  const loaded = performance.now();
  globalThis.presentTime = () => (clock ? Date.parse(clock) + (performance.now() - loaded) * Number(clockSpeed) : Date.now());
  const pad = (n) => String(n).padStart(2, "0");
  const say = (seconds) => {
    const hours = Math.floor(seconds / 3600);
    const rest = `${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
  };
  const tick = () => {
    for (const element of document.querySelectorAll("[data-since]")) {
      const { since, expected } = element.dataset;
      const seconds = Math.max(0, Math.floor((presentTime() - Date.parse(since)) / 1000));
      element.textContent = say(seconds);
      element.classList.toggle("is-late", Number(expected) > 0 && seconds > Number(expected));
    }
  };
  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:after:swap", tick);
  setInterval(tick, 1000);
})();
