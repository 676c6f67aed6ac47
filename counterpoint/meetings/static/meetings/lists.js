// Lists by arrow keys: down through the lines, and back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const lines = [...document.querySelectorAll("[data-meetings-line]")];
  const at = lines.indexOf(document.activeElement);
  const begins = [document.body, document.getElementById("work")].includes(document.activeElement);
  if (!lines.length || (at < 0 && !begins)) return;
  event.preventDefault();
  lines[event.key === "ArrowDown" ? Math.min(at + 1, lines.length - 1) : Math.max(at - 1, 0)].focus();
});
