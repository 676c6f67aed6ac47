// Demo mode only: choosing a person fills number and password; Enter then signs in.
(() => {
  "use strict";
  const list = document.querySelector("[data-demo-password]");
  const form = document.getElementById("sign-in");
  if (!list || !form) return;
  const buttons = [...list.querySelectorAll("[data-demo-number]")];
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-demo-number]");
    if (!button) return;
    form.elements.login.value = button.dataset.demoNumber;
    form.elements.password.value = list.dataset.demoPassword;
    form.querySelector("button[type=submit]").focus();
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length].focus();
  });
})();
