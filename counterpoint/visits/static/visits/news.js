// News of visits: several signals of one change become one event on the body, and what shows visits
// fetches itself again once: "visit-news" for what is addressed to this person, desk or duty, "visit-queue"
// for what has moved in the branch's queue. The page also comes to hear the visit that it now shows.
(() => {
  "use strict";
  // What only the branch is told of matters here when it moves a queue.
  const QUEUE = /^(visits\.(visit|serving|hand_off|help|parking)|lobby\.(ticket|service|window))\./;
  const OF_ALL = /^(branch|lobby):/;
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  const SOON = 60, SPREAD = 1500;
  let due = 0, queued = 0;

  // What is addressed shows the queue too.
  const news = () => {
    if (due) return;
    clearTimeout(queued);
    queued = 0;
    due = setTimeout(() => { due = 0; tell("visit-news"); }, SOON);
  };
  // Whom it is addressed to sees it at once. The other desks of the branch, which all hear it in the same
  // moment, do not stand in the way and ask one by one.
  const queue = () => {
    if (due || queued) return;
    queued = setTimeout(() => { queued = 0; tell("visit-queue"); }, SOON + Math.random() * SPREAD);
  };
  document.addEventListener("live:signal", (event) => {
    const { verb, channels } = event.detail;
    if (channels.some((channel) => !OF_ALL.test(channel))) news();
    else if (QUEUE.test(verb)) queue();
  });
  document.addEventListener("live:resync", () => news());
  // What one has done oneself comes as an answer and as a signal, almost at once.
  document.addEventListener("visit-changed", () => news());

  let asked = "";
  const join = () => {
    const channel = document.querySelector("[data-visit-channel]")?.dataset.visitChannel;
    const heard = (document.body.dataset.liveChannels || "").split(" ");
    // Once for each: who may not hear it would ask for ever.
    if (!channel || channel === asked || heard.includes(channel)) return;
    asked = channel;
    tell("live:join");
  };
  document.addEventListener("htmx:after:swap", join);
  document.addEventListener("DOMContentLoaded", join);
})();
