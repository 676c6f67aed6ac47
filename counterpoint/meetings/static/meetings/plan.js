// The form of a meeting shows what the repetition and the scope need, and nothing else.
(() => {
  "use strict";
  const form = document.querySelector("[data-meetings-plan]");
  const fit = () => {
    const repeat = form.querySelector("[name=repeat]").value;
    const alone = form.querySelector("[name=scope][value=one]")?.checked;
    for (const part of form.querySelectorAll("[data-series]"))
      part.hidden = alone || (part.dataset.only && part.dataset.only !== repeat)
        || (part.matches("[data-repeats]") && repeat === "once");
    for (const part of form.querySelectorAll("[data-series] [data-repeats]")) part.hidden = repeat === "once";
  };
  form.addEventListener("change", fit);
  fit();
})();
