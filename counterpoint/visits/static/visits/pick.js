// Dialogs of visits: Enter on a choice goes to the note; a customer found is picked; what closes is gone,
// so that it does not open again with the next change of the page.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("[type=radio]")) return;
    const list = event.target.closest("[data-pick]");
    if (!list) return;
    event.preventDefault();
    event.target.checked = true;
    document.querySelector(list.dataset.pick)?.focus();
  });
  document.addEventListener("click", (event) => {
    const hit = event.target.closest?.("[data-party]");
    const box = hit?.closest("[data-pick-customer]");
    if (!box) return;
    box.querySelector("[name=party]").value = hit.dataset.party;
    box.querySelector("[name=q]").value = hit.dataset.name;
    box.querySelector("[aria-live]").replaceChildren();
    box.closest("form").querySelector("[type=submit]").focus();
  });
  // Whoever types on has not chosen yet.
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("[data-pick-customer]");
    if (box && event.isTrusted) box.querySelector("[name=party]").value = "";
  });
  // A call for help takes the present screen along.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-visit-call]")) return;
    event.target.elements.page.value = location.pathname;
    event.target.elements.operation.value = document.querySelector("#operation[data-operation]")?.dataset.operation ?? "";
  }, true);
  document.addEventListener("htmx:after:swap", () => {
    const dialog = document.querySelector("#visit-dialog > dialog[open]:not([data-greeted])");
    if (!dialog) return;
    dialog.dataset.greeted = "yes";
    if (!dialog.querySelector("[autofocus]")) dialog.querySelector("form input:not([type=hidden]):enabled, form textarea")?.focus();
  });
  document.addEventListener("close", (event) => {
    if (event.target.parentElement?.id === "visit-dialog") event.target.remove();
    const form = event.target.querySelector?.("form[data-anew]");
    form?.reset();
    form?.querySelector("[data-pick-customer] [aria-live]")?.replaceChildren();
    for (const hidden of form?.querySelectorAll("[data-pick-customer] [type=hidden]") ?? []) hidden.value = "";
  }, true);
})();
