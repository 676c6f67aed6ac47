// The list of notices by arrow keys: from the search box down through the titles, and back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const lines = [...document.querySelectorAll("[data-notice-line]")];
  const at = lines.indexOf(document.activeElement);
  const search = document.getElementById("notice-q");
  if (!lines.length || (at < 0 && document.activeElement !== search)) return;
  event.preventDefault();
  const next = event.key === "ArrowDown" ? lines[at + 1] : at > 0 ? lines[at - 1] : search;
  next?.focus();
});
