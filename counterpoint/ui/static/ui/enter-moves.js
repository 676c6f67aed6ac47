// In <form data-enter>, Enter goes to the next field and sends at the last, as on a bank terminal.
(() => {
  "use strict";
  const fields = (form) => [...form.elements].filter((element) =>
    element.matches("input:not([type=hidden],[type=submit],[type=button]), select, textarea")
    && !element.disabled && !element.readOnly && element.tabIndex >= 0 && element.checkVisibility());

  // A choice of several is one field: Enter leaves it, the arrows move in it. Enter alone chooses, too.
  const sameChoice = (one, other) => one.type === "radio" && other?.type === "radio" && one.name === other.name;
  const beyond = (all, at, step) => {
    let next = at + step;
    while (sameChoice(all[at], all[next])) next += step;
    return all[next];
  };

  const goTo = (field) => {
    field.focus();
    if (field.matches("input:not([type=checkbox],[type=radio])")) field.select();
  };

  const before = (field) => {
    const form = field.form?.matches("[data-enter]") ? field.form : null;
    return form && fields(form)[fields(form).indexOf(field) - 1];
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const field = event.target, form = field.form;
    if (!form?.matches("form[data-enter]") || !field.matches("input, select, textarea")) return;
    if (field.matches("[data-enter-stop], [type=submit], [type=button]") || event.altKey || event.metaKey) return;
    if (field.matches("textarea") && !event.ctrlKey) return;
    event.preventDefault();
    if (event.repeat) return;
    const all = fields(form);
    if (field.type === "radio" && !event.shiftKey && !form.elements[field.name].value) field.click();
    const next = beyond(all, all.indexOf(field), event.shiftKey ? -1 : 1);
    if (next) { goTo(next); return; }
    if (event.shiftKey) return;
    const sender = form.querySelector("[data-enter-submit]") || form.querySelector("[type=submit]:not([disabled])");
    if (sender && !sender.disabled) form.requestSubmit(sender.form === form ? sender : undefined);
  });
  globalThis.Counterpoint = { ...globalThis.Counterpoint, fieldBefore: before };
})();
