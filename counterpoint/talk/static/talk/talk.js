// A conversation: Enter sends and Shift+Enter begins a line, @ names somebody, the newest stays in sight,
// what was in sight is marked as read; the list goes by arrow keys.
(() => {
  "use strict";
  const boxes = () => document.querySelectorAll("[data-talk-pane]");
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const told = new Map();

  // ---- what is in sight ----
  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  const followed = new Map();
  const show = () => {
    for (const box of boxes()) {
      const found = box.querySelector(".is-found");
      if (!followed.has(box.id) && found) found.scrollIntoView({ block: "center" });
      else if (followed.get(box.id) ?? true) box.scrollTop = box.scrollHeight;
      followed.set(box.id, atEnd(box));
      if (!box.dataset.watched) {
        box.dataset.watched = "1";
        box.addEventListener("scroll", () => followed.set(box.id, atEnd(box)), { passive: true });
      }
      read(box);
    }
  };
  const read = (box) => {
    const upto = Number(box.dataset.upto ?? 0), url = box.dataset.readUrl;
    if (!url || document.visibilityState !== "visible" || !box.checkVisibility()) return;
    if (upto <= Number(box.dataset.read) || upto <= (told.get(url) ?? 0)) return;
    told.set(url, upto);
    fetch(url, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams({ upto }) })
      .catch(() => told.delete(url));
  };
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("htmx:after:swap", () => setTimeout(show));
  document.addEventListener("visibilitychange", () => boxes().forEach(read));

  // ---- writing ----
  const answering = (form, id, author) => {
    form.elements.answers.value = id;
    const bar = form.querySelector("[data-talk-answering]");
    bar.hidden = !id;
    bar.querySelector("span").textContent = author;
  };
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target, status = event.detail.ctx?.response?.status ?? 0;
    if (!form.matches?.("[data-talk-write]") || status < 200 || status >= 300) return;
    form.elements.text.value = "";
    form.elements.urgent.checked = false;
    form.elements.files.value = "";
    chosen(form);
    answering(form, "", "");
    const box = form.parentElement.querySelector("[data-talk-pane]");
    if (box) followed.set(box.id, true);
    form.elements.text.focus();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-talk-answer]");
    if (!button) return;
    const around = button.closest(".talk-main, .talk-panel");
    const form = around?.querySelector("[data-talk-write]");
    if (!form) return;
    answering(form, button.dataset.talkAnswer, button.dataset.talkAuthor ?? "");
    form.elements.text.focus();
  });
  const chosen = (form) => {
    const words = form.querySelector("[data-talk-files]"), files = [...form.elements.files.files];
    words.textContent = files.length ? files.map((file) => file.name).join("、").slice(0, 40) : words.dataset.word;
  };
  document.addEventListener("change", (event) => {
    if (event.target.name === "files" && event.target.form?.matches("[data-talk-write]")) chosen(event.target.form);
  });

  // ---- signs: one dialog for all messages of a conversation ----
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-talk-sign]");
    if (opener) {
      const dialog = opener.closest(".talk-main, .talk-panel").querySelector(".talk-sign-dialog");
      dialog.dataset.address = opener.dataset.talkSign;
      globalThis.Counterpoint.openDialog(dialog);
    }
    const button = event.target.closest("[data-sign]");
    if (!button) return;
    const dialog = button.closest("dialog");
    dialog.close();
    htmx.ajax("POST", dialog.dataset.address, {
      values: { sign: button.dataset.sign }, target: `#${dialog.id.replace("-signs", "-answer")}`,
    });
  });

  // A dialog that was fetched goes when it is closed, or the next message would open it again.
  document.addEventListener("close", (event) => {
    if (event.target.matches("#talk-pane, #talk-edit, #talk-receipts, #talk-clear")) event.target.remove();
  }, true);

  // ---- naming somebody ----
  const names = (field) => field.form.querySelector("[data-talk-names]");
  const begun = (field) => /@([^\s@]{0,20})$/.exec(field.value.slice(0, field.selectionStart));
  const offer = (field) => {
    const list = names(field), word = begun(field);
    let any = false;
    for (const button of list.querySelectorAll("button")) {
      const fits = word !== null && button.dataset.name.toLowerCase().includes(word[1].toLowerCase());
      button.parentElement.hidden = !fits;
      any ||= fits;
    }
    list.hidden = !any;
  };
  const first = (field) => names(field).hidden ? null : names(field).querySelector("li:not([hidden]) button");
  const put = (button) => {
    const field = button.closest("form").elements.text, word = begun(field);
    if (word) field.setRangeText(`@${button.dataset.name} `, word.index, field.selectionStart, "end");
    names(field).hidden = true;
    field.focus();
  };
  document.addEventListener("input", (event) => { if (event.target.matches("[data-talk-text]")) offer(event.target); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-talk-names] button");
    if (button) put(button);
  });

  // ---- keys ----
  const step = (all, one, by) => all[all.indexOf(one) + by];
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    const here = event.target;
    if (here.matches("[data-talk-names] button")) {
      const all = [...here.closest("ul").querySelectorAll("li:not([hidden]) button")];
      const to = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (to) { event.preventDefault(); (step(all, here, to) ?? here).focus(); }
      if (event.key === "Escape") { event.preventDefault(); here.closest("ul").hidden = true; here.closest("form").elements.text.focus(); }
      return;
    }
    if (here.matches("[data-talk-text]")) {
      const name = first(here);
      if (name && ["Enter", "Tab"].includes(event.key)) { event.preventDefault(); put(name); return; }
      if (name && event.key === "ArrowDown") { event.preventDefault(); name.focus(); return; }
      if (name && event.key === "Escape") { event.preventDefault(); names(here).hidden = true; return; }
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); here.form.requestSubmit(); }
      return;
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const box = document.querySelector("dialog[open]") ?? document;
    const lines = [...box.querySelectorAll("[data-talk-line]")];
    const begins = [document.body, document.getElementById("work"), document.getElementById("talk-q")];
    if (!lines.length || (!lines.includes(here) && !begins.includes(here))) return;
    const next = lines.includes(here) ? step(lines, here, by) : by > 0 ? lines[0] : null;
    event.preventDefault();
    (next ?? (by < 0 ? document.getElementById("talk-q") : null))?.focus();
  });
})();
