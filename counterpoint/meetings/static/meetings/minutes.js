// Minutes are kept as one types, by the revision that one saw. What somebody else wrote is taken over where
// nothing of one's own is unsaved; otherwise both are shown, and neither is lost.
(() => {
  "use strict";
  const form = document.querySelector("[data-minutes]");
  const reload = () => {
    const seen = document.querySelector("[data-meeting-state]");
    const first = seen?.dataset.meetingState;
    document.addEventListener("htmx:after:swap", () => {
      const now = document.querySelector("[data-meeting-state]")?.dataset.meetingState;
      // Started or finalised by somebody else: other things can be done from here on.
      if (now && now !== first && !globalThis.minutesUnsaved?.()) location.reload();
    });
  };
  reload();
  if (!form) return;

  const text = form.querySelector("#minutes-text");
  let kept = text.value, sent = text.value, under = false, later = 0, writing = false;
  const unsaved = () => text.value !== kept;
  globalThis.minutesUnsaved = unsaved;
  const state = () => document.getElementById("minutes-state");
  const base = () => Number(form.querySelector("[data-minutes-revision]").value);
  const setBase = (revision) => {
    for (const field of document.querySelectorAll("[data-minutes-revision]")) field.value = revision;
  };
  const behind = (shown) => { const box = state()?.querySelector("[data-minutes-behind]"); if (box) box.hidden = !shown; };
  const theirs = () => state().querySelector("[data-minutes-theirs]").defaultValue;

  const save = () => {
    if (under || !unsaved() || Number(state().dataset.revision) !== base()) return;
    under = true;
    sent = text.value;
    form.dispatchEvent(new CustomEvent("minutes-save", { bubbles: true }));
  };
  const soon = () => { clearTimeout(later); later = setTimeout(save, 600); };

  const post = (address) => fetch(address, {
    method: "POST", keepalive: true, headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
  }).catch(() => { /* who writes is a courtesy; the words are kept apart from it */ });

  text.addEventListener("input", () => {
    if (!writing) { writing = true; post(form.dataset.writing); }
    soon();
  });
  text.addEventListener("blur", () => {
    save();
    if (writing) { writing = false; post(form.dataset.gone); }
  });
  addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });

  const look = () => {
    const seen = state();
    if (!seen) return;
    const revision = Number(seen.dataset.revision);
    if (seen.matches("[data-saved]")) {
      under = false;
      kept = sent;
      setBase(revision);
      seen.removeAttribute("data-saved");
      if (unsaved()) soon();
    } else if (seen.matches("[data-refused]")) {
      under = false;
    } else if (under) {
      return;
    }
    if (revision === base()) { behind(false); return; }
    if (!unsaved()) {
      text.value = kept = theirs();
      setBase(revision);
      behind(false);
    } else behind(true);
  };
  document.addEventListener("htmx:after:swap", look);
  // The line broke: what is unsaved stays, and is sent with what is typed next, or in a little while.
  document.addEventListener("htmx:error", (event) => {
    if (!under || !event.target.closest?.("[data-minutes]")) return;
    under = false;
    clearTimeout(later);
    later = setTimeout(save, 5000);
  });
  document.addEventListener("click", (event) => {
    const take = event.target.closest("[data-minutes-take]"), both = event.target.closest("[data-minutes-both]");
    if (!take && !both) return;
    // Of one's own only what came since: what both had stands in theirs.
    const mine = text.value.startsWith(kept) ? text.value.slice(kept.length).trim() : text.value;
    kept = theirs();
    text.value = take || !mine ? kept : `${kept}\n${mine}`;
    setBase(Number(state().dataset.revision));
    behind(false);
    text.focus();
    save();
  });
  // Finalising waits for what was typed last.
  document.getElementById("finalise")?.addEventListener("submit", (event) => {
    if (!unsaved()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    save();
  }, true);
})();
