// A board by keyboard: arrows go from card to card, Enter opens, T takes, < and > and O move the card.
// One card is in the order of Tab, with its buttons; after a swap the focus is on the same card again.
(() => {
  "use strict";
  const link = (card) => card.querySelector("a");
  const cards = (column) => [...column.querySelectorAll("[data-case-card]")];
  const full = (board) => [...board.querySelectorAll("[data-case-column]")].filter((column) => cards(column).length);
  let last = "", inside = false;

  const choose = (board, card) => {
    for (const other of board.querySelectorAll("[data-case-card]")) {
      for (const element of other.querySelectorAll("a, button")) element.tabIndex = other === card ? 0 : -1;
    }
    last = card.dataset.row;
  };

  const arrange = () => {
    const board = document.querySelector("[data-case-board]");
    const all = board ? [...board.querySelectorAll("[data-case-card]")] : [];
    if (!all.length) return;
    const card = all.find((one) => one.dataset.row === last) || all[0];
    choose(board, card);
    if (inside && document.activeElement === document.body) link(card).focus();
    inside = false;
  };

  const next = (board, card, key) => {
    const columns = full(board), column = card.closest("[data-case-column]");
    const mine = cards(column), at = mine.indexOf(card);
    if (key === "ArrowUp" || key === "ArrowDown") return mine[at + (key === "ArrowUp" ? -1 : 1)];
    const beside = columns[columns.indexOf(column) + (key === "ArrowLeft" ? -1 : 1)];
    return beside && (cards(beside)[at] || cards(beside).at(-1));
  };

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-case-card]"), board = card?.closest("[data-case-board]");
    if (!board || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key.startsWith("Arrow")) {
      const other = next(board, card, event.key);
      event.preventDefault();
      if (other) link(other).focus();
      return;
    }
    const button = [...card.querySelectorAll("[data-case-key]")].find((one) => one.dataset.caseKey === event.key.toLowerCase());
    if (!button) return;
    event.preventDefault();
    if (!event.repeat && !button.disabled) button.click();
  });

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest?.("[data-case-card]"), board = card?.closest("[data-case-board]");
    if (board) choose(board, card);
  });
  document.addEventListener("htmx:before:swap", () => {
    inside = Boolean(document.activeElement?.closest("[data-case-board]"));
  });
  document.addEventListener("htmx:after:swap", arrange);
  document.addEventListener("DOMContentLoaded", arrange);

  // A button that was pressed is disabled until the answer comes, and loses the focus; it gets it back.
  // The signal of what it did may be here before its answer, so the first swap need not be the one.
  let pressed = "";
  const forget = () => { pressed = ""; };
  document.addEventListener("keydown", forget, true);
  document.addEventListener("pointerdown", forget, true);
  document.addEventListener("submit", (event) => { pressed = event.submitter?.id || ""; });
  document.addEventListener("htmx:after:swap", () => {
    const button = pressed && document.activeElement === document.body && document.getElementById(pressed);
    if (button && !button.disabled) button.focus();
  });

  // data-need: the dialog of papers opens with this one chosen, and with the kind of scan that it is.
  const shown = (select) => {
    const kind = select.form.querySelector("[data-papers-kind]"), wanted = select.selectedOptions[0]?.dataset.shows;
    if (kind && wanted) kind.value = wanted;
  };
  document.addEventListener("click", (event) => {
    const need = event.target.closest("[data-need]")?.dataset.need, select = document.getElementById("files-need");
    if (!need || !select) return;
    select.value = need;
    shown(select);
  });
  document.addEventListener("change", (event) => { if (event.target.id === "files-need") shown(event.target); });
})();
