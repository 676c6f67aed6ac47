// <form data-draft="name">: what was typed survives a reload or a lock, and goes when it was sent.
(() => {
  "use strict";
  const place = (form) => `draft:${location.pathname}:${form.dataset.draft}`;
  const store = (action) => { try { return action(sessionStorage); } catch { return null; } };
  const kept = (element) => element.name && !element.matches("[type=password],[type=file],[data-draft-skip],[name=csrfmiddlewaretoken]")
    && (element.type !== "hidden" || element.name === "idempotency_key") && element.matches("input,select,textarea");

  const save = (form) => {
    const values = [...form.elements].filter(kept).map((element) =>
      [element.name, element.matches("[type=checkbox],[type=radio]") ? (element.checked ? element.value : null) : element.value]);
    store((box) => box.setItem(place(form), JSON.stringify(values)));
  };
  const forget = (form) => store((box) => { box.removeItem(place(form)); box.removeItem(place(form) + ":sent"); });

  const restore = (form) => {
    if (form.dataset.draftDone) return;
    form.dataset.draftDone = "1";
    const text = store((box) => box.getItem(place(form)));
    if (!text) return;
    // It was sent and came back without complaint: it is done.
    if (store((box) => box.getItem(place(form) + ":sent")) && !form.querySelector(".has-error")) { forget(form); return; }
    const values = JSON.parse(text), seen = new Map();
    for (const element of [...form.elements].filter(kept)) {
      const mine = values.filter(([name]) => name === element.name);
      const index = seen.get(element.name) ?? 0;
      seen.set(element.name, index + 1);
      if (!mine[index]) continue;
      const value = mine[index][1];
      if (element.matches("[type=checkbox],[type=radio]")) element.checked = value === element.value;
      else if (value !== null && (element.value === element.defaultValue || element.matches("select"))) element.value = value;
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
  };

  let timer = 0, unsaved = null;
  const stop = () => { clearTimeout(timer); unsaved = null; };
  const flush = () => { if (unsaved?.isConnected) save(unsaved); stop(); };
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches?.("[data-draft]") || !event.isTrusted) return;
    if (unsaved !== form) flush();
    stop();
    unsaved = form;
    timer = setTimeout(flush, 120);
  });
  // A reload that comes before the pause is over must not cost the last field.
  addEventListener("pagehide", flush);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-draft]")) return;
    stop();
    save(form);
    if (form.matches("[hx-post],[hx-put],[hx-patch]")) {
      form.addEventListener("htmx:after:request", (done) => {
        if (done.detail.ctx.response.status < 300 && !form.matches("[data-draft-keep]")) { stop(); forget(form); }
      }, { once: true });
    } else store((box) => box.setItem(place(form) + ":sent", "1"));
  });
  document.addEventListener("draft-done", (event) => {
    stop();
    store((box) => {
      for (const key of Object.keys(box))
        if (key.startsWith(`draft:${location.pathname}:${event.detail.name ?? ""}`)) box.removeItem(key);
    });
  });
  const all = () => { for (const form of document.querySelectorAll("form[data-draft]")) restore(form); };
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:after:swap", all);
})();
