// Toasts: the event "toast" with {text, meaning}. What is dangerous stays until it is closed.
(() => {
  "use strict";
  const ICONS = { success: "circle-check", attention: "alert-triangle", danger: "alert-octagon", information: "info-circle" };
  const SVG = "http://www.w3.org/2000/svg";
  const picture = (name) => {
    const svg = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `${document.body.dataset.sprite}#${name}`);
    svg.setAttribute("class", "c-icon");
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  };
  const show = (text, meaning = "information") => {
    const region = document.getElementById("toasts");
    if (!region || !text) return;
    const toast = document.createElement("div"), words = document.createElement("p"), close = document.createElement("button");
    toast.className = `c-toast is-${meaning}`;
    words.textContent = text;
    close.type = "button";
    close.className = "c-close";
    close.setAttribute("aria-label", document.body.dataset.wordClose);
    close.append(picture("x"));
    close.addEventListener("click", () => toast.remove());
    toast.append(picture(ICONS[meaning] || "info-circle"), words, close);
    region.append(toast);
    while (region.children.length > 4) region.firstElementChild.remove();
    if (meaning !== "danger") setTimeout(() => toast.matches(":hover") || toast.remove(), 6000);
  };
  document.addEventListener("toast", (event) => show(event.detail.text, event.detail.meaning));
  // The line broke while something was under way: the answer is unknown, and the same key resolves it.
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    if (ctx && !ctx.response && /POST|PUT|PATCH|DELETE/.test(ctx.request.method)) show(document.body.dataset.wordUnknown, "danger");
  });
})();
