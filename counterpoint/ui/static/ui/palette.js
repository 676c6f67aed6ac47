// Ctrl+K and /: finds pages, operation codes, customers. Ranks here, asks the server as one types.
(() => {
  "use strict";
  const dialog = () => document.getElementById("palette");
  let items = [], shown = [], at = 0, timer = 0, asked = 0;

  // Every letter in order; better when together and early. Null when it does not fit.
  const score = (needle, text) => {
    const hay = text.toLowerCase();
    const whole = hay.indexOf(needle);
    if (whole >= 0) return 1000 - whole;
    let from = 0, points = 0;
    for (const letter of needle) {
      const found = hay.indexOf(letter, from);
      if (found < 0) return null;
      points += found === from ? 5 : 1;
      from = found + 1;
    }
    return points;
  };

  const rank = (query) => {
    const needle = query.trim().toLowerCase();
    if (!needle) return items;
    const ranked = [];
    for (const item of items) {
      const fits = [item.code, item.title, item.words].map((text, place) => {
        const points = text ? score(needle, text) : null;
        return points === null ? null : points - place * 10 + (text.toLowerCase() === needle ? 2000 : 0);
      }).filter((points) => points !== null);
      if (fits.length) ranked.push([Math.max(...fits), item]);
      else if (item.found) ranked.push([0, item]);
    }
    return ranked.sort((a, b) => b[0] - a[0]).map(([, item]) => item);
  };

  const picture = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${document.body.dataset.sprite}#${name}`);
    svg.setAttribute("class", "c-icon");
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  };

  const draw = () => {
    const box = dialog(), input = box.querySelector("[data-palette-input]");
    shown = rank(input.value).slice(0, 40);
    at = Math.min(at, Math.max(shown.length - 1, 0));
    const lines = shown.map((item, index) => {
      const line = document.createElement("li");
      line.id = `palette-${index}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(index === at));
      line.append(picture(item.icon));
      if (item.code) { const code = document.createElement("b"); code.textContent = item.code; line.append(code); }
      const title = document.createElement("span");
      title.textContent = item.title;
      line.append(title);
      if (item.hint) { const hint = document.createElement("small"); hint.textContent = item.hint; line.append(hint); }
      return line;
    });
    box.querySelector("ul").replaceChildren(...lines);
    box.querySelector(".c-palette-none").hidden = shown.length > 0;
    input.setAttribute("aria-activedescendant", shown.length ? `palette-${at}` : "");
    lines[at]?.scrollIntoView({ block: "nearest" });
  };

  const ask = async (query) => {
    const mine = ++asked;
    try {
      const url = `${dialog().dataset.paletteUrl}?q=${encodeURIComponent(query)}`;
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok || mine !== asked) return;
      items = (await answer.json()).items;
      draw();
    } catch { /* offline: what was found before stays */ }
  };

  const open = () => {
    const box = dialog();
    if (!box || box.open) return;
    const input = box.querySelector("[data-palette-input]");
    input.value = "";
    at = 0;
    box.showModal();
    input.focus();
    draw();
    ask("");
  };

  const go = () => {
    const item = shown[at];
    if (!item) return;
    dialog().close();
    // A page may take the choice itself (the desk opens an operation in place).
    const chosen = new CustomEvent("palette:chosen", { bubbles: true, cancelable: true, detail: item });
    if (document.body.dispatchEvent(chosen)) location.assign(item.url);
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); return; }
    if (!event.target.matches?.("[data-palette-input]") || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) { event.preventDefault(); at = Math.min(Math.max(at + step, 0), shown.length - 1); draw(); }
    if (event.key === "Enter") { event.preventDefault(); go(); }
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-palette-input]")) return;
    at = 0;
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => ask(event.target.value), 140);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) open();
    const line = event.target.closest("#palette li");
    if (line) { at = Number(line.id.split("-")[1]); go(); }
    if (event.target.id === "palette") event.target.close();
  });
  globalThis.Counterpoint = { ...globalThis.Counterpoint, rank: score };
})();
