// The display: says each call once, in Chinese and then in English. After a line that was lost or a screen
// that was off, only the newest call of each desk that still waits is said; the others are marked.
(() => {
  "use strict";
  const TWICE = 1;
  const calls = () => [...document.querySelectorAll("#display [data-place]")];
  const key = () => `lobby-display-${document.body.dataset.branch}`;
  const keep = (place) => { try { localStorage.setItem(key(), String(place)); } catch { /* private window */ } };
  const kept = () => { try { return Number(localStorage.getItem(key())) || 0; } catch { return 0; } };
  let last = 0, missed = true, voice = false;
  const gone = new Set();

  const speak = (text, language) => {
    const said = new SpeechSynthesisUtterance(text);
    said.lang = language;
    said.rate = 0.9;
    speechSynthesis.speak(said);
  };
  const say = (call) => {
    document.body.dispatchEvent(new CustomEvent("lobby:called", { detail: { zh: call.dataset.zh, place: call.dataset.place } }));
    if (!voice) return;
    for (let n = 0; n <= TWICE; n += 1) speak(call.dataset.zh, "zh-CN");
    speak(call.dataset.en, "en-US");
  };

  const look = () => {
    const fresh = calls().filter((call) => Number(call.dataset.place) > last);
    const desks = new Set();
    // The newest stands first.
    const said = fresh.filter((call) => {
      if (missed && (call.dataset.now !== "1" || desks.has(call.dataset.desk))) {
        if (last) gone.add(call.dataset.place);
        return false;
      }
      desks.add(call.dataset.desk);
      return true;
    });
    for (const call of said.reverse()) say(call);
    if (fresh.length) { last = Math.max(last, ...fresh.map((call) => Number(call.dataset.place))); keep(last); }
    for (const call of calls()) {
      const mark = call.querySelector("[data-missed]");
      if (mark) mark.hidden = !gone.has(call.dataset.place);
    }
    missed = false;
  };

  const wall = () => {
    const clock = document.querySelector("[data-wall-clock]");
    if (clock) clock.textContent = new Date(presentTime()).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  };
  const news = () => {
    const lines = [...document.querySelectorAll(".display-news p")];
    if (lines.length < 2) return;
    const at = lines.findIndex((line) => !line.hidden);
    lines.forEach((line, n) => { line.hidden = n !== (at + 1) % lines.length; });
  };
  document.addEventListener("DOMContentLoaded", () => {
    last = kept();
    const button = document.querySelector("[data-voice-on]");
    if (!("speechSynthesis" in globalThis)) {
      button.hidden = true;
      document.querySelector("[data-voice-none]").hidden = false;
    }
    // Browsers speak only after somebody has touched the page once.
    button.addEventListener("click", () => { voice = true; button.hidden = true; speak("叫号语音已开启", "zh-CN"); });
    look();
    wall();
    setInterval(wall, 5000);
    setInterval(news, 12000);
  });
  document.body.addEventListener("live:resync", () => { missed = true; });
  document.addEventListener("htmx:after:swap", look);
})();
