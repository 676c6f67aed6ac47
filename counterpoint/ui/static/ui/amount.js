// An amount gets its separators as it is typed, and the amount in words below it.
(() => {
  "use strict";
  const { chinese, english, parse, figure } = globalThis.Counterpoint;
  const inChinese = () => document.documentElement.lang.startsWith("zh");

  const say = (input) => {
    const place = document.getElementById(input.dataset.amountWords);
    const currency = input.dataset.amount, minor = parse(input.value, currency);
    const wrong = input.value.trim() !== "" && minor === null;
    if (!place) return;
    place.classList.toggle("is-wrong", wrong);
    if (wrong) place.textContent = place.dataset.wrong || "";
    else if (minor === null) place.textContent = "";
    else place.textContent = inChinese() ? chinese(minor, currency) : `${chinese(minor, currency)} · ${english(minor, currency)}`;
  };

  // Separators while typing, keeping the caret behind the same figure.
  const group = (input) => {
    const text = input.value, caret = input.selectionStart ?? text.length;
    if (!/^[\d,]*(\.\d*)?$/.test(text)) return;
    const figuresBefore = text.slice(0, caret).replace(/,/g, "").length;
    const [whole, part] = text.replace(/,/g, "").split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part === undefined ? "" : "." + part);
    if (grouped === text) return;
    input.value = grouped;
    let place = 0;
    for (let seen = 0; place < grouped.length && seen < figuresBefore; place++) if (grouped[place] !== ",") seen++;
    input.setSelectionRange(place, place);
  };

  const finish = (input) => {
    const minor = parse(input.value, input.dataset.amount);
    if (minor !== null) input.value = figure(minor, input.dataset.amount);
  };

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-amount]") || event.isComposing) return;
    group(event.target);
    say(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-amount]")) { finish(event.target); say(event.target); }
  });
  // Sending with Enter makes no change event; 5万 must not reach the server as it is.
  document.addEventListener("submit", (event) => {
    for (const input of event.target.querySelectorAll("[data-amount]")) finish(input);
  }, true);
  const all = () => { for (const input of document.querySelectorAll("[data-amount]")) say(input); };
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:after:swap", all);
})();
