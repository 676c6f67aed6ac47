// Lists by arrow keys: from the search box, where there is one, down through the lines, and back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const lines = [...document.querySelectorAll("[data-feedback-line]")];
  const at = lines.indexOf(document.activeElement);
  const search = document.getElementById("feedback-q");
  const begins = [search, document.body, document.getElementById("work")].includes(document.activeElement);
  if (!lines.length || (at < 0 && !begins)) return;
  event.preventDefault();
  const next = event.key === "ArrowDown" ? lines[at + 1] : at > 0 ? lines[at - 1] : search;
  next?.focus();
});
