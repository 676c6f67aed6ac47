// A clock that counts up from data-since, and turns to attention after data-expected seconds.
const pad = (n) => String(n).padStart(2, "0");

function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(element.dataset.since)) / 1000));
    const hours = Math.floor(seconds / 3600);
    const rest = `${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}`;
    element.textContent = hours ? `${hours}:${rest}` : rest;
    const expected = Number(element.dataset.expected || 0);
    element.classList.toggle("is-late", expected > 0 && seconds > expected);
  }
}

tick();
setInterval(tick, 1000);
