// A form of a visit keeps what is typed on the server: sent after a short pause, with the version that it
// stands on. What somebody else has entered meanwhile is shown above the form and never overwritten.
// <form data-visit-draft="address" data-visit-version="3">; marks of what was filled in before the counter:
// <label data-confirm-mark><input type="checkbox" name="confirmed" value="field">.
(() => {
  "use strict";
  const PAUSE = 400, AGAIN = 3000;
  const SKIP = "[type=password],[type=file],[type=hidden],[type=submit],[type=button],[data-draft-skip],[name=confirmed]";
  // By the draft's address: its version, and the values that it had when this page last knew it.
  const versions = new Map(), bases = new Map(), held = new Set(), over = new Set();
  let timer = 0, waiting = null, next = null, busy = false;

  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const send = (url, body, keepalive = false) => fetch(url, {
    method: "POST", keepalive, body: JSON.stringify(body),
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() },
  });
  const ours = (form) => form?.matches?.("[data-visit-draft]");

  const values = (form) => {
    const typed = {};
    for (const field of form.elements) {
      if (!field.name || !field.matches("input,select,textarea") || field.matches(SKIP)) continue;
      if (field.matches("[type=checkbox],[type=radio]")) { if (field.checked) typed[field.name] = true; }
      // What a closed part offers by itself, nobody has chosen.
      else if (field.value.trim() && !(field.matches("select") && field.closest("details:not([open])"))) typed[field.name] = field.value;
    }
    return typed;
  };
  const ticked = (form) => [...form.querySelectorAll("[data-confirm-mark] [name=confirmed]:checked")].map((box) => box.value);
  const snapshot = (form) => ({ address: form.dataset.visitDraft, fields: values(form), confirmed: ticked(form) });
  const post = ({ address, fields, confirmed }, keepalive) =>
    send(address, { version: versions.get(address) ?? 0, fields, confirmed }, keepalive);

  const showChange = (address, fields) => {
    held.add(address);
    htmx.ajax("GET", `${address}?fields=${encodeURIComponent(fields.join(","))}`, { target: "#draft-note", swap: "innerHTML" });
  };

  const run = async () => {
    if (busy || !next) return;
    const one = next;
    next = null;
    if (held.has(one.address) || over.has(one.address)) return;
    busy = true;
    let pause = 0;
    try {
      const answer = await post(one);
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (answer.ok) { versions.set(one.address, told.version); bases.set(one.address, one.fields); }
      else if (told.code === "draft_changed") showChange(one.address, told.details.fields);
      else if (answer.status === 423 || answer.status >= 500) throw new Error(String(answer.status));
      // Somebody else serves the visit now, or it has ended: what is typed here is nobody's draft.
      else if (answer.status !== 422) over.add(one.address);
    } catch {
      // The line is down or the screen locked: the form holds it meanwhile.
      next ??= one;
      pause = AGAIN;
    }
    busy = false;
    if (pause) setTimeout(run, pause); else run();
  };
  const save = (form) => {
    clearTimeout(timer);
    waiting = null;
    next = snapshot(form);
    run();
  };
  const later = (form) => {
    clearTimeout(timer);
    waiting = form;
    timer = setTimeout(() => save(form), PAUSE);
  };

  // What the teller types, or confirms with Enter or a tick, needs no second look.
  const mark = (name) => document.querySelector(`[data-confirm-mark] [name=confirmed][value="${CSS.escape(name)}"]`);
  const markOf = (field) => mark(field.name) ?? (field.matches("[data-face]") ? mark("faces") : null);
  const confirm = (box) => {
    box.checked = true;
    box.closest("[data-confirm-mark]").classList.add("is-confirmed");
  };

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!event.isTrusted || !ours(field.form) || field.matches(SKIP)) return;
    const box = markOf(field);
    if (box) confirm(box);
    later(field.form);
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!ours(field.form)) return;
    if (field.matches("[data-confirm-mark] [name=confirmed]")) { if (field.checked) confirm(field); save(field.form); }
    else if (event.isTrusted && !field.matches(SKIP)) later(field.form);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || !ours(event.target.form)) return;
    const box = markOf(event.target);
    if (!box || box.checked || !event.target.value) return;
    confirm(box);
    save(event.target.form);
  }, true);
  document.addEventListener("submit", () => { if (waiting) save(waiting); }, true);
  addEventListener("pagehide", () => {
    if (waiting) post(snapshot(waiting), true);
    const here = document.querySelector("[data-visit-presence][data-visit-guest]");
    if (here) send(here.dataset.visitPresence, { gone: true }, true);
  });

  // In which field one is, for those who look on: told when it changes, and with the first look.
  let here = "", place = "", due = 0;
  const look = (field) => {
    const address = document.querySelector("[data-visit-presence]")?.dataset.visitPresence ?? "";
    // Whoever serves another now has left the one before.
    if (here && here !== address) send(here, { gone: true }).catch(() => {});
    if (address === here && (field === null || place === field)) return;
    [here, place] = [address, field ?? ""];
    clearTimeout(due);
    if (address) due = setTimeout(() => send(address, { field: place }).catch(() => { place = "?"; }), 150);
  };
  document.addEventListener("focusin", (event) => {
    if (!ours(event.target.form) || !event.target.name) return;
    const code = document.querySelector("#operation[data-operation]")?.dataset.operation ?? "";
    look(`${code}.${event.target.name}`.slice(0, 40));
  });

  // Theirs or mine, where somebody else was quicker.
  const put = (form, name, value) => {
    const field = form.elements.namedItem(name);
    if (!field || !("value" in field)) return;
    if (field.type === "checkbox") field.checked = value === true;
    else field.value = value ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const settle = (form, note) => {
    versions.set(form.dataset.visitDraft, Number(note.dataset.draftVersion));
    held.delete(form.dataset.visitDraft);
    note.remove();
    save(form);
  };
  // What only this page has changed is no conflict; only what they have changed is asked about.
  const sift = () => {
    const form = document.querySelector("form[data-visit-draft]");
    const note = document.querySelector("#draft-note [data-draft-version]:not([data-sifted])");
    if (!form || !note) return;
    note.dataset.sifted = "yes";
    const base = bases.get(form.dataset.visitDraft) ?? {};
    for (const line of note.querySelectorAll("[data-draft-field]"))
      if ((JSON.parse(line.dataset.draftValue) ?? "") === (base[line.dataset.draftField] ?? "")) line.remove();
    if (!note.querySelector("[data-draft-field]")) settle(form, note);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-draft-take],[data-draft-keep]");
    const form = document.querySelector("form[data-visit-draft]");
    if (!button || !form) return;
    const note = button.closest("[data-draft-version]");
    if (button.matches("[data-draft-take]"))
      for (const line of note.querySelectorAll("[data-draft-field]"))
        put(form, line.dataset.draftField, JSON.parse(line.dataset.draftValue));
    settle(form, note);
    form.querySelector("input:not([type=hidden])")?.focus();
  });

  const greet = () => {
    for (const form of document.querySelectorAll("form[data-visit-draft]:not([data-visit-seen])")) {
      form.dataset.visitSeen = "yes";
      // A form that came back from the server holds what was typed here, not what the draft holds.
      if (form.dataset.visitVersion === undefined) continue;
      const address = form.dataset.visitDraft;
      versions.set(address, Math.max(versions.get(address) ?? 0, Number(form.dataset.visitVersion)));
      bases.set(address, values(form));
      held.delete(address);
      over.delete(address);
    }
  };
  document.addEventListener("htmx:after:swap", () => { greet(); sift(); look(null); });
  document.addEventListener("DOMContentLoaded", () => { greet(); look(null); });
})();
