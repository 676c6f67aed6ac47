// The idle lock: after some time without a key or a touch, a dialog covers the untouched page and
// asks for the password. The server decides; this file shows it, and tells it that somebody types.
(() => {
  "use strict";
  const { idle, css, lock, unlock, activity, webauthn, words } = document.currentScript.dataset;
  const limit = Number(idle) * 1000;
  const BEAT = Math.min(60000, limit / 4);
  const SEEN = "counterpoint.seen";
  const tabs = new BroadcastChannel("counterpoint.lock");
  let dialog = null;
  let before = null;
  let refused = [];
  let told = Date.now();

  const seen = () => Number(localStorage.getItem(SEEN) || 0);
  const stamp = () => localStorage.setItem(SEEN, String(Date.now()));
  const token = () => {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  };
  const post = (url, body) => fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": token() },
    body,
  });

  const loadStyle = () => {
    if (document.querySelector(`link[href="${css}"]`)) return;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: css }));
  };

  const loadPasskeys = () => new Promise((done, failed) => {
    if (window.webauthnJSON) return done();
    document.head.append(Object.assign(document.createElement("script"), { src: webauthn, onload: done, onerror: failed }));
  });

  const fill = async () => {
    try {
      const answer = await fetch(lock, { headers: { "HX-Request": "true" } });
      if (answer.redirected || answer.headers.get("HX-Redirect")) return location.reload();
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      dialog.replaceChildren(...parsed.body.childNodes);
      const passkey = dialog.querySelector("[data-unlock-passkey]");
      if (passkey) passkey.hidden = !window.PublicKeyCredential;
      dialog.querySelector("input[type=password]").focus();
    } catch {
      // The line is down: the page stays covered, and asks again when it is back.
      dialog.textContent = words;
      setTimeout(() => dialog && fill(), 5000);
    }
  };

  const show = () => {
    if (dialog || document.querySelector("form[data-unlock]")) return;
    loadStyle();
    before = document.activeElement;
    dialog = Object.assign(document.createElement("dialog"), { className: "c-dialog p-lock" });
    dialog.setAttribute("aria-labelledby", "lock-title");
    // Esc would close it, and twice Esc would even without this handler's say.
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => dialog && dialog.showModal());
    dialog.addEventListener("submit", answerTo);
    dialog.addEventListener("click", (event) => event.target.closest("[data-unlock-passkey]") && byPasskey());
    document.body.append(dialog);
    dialog.showModal();
    fill();
  };

  const hide = () => {
    if (!dialog) return;
    const gone = dialog;
    dialog = null;
    gone.close();
    gone.remove();
    stamp();
    told = Date.now();
    if (before && before.isConnected) before.focus();
    // Reading again is harmless; whatever changes something waits for the person to send it again.
    for (const { method, action, source, target, swap } of refused.splice(0)) {
      if (method === "GET" && window.htmx && source.isConnected) window.htmx.ajax("GET", action, { source, target, swap });
    }
    document.body.dispatchEvent(new CustomEvent("people:unlocked", { bubbles: true }));
  };

  const answerTo = async (event) => {
    if (event.submitter && event.submitter.matches("[data-sign-out]")) return;
    event.preventDefault();
    await send(new FormData(event.target));
  };

  const send = async (body) => {
    const problem = dialog.querySelector("[data-unlock-error]");
    let said = words;
    try {
      const answer = await post(unlock, body);
      const result = answer.ok ? await answer.json() : {};
      if (result.unlocked) {
        tabs.postMessage("unlocked");
        return hide();
      }
      if (result.signed_out || answer.redirected || [401, 403].includes(answer.status)) {
        return location.assign(`${result.url || "/"}?next=${encodeURIComponent(location.pathname + location.search)}`);
      }
      said = result.message || words;
    } catch { /* the line is down */ }
    problem.textContent = said;
    problem.hidden = false;
    const field = dialog.querySelector("input[type=password]");
    field.value = "";
    field.focus();
  };

  const byPasskey = async () => {
    const form = dialog.querySelector("form");
    try {
      await loadPasskeys();
      const url = dialog.querySelector("[data-unlock-passkey]").dataset.unlockPasskey;
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      const credential = await window.webauthnJSON.get((await answer.json()).request_options);
      form.elements.credential.value = JSON.stringify(credential);
      await send(new FormData(form));
    } catch { /* the person has turned away from it */ }
  };

  const lockNow = async () => {
    show();
    try { await post(lock, new FormData()); } catch { /* covered all the same */ }
    tabs.postMessage("locked");
  };

  const overdue = () => Date.now() - seen() > limit;

  // A computer that slept runs no timers: the first key after it must not reach the page.
  const touched = (event) => {
    if (dialog) return;
    if (overdue()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      lockNow();
      return;
    }
    stamp();
    if (Date.now() - told < BEAT) return;
    told = Date.now();
    post(activity, new FormData()).then((answer) => answer.status === 423 && show()).catch(() => {});
  };

  stamp();
  for (const kind of ["keydown", "pointerdown", "input"]) {
    addEventListener(kind, touched, { capture: true });
  }
  addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.shiftKey && event.code === "KeyL") {
      event.preventDefault();
      lockNow();
    }
  });
  addEventListener("click", (event) => {
    if (!event.target.closest("[data-lock-now]")) return;
    event.preventDefault();
    lockNow();
  });
  addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status !== 423) return;
    event.preventDefault();
    refused.push({
      method: ctx.request.method, action: ctx.request.action, source: ctx.sourceElement, target: ctx.target, swap: ctx.swap,
    });
    show();
  });
  tabs.addEventListener("message", ({ data }) => (data === "unlocked" ? hide() : show()));
  setInterval(() => !dialog && overdue() && lockNow(), Math.min(5000, limit / 4));
})();
