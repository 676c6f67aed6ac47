// The kiosk: back to the start by itself, in the usual language; and what it says when the line is down.
(() => {
  "use strict";
  const IDLE = 60;
  let idle = IDLE, left = 0;
  const home = () => location.assign(document.body.dataset.home);
  const busy = () => {
    const form = document.getElementById("kiosk-form");
    return !form || new URLSearchParams(location.search).get("in") === "en"
      || [...form.querySelectorAll("input[type=radio]")].some((one) => one.checked !== one.defaultChecked);
  };
  const shown = () => document.querySelector("[data-kiosk-home]");
  const touched = () => {
    idle = IDLE;
    if (shown() && left > 0) left = Math.max(left, Number(shown().dataset.kioskHome));
  };
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, touched, { passive: true });
  setInterval(() => {
    const taken = shown();
    if (taken) {
      left -= 1;
      const words = taken.querySelector("[data-kiosk-left]");
      if (words) words.textContent = String(Math.max(0, left));
      if (left <= 0) home();
      return;
    }
    idle -= 1;
    if (idle <= 0) { idle = IDLE; if (busy()) home(); }
  }, 1000);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-kiosk-back]")) return;
    event.preventDefault();
    home();
  });
  const down = (hidden) => { const note = document.querySelector("[data-kiosk-down]"); if (note) note.hidden = hidden; };
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    if (ctx && !ctx.response && ctx.request.method === "POST" && document.getElementById("kiosk-form")) down(false);
  });
  document.addEventListener("htmx:after:swap", () => {
    const taken = shown();
    if (taken && !taken.dataset.counted) { taken.dataset.counted = "yes"; left = Number(taken.dataset.kioskHome); }
    if (taken) down(true);
  });
})();
