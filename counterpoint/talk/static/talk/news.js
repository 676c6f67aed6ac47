// News of talk on whatever screen: what is worth a short notice is asked of the server, which lets those
// alone who serve a customer.
(() => {
  "use strict";
  const PAUSE = 300;
  const address = document.currentScript.dataset.news;
  const about = (channels) => channels.some((one) => one.startsWith("talk:person:") || one.startsWith("talk:branch:"));
  // Whoever looks at the conversation, or at the list of them, sees it there.
  const seen = (channel, meaning) =>
    document.querySelector(`[data-talk-channel="${channel}"]`)?.checkVisibility()
    || (meaning !== "danger" && document.getElementById("talk-list")?.checkVisibility());
  let after = 0, due = 0;

  const ask = async () => {
    due = 0;
    try {
      const answer = await fetch(`${address}?after=${after}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const found = await answer.json();
      after = found.after;
      for (const { channel, text, meaning } of found.news)
        if (!seen(channel, meaning)) document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, meaning }, bubbles: true }));
    } catch { /* the counter has it */ }
  };
  document.addEventListener("live:signal", (event) => {
    const { verb, channels } = event.detail;
    if (verb !== "talk.message.sent" || due || !about(channels) || document.visibilityState !== "visible") return;
    due = setTimeout(ask, PAUSE);
  });
})();
