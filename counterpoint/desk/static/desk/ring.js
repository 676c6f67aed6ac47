// The ring of a desk's clock: how much of the expected time has passed.
(() => {
  "use strict";
  const tick = () => {
    for (const ring of document.querySelectorAll("[data-ring]")) {
      const circle = ring.querySelector(".is-passed");
      const whole = 2 * Math.PI * circle.r.baseVal.value;
      const part = (presentTime() - Date.parse(ring.dataset.ring)) / 1000 / Number(ring.dataset.whole);
      circle.setAttribute("stroke-dasharray", `${Math.min(1, Math.max(0, part)) * whole} ${whole}`);
      ring.classList.toggle("is-late", part > 1);
    }
  };
  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:after:swap", tick);
  setInterval(tick, 1000);
})();
