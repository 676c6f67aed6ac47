// Live: one stream a browser. A signal becomes the event signal:<channel> on the body, and what
// listens to it fetches itself again. A tab that does not hold the stream hears it from the one that does.
(() => {
  "use strict";
  let source = null, tries = 0, opened = false, lost = 0, ticket = "", fresh = true;
  let made = 0, life = 0, release = null, waiting = null;
  const body = () => document.body;
  const channels = () => (body().dataset.liveChannels || "").split(" ").filter(Boolean);
  const others = "BroadcastChannel" in globalThis ? new BroadcastChannel("counterpoint-live") : null;
  const scope = () => `counterpoint-live:${channels().join(",")}`;

  const line = (up) => {
    clearTimeout(lost);
    const bar = document.querySelector("[data-offline-bar]");
    // A short break is mended before anybody needs to know.
    if (up) { if (bar) bar.hidden = true; body().classList.remove("is-offline"); }
    else lost = setTimeout(() => { if (bar) bar.hidden = false; body().classList.add("is-offline"); }, 4000);
  };

  const tell = (name, detail) => body().dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  // Who names several channels in data-signals hears one event "signals", however many of them a signal has.
  const spread = (heard) => {
    for (const box of document.querySelectorAll("[data-signals]"))
      if (box.dataset.signals.split(" ").some((one) => heard.includes(one))) box.dispatchEvent(new CustomEvent("signals"));
  };
  const signal = (data) => {
    const heard = data.c.filter((channel) => channels().includes(channel));
    for (const channel of heard) tell(`signal:${channel}`, { event: data.e, verb: data.v, channel });
    // The thing itself: what shows a request listens to that request alone.
    if (heard.length && data.a) tell(`signal:${data.a}`, { event: data.e, verb: data.v, channel: data.a });
    // Once for all its channels: whoever listens to several of them fetches once.
    if (heard.length) tell("live:signal", { event: data.e, verb: data.v, channels: heard });
    spread(heard);
  };
  const resync = () => {
    tell("live:resync", {});
    for (const channel of channels()) tell(`signal:${channel}`, { event: 0, verb: "resync", channel });
    spread(channels());
  };
  const pass = (kind, data) => {
    others?.postMessage({ scope: scope(), kind, data });
    receive(kind, data);
  };
  const receive = (kind, data) => {
    if (kind === "signal") signal(data);
    else if (kind === "resync") resync();
    else if (kind === "line") line(data);
  };
  others?.addEventListener("message", (event) => {
    if (event.data?.scope === scope() && !source) receive(event.data.kind, event.data.data);
  });

  const ask = async () => {
    const answer = await fetch(body().dataset.liveRenew, { headers: { Accept: "application/json" } });
    if (answer.status === 403) return { ticket: "", channels: [] };
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const renew = async () => (await ask()).ticket;

  const again = () => {
    source?.close();
    source = null;
    fresh = false;
    const pause = Math.min(1000 * 2 ** tries++, 30000) * (0.6 + Math.random() * 0.8);
    setTimeout(connect, tries === 1 ? Math.random() * 400 : pause, life);
  };

  const connect = async (mine) => {
    if (mine !== life) return;
    try {
      if (!fresh) ticket = await renew();
    } catch { if (mine === life) { pass("line", false); again(); } return; }
    if (mine !== life) return;
    // The right has ended: the next page asks to sign in.
    if (!ticket) { tell("live:ended", {}); return; }
    source = new EventSource(`${body().dataset.liveUrl}?ticket=${encodeURIComponent(ticket)}`);
    source.addEventListener("open", () => {
      tries = 0;
      pass("line", true);
      if (opened) pass("resync", null);
      opened = true;
    });
    source.addEventListener("signal", (event) => pass("signal", JSON.parse(event.data)));
    source.addEventListener("resync", () => pass("resync", null));
    source.addEventListener("ended", () => { tries = 0; again(); });
    source.addEventListener("error", () => { pass("line", false); again(); });
  };

  const start = () => {
    ticket = body().dataset.liveTicket;
    if (!ticket) return;
    const begin = () => { connect(life); return new Promise((done) => { release = done; }); };
    waiting = new AbortController();
    // Browsers allow six connections a host under HTTP/1.1, and a teller opens more tabs than that.
    if (navigator.locks && others) navigator.locks.request(scope(), { signal: waiting.signal }, (lock) => {
      fresh = lock && performance.now() - made < 60000;
      return begin();
    }).catch(() => { /* this tab has come to hear something else before its turn came */ });
    else begin();
  };

  // live:join: the page shows something new, and asks for a pass that covers it. A stream begins where its
  // pass was made, so nothing is missed between the two.
  const join = async () => {
    let answer;
    try { answer = await ask(); } catch { return; }
    if (!answer.ticket || !answer.channels || answer.channels.join(" ") === channels().join(" ")) return;
    life += 1;
    waiting?.abort();
    release?.();
    source?.close();
    [source, release, opened, tries, fresh, made] = [null, null, false, 0, true, performance.now()];
    body().dataset.liveTicket = answer.ticket;
    body().dataset.liveChannels = answer.channels.join(" ");
    start();
  };
  document.addEventListener("live:join", join);

  // A refusal answers what the person at this screen did, and a signal of anybody else must not take it away
  // unread: it stays through live swaps until the next answer to an act of one's own.
  const path = (box, element) => {
    const steps = [];
    for (let at = element; at !== box; at = at.parentElement) steps.unshift([...at.parentElement.children].indexOf(at));
    return steps;
  };
  // Copies: a morph may turn the element itself into something else. And read out once, not with every swap.
  const copy = (said) => { const one = said.cloneNode(true); one.removeAttribute("role"); return one; };
  const refusals = (box) =>
    [...box.querySelectorAll("[data-refusal]")].map((said) => ({ said: copy(said), steps: path(box, said) }));
  const keep = (box, kept) => {
    if (box.querySelector("[data-refusal]")) return;
    for (const { said, steps } of kept) {
      const place = steps.slice(0, -1).reduce((at, step) => at?.children[step], box);
      place?.insertBefore(said, place.children[steps.at(-1)] ?? null);
    }
  };

  // Rows that a live swap changed are marked for two seconds.
  // data-stamp says what of a row counts, where a clock in it would change its text every second.
  const said = (row) => row.dataset.stamp ?? row.textContent;
  const rows = (box) => new Map([...box.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, said(row)]));
  let mark = null;
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const box = ctx.target instanceof Element ? ctx.target.closest("[data-live]") : null;
    const live = box && /^(signals$|signal:|live:)/.test(ctx.sourceEvent?.type || "");
    mark = live ? { id: box.id, box, rows: rows(box), refusals: refusals(box) } : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!mark) return;
    const box = mark.box.isConnected ? mark.box : document.getElementById(mark.id);
    if (box) keep(box, mark.refusals);
    for (const row of box?.querySelectorAll("[data-row]") ?? []) {
      if (mark.rows.get(row.dataset.row) === said(row)) continue;
      row.classList.add("is-changed");
      setTimeout(() => row.classList.remove("is-changed"), 2000);
    }
    mark = null;
  });
  addEventListener("offline", () => line(false));
  addEventListener("online", () => { if (source) line(true); });
  document.addEventListener("DOMContentLoaded", start);
})();
