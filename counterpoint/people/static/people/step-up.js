// A fresh proof by passkey: the button asks the browser for it, and sends its form with the answer.
(() => {
  "use strict";
  const { webauthn } = document.currentScript.dataset;

  const load = () => new Promise((done, failed) => {
    if (window.webauthnJSON) return done();
    document.head.append(Object.assign(document.createElement("script"), { src: webauthn, onload: done, onerror: failed }));
  });

  const ask = async (url) => {
    await load();
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return window.webauthnJSON.get((await answer.json()).request_options);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-step-up-passkey]");
    if (!button || !button.form.reportValidity()) return;
    const problem = button.form.querySelector("[data-step-up-error]");
    problem.hidden = true;
    try {
      button.form.elements.credential.value = JSON.stringify(await ask(button.dataset.stepUpPasskey));
    } catch {
      // The person has turned away from it, or the line is down.
      problem.hidden = false;
      return;
    }
    button.form.requestSubmit(button.form.querySelector("button[type=submit]"));
  });
})();
