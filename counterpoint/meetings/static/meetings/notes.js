// Short notes go into the record one after the other: what was taken is cleared, what was refused stays.
(() => {
  "use strict";
  let sent = null;
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-clears]")) sent = event.target; });
  document.addEventListener("htmx:after:swap", () => {
    if (!sent || document.querySelector("#meeting-record .c-refusal")) { sent = null; return; }
    sent.reset();
    sent.querySelector("input[name=text], input[name=title]")?.focus();
    sent = null;
  });
})();
