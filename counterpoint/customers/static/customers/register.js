// The registration form: fields of a person or of a firm, and what an ID number says filled in.
(() => {
  "use strict";
  const form = () => document.getElementById("register");
  const field = (name) => form().elements.namedItem(name);
  const filled = {};

  // A value that the number gave may be replaced by the next number's; what was typed may not.
  const fill = (name, value) => {
    const input = field(name);
    if (!value || !input || (input.value && input.value !== filled[name])) return;
    input.value = filled[name] = value;
  };

  const kind = () => {
    const legal = field("kind").value === "legal";
    for (const part of form().querySelectorAll("[data-only]")) part.hidden = (part.dataset.only === "legal") !== legal;
    const papers = field("document_kind");
    for (const option of papers.options) option.disabled = (option.value === "credit_code") !== legal;
    if (papers.selectedOptions[0]?.disabled) papers.value = legal ? "credit_code" : "resident_id";
  };

  document.addEventListener("change", (event) => {
    if (event.target.form !== form() || !form()) return;
    if (event.target.name === "kind") kind();
    if (event.target.name === "long_term") field("valid_to").disabled = event.target.checked;
  });
  document.addEventListener("htmx:after:swap", () => {
    const facts = form()?.querySelector("#register-check [data-birth]");
    if (!facts) return;
    fill("birth_date", facts.dataset.birth);
    fill("gender", facts.dataset.gender);
    fill("nationality", facts.dataset.nationality);
  });
  document.addEventListener("DOMContentLoaded", kind);
})();
