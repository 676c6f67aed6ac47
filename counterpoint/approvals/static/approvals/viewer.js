// Papers: a page large, its zoom and turn, dragging, and the small ones below to choose from.
(() => {
  "use strict";
  const MOST = 3;
  const boxOf = (element) => element.closest("[data-viewer]").querySelector("[data-viewer-box]");

  const show = (button) => {
    const box = boxOf(button), image = box.querySelector("[data-viewer-image]");
    for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
    image.src = button.dataset.viewerShow;
    image.alt = button.textContent.trim();
    box.dataset.turn = "0";
    box.scrollTo(0, 0);
  };

  const zoom = (box, step) => {
    const before = [box.scrollWidth, box.scrollHeight];
    const middle = [box.scrollLeft + box.clientWidth / 2, box.scrollTop + box.clientHeight / 2];
    box.dataset.zoom = String(Math.min(MOST, Math.max(0, Number(box.dataset.zoom) + step)));
    box.scrollLeft = (middle[0] / before[0]) * box.scrollWidth - box.clientWidth / 2;
    box.scrollTop = (middle[1] / before[1]) * box.scrollHeight - box.clientHeight / 2;
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-viewer-show], [data-viewer-zoom], [data-viewer-turn]");
    if (!target) return;
    const box = boxOf(target);
    if (target.dataset.viewerShow) show(target);
    else if (target.dataset.viewerZoom) zoom(box, Number(target.dataset.viewerZoom));
    else box.dataset.turn = String((Number(box.dataset.turn) + 1) % 4);
  });

  document.addEventListener("dblclick", (event) => {
    const box = event.target.closest("[data-viewer-box]");
    if (box) zoom(box, Number(box.dataset.zoom) < MOST ? 1 : -MOST);
  });

  document.addEventListener("pointerdown", (event) => {
    const box = event.target.closest("[data-viewer-box]");
    if (!box || event.button !== 0 || event.pointerType === "touch") return;
    const start = [event.clientX + box.scrollLeft, event.clientY + box.scrollTop];
    const move = (moved) => box.scrollTo(start[0] - moved.clientX, start[1] - moved.clientY);
    const end = () => {
      box.classList.remove("is-held");
      removeEventListener("pointermove", move);
    };
    box.classList.add("is-held");
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  });
})();
