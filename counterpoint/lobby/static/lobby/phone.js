// The customer's phone: news of the own number is shown at once; news of the line waits while somebody
// answers or is about to leave, so that nothing moves under the finger.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("phone");
    if (!box) return;
    const tell = (name) => document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
    const state = () => box.querySelector("[data-state]")?.dataset.state;
    const rating = () => box.querySelector("#phone-rating");
    document.body.addEventListener(`signal:${box.dataset.mine}`, () => { if (!rating()) tell("phone-mine"); });
    document.body.addEventListener(`signal:${box.dataset.line}`, () => {
      if (!rating() && !box.querySelector("details[open]")) tell("phone-line");
    });
    let last = state();
    document.addEventListener("htmx:after:swap", () => {
      const now = state();
      if (now !== last && now === "called" && navigator.vibrate) navigator.vibrate([300, 150, 300]);
      last = now;
    });
  });
})();
