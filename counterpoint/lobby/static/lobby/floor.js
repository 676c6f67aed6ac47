// Dialogs of the lobby tablet: each number is asked for under one key, a customer found is picked, and what
// closes is gone, so that it does not open again with the next change of the page.
(() => {
  "use strict";
  const key = (form) => {
    const field = form?.querySelector("[name=client_key]");
    if (field) field.value = crypto.randomUUID ? crypto.randomUUID() : "";
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-open=take-dialog]")) key(document.querySelector("form[data-client-key]"));
    const hit = event.target.closest?.("[data-party]");
    if (!hit) return;
    const form = document.querySelector("dialog[open] form:has([data-pick-customer])");
    const box = form?.querySelector("[data-pick-customer]");
    if (!box) return;
    box.querySelector("[name=party]").value = hit.dataset.party;
    box.querySelector("[name=q]").value = hit.dataset.name;
    box.querySelector("[aria-live]").replaceChildren();
    form.querySelector("[type=submit]").focus();
  });
  // Whoever types on has not chosen yet.
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("[data-pick-customer]");
    if (box && event.isTrusted) box.querySelector("[name=party]").value = "";
  });
  document.addEventListener("close", (event) => {
    if (event.target.parentElement?.id === "floor-dialog") event.target.remove();
    const form = event.target.querySelector?.("form[data-anew]");
    if (!form) return;
    form.reset();
    for (const live of form.querySelectorAll("[aria-live]")) live.replaceChildren();
    for (const hidden of form.querySelectorAll("[data-pick-customer] [type=hidden]")) hidden.value = "";
  }, true);
})();
