// data-once: a form is sent once, however often its button is pressed, under one idempotency key.
(() => {
  "use strict";
  const under = new WeakSet();

  const newKey = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    // Without TLS the browser has no randomUUID.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  const wanted = (form) => form.matches("[data-once]") || form.querySelector("[data-once]");

  const keyOf = (form) => {
    let input = form.querySelector("input[name=idempotency_key]");
    if (!input) {
      input = Object.assign(document.createElement("input"), { type: "hidden", name: "idempotency_key" });
      form.append(input);
    }
    input.value ||= newKey();
    return input;
  };

  const busy = (button) => {
    button.dataset.words = button.querySelector("span")?.textContent ?? "";
    button.classList.add("is-busy");
    button.disabled = true;
    const words = button.querySelector("span");
    if (words && button.dataset.busy) words.textContent = button.dataset.busy;
  };

  const release = (form) => {
    under.delete(form);
    for (const button of form.querySelectorAll("button.is-busy")) {
      button.classList.remove("is-busy");
      button.disabled = false;
      const words = button.querySelector("span");
      if (words && button.dataset.words) words.textContent = button.dataset.words;
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!wanted(form)) return;
    if (under.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    under.add(form);
    const key = form.matches("[data-once]") ? keyOf(form) : form.querySelector("input[name=idempotency_key]");
    const buttons = [...form.querySelectorAll("[type=submit], button:not([type])")];
    // Only after the values were read: a disabled button would not send its own.
    setTimeout(() => { if (under.has(form)) buttons.forEach(busy); });
    form.addEventListener("htmx:after:request", (done) => {
      const status = done.detail.ctx.response.status;
      // After success the next press is a new wish. After trouble it asks for the same again.
      if (key && status >= 200 && status < 300 && !form.matches("[data-once=keep]")) key.value = "";
    }, { once: true });
    form.addEventListener("htmx:finally:request", () => release(form), { once: true });
  }, true);

  // A form that was stopped by its own checks was not sent.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented && !event.target.matches("[hx-post],[hx-put],[hx-patch],[hx-get],[hx-delete]"))
      release(event.target);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form").forEach(release); });
})();
