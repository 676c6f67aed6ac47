// Keys: data-key="F2" clicks a button or focuses a field; ? lists them; Esc goes one step back.
// Dialogs: data-open="id", data-close, <dialog data-open-now>, and the events dialog-open, dialog-close.
(() => {
  "use strict";
  const shown = (element) => element.checkVisibility() && !element.disabled && !element.closest("[inert]");
  const topDialog = () => [...document.querySelectorAll("dialog[open]")].at(-1);
  const scope = () => topDialog() || document;
  const isField = (element) => element?.matches?.("input:not([type=button],[type=submit],[type=checkbox],[type=radio]), select, textarea");
  const writes = (element) => isField(element) || element?.isContentEditable;

  const named = (event) => {
    let key = event.key === " " ? "Space" : event.key;
    if (event.altKey && /^(Digit|Key)/.test(event.code)) key = event.code.replace(/^(Digit|Key)/, "");
    if (key.length === 1 && (event.ctrlKey || event.altKey || event.metaKey)) key = key.toUpperCase();
    const marks = [];
    if (event.ctrlKey || event.metaKey) marks.push("Ctrl");
    if (event.altKey) marks.push("Alt");
    if (event.shiftKey && key.length > 1) marks.push("Shift");
    return [...marks, key].join("+");
  };

  const find = (combo) => {
    const wanted = combo.toLowerCase();
    const all = [...scope().querySelectorAll("[data-key]")];
    const fits = (element) => element.dataset.key.toLowerCase().split(/\s+/).includes(wanted);
    return all.find((element) => fits(element) && shown(element));
  };

  const act = (element) => {
    if (!isField(element)) { element.click(); return; }
    element.focus();
    element.select?.();
  };

  const stepBack = () => {
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); return true; }
    const explicit = find("Escape");
    if (explicit) { act(explicit); return true; }
    const field = document.activeElement;
    if (!isField(field)) return false;
    const before = globalThis.Counterpoint.fieldBefore?.(field) || find("F3");
    if (before && before !== field) act(before);
    else field.blur();
    return true;
  };

  const openDialog = (dialog) => { if (dialog && !dialog.open) dialog.showModal(); };

  const listKeys = () => {
    const list = document.querySelector("[data-keymap]");
    const dialog = document.getElementById("keys-dialog");
    if (!list || dialog.open) return;
    list.replaceChildren();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (!shown(element)) continue;
      const words = element.dataset.keyLabel || element.getAttribute("aria-label")
        || element.labels?.[0]?.textContent || element.title || element.textContent;
      const line = document.createElement("div");
      const term = document.createElement("dt"), about = document.createElement("dd");
      for (const key of element.dataset.key.split(/\s+/)) {
        const keys = document.createElement("span");
        keys.className = "c-keys";
        for (const part of key === "+" ? ["+"] : key.split("+")) {
          const cap = document.createElement("kbd");
          cap.className = "c-kbd";
          cap.textContent = part === "Escape" ? "Esc" : part;
          keys.append(cap);
        }
        term.append(keys, " ");
      }
      about.textContent = words.trim().replace(/\s+/g, " ");
      line.append(term, about);
      list.append(line);
    }
    openDialog(dialog);
  };

  document.addEventListener("keydown", (event) => {
    // While an input method composes, its keys are its own.
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    const combo = named(event);
    if (combo === "Escape") {
      if (!topDialog() && stepBack()) event.preventDefault();
      return;
    }
    // A dialog that has just closed keeps the focus for a moment; nobody writes in it.
    if (combo.length === 1 && writes(event.target) && event.target.checkVisibility()) return;
    const element = find(combo);
    if (!element) return;
    event.preventDefault();
    if (!event.repeat) act(element);
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    const opener = target.closest("[data-open]");
    if (opener) openDialog(document.getElementById(opener.dataset.open));
    if (target.closest("[data-keys-open]")) listKeys();
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    if (target.matches("dialog[data-light]")) target.close();
    for (const menu of document.querySelectorAll("details[data-menu][open]"))
      if (!menu.contains(target)) menu.open = false;
  });

  // The library puts its beginning off to a timer, which a busy browser runs later than what people press: what
  // they typed first would be heard by nobody. It begins here, once every script is there, and not again.
  document.addEventListener("DOMContentLoaded", () => {
    if (!globalThis.htmx) return;
    const begin = htmx.initialize.bind(htmx);
    htmx.initialize = () => {};
    begin();
  });
  // Once: what was closed since does not open again because some other part of the page is new.
  const openNow = (root) => {
    for (const dialog of root.querySelectorAll("dialog[data-open-now]")) {
      dialog.removeAttribute("data-open-now");
      openDialog(dialog);
    }
  };
  document.addEventListener("DOMContentLoaded", () => openNow(document));
  document.addEventListener("htmx:after:swap", () => openNow(document));
  document.addEventListener("dialog-open", (event) => openDialog(document.getElementById(event.detail.id)));
  document.addEventListener("dialog-close", (event) =>
    (event.detail.id ? document.getElementById(event.detail.id) : topDialog())?.close());
  // Called from Counterpoint.openDialog by the palette.
  globalThis.Counterpoint = { ...globalThis.Counterpoint, openDialog };
})();
