// Passkeys: a form with data-passkey-get or data-passkey-create asks the browser for the credential
// and sends it. The options come from an address, or from a JSON block of the page (#id).
(() => {
  "use strict";
  const options = async (source) => {
    if (source.startsWith("#")) return JSON.parse(document.querySelector(source).textContent);
    const answer = await fetch(source, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const create = async (source) => {
    const { creation_options: wanted } = await options(source);
    // One that signs in alone: kept in the device, and asking for finger, face or PIN.
    Object.assign(wanted.publicKey.authenticatorSelection, {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    });
    return window.webauthnJSON.create(wanted);
  };

  const get = async (source) => window.webauthnJSON.get((await options(source)).request_options);

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const { passkeyGet, passkeyCreate } = form.dataset;
    if (!passkeyGet && !passkeyCreate) return;
    event.preventDefault();
    const problem = document.querySelector("[data-passkey-error]");
    try {
      const credential = await (passkeyCreate ? create(passkeyCreate) : get(passkeyGet));
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      if (problem) problem.hidden = false;
    }
  });
})();
