// The operation code box: Enter opens the form whose code, name or pinyin was typed.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "code-form") return;
  event.preventDefault();
  const typed = form.elements.code.value.trim();
  const url = `${form.dataset.codeUrl}?code=${encodeURIComponent(typed)}`;
  htmx.ajax("GET", url, { target: "#work-area" });
  form.elements.code.value = "";
});

// A form that has arrived takes the focus, so that the next key already belongs to it.
document.body.addEventListener("htmx:after:swap", () => {
  const area = document.getElementById("work-area");
  if (area.contains(document.activeElement)) return;
  if (document.activeElement && document.activeElement !== document.body && document.activeElement.id !== "code") return;
  area.querySelector("[autofocus], input:not([type=hidden]):not([readonly]), select, button.btn-primary")?.focus();
});
