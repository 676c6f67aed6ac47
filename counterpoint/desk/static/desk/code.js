// The operation code box: Enter opens the form whose code, name or pinyin was typed.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "code-form") return;
  event.preventDefault();
  const typed = form.elements.code.value.trim();
  if (!typed) return;
  const url = `${form.dataset.codeUrl}?code=${encodeURIComponent(typed)}`;
  htmx.ajax("GET", url, { target: "#work-area" });
  form.elements.code.value = "";
});

// The draft that lies with a visit opens with it, and again after a reload.
const openCode = (code) => {
  const form = document.getElementById("code-form");
  htmx.ajax("GET", `${form.dataset.codeUrl}?code=${encodeURIComponent(code)}`, { target: "#work-area" });
};
document.addEventListener("visit-open", (event) => openCode(event.detail.operation));
const kept = document.getElementById("work-area").dataset.openCode;
if (kept) openCode(kept);

// What has arrived takes the focus, so that the next key already belongs to it: the field that is wrong,
// the first that still wants something, or the button that goes on. A quote is shown, not focused: only
// F10 posts it, never an Enter that came too often. A dialog keeps what it has.
const FIELDS = "input:not([type=hidden]):not([type=checkbox]):not([readonly]), select, textarea";
let seen = null;
let shown = document.getElementById("work-area").firstElementChild;

const visible = (area) => [...area.querySelectorAll(FIELDS)].filter((field) => field.offsetParent);

function wrong(area) {
  const form = area.querySelector("#work-form");
  if (!form || form === seen) return null;
  seen = form;
  return visible(area).find((field) => field.getAttribute("aria-invalid") === "true");
}

function goal(area) {
  const mark = area.querySelector("[data-confirm-mark] [name=confirmed]:not(:checked)");
  const asked = mark?.form.elements.namedItem(mark.value);
  if (asked instanceof HTMLElement) return asked;
  return visible(area).find((field) => !field.value) || area.querySelector(".btn-primary");
}

function followProcedure(area) {
  const code = area.querySelector("[data-operation]")?.dataset.operation;
  const place = document.getElementById("procedure");
  if (!code || place.dataset.code === code) return;
  place.dataset.code = code;
  htmx.ajax("GET", place.dataset.procedures.replace("0000", code), { target: "#procedure" });
}

document.body.addEventListener("htmx:after:swap", () => {
  const area = document.getElementById("work-area");
  const came = area.firstElementChild !== shown;
  shown = area.firstElementChild;
  followProcedure(area);
  if (document.querySelector("dialog[open]")) return;
  const quote = area.querySelector("#quote");
  if (quote && quote !== seen) {
    seen = quote;
    quote.tabIndex = -1;
    quote.focus({ preventScroll: true });
    quote.scrollIntoView({ block: "end" });
    return;
  }
  const refused = wrong(area);
  if (refused) {
    refused.focus();
    refused.scrollIntoView({ block: "nearest" });
    return;
  }
  const active = document.activeElement;
  // The code box gives the focus up only to what has just come for it. Whoever types the next code there
  // keeps writing there while the side columns renew themselves: the digits of a code are no amount.
  if (active && active !== document.body && !(active.id === "code" && came && !active.value)) return;
  const next = area.querySelector("#operation") ? goal(area) : document.getElementById("find");
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
});
