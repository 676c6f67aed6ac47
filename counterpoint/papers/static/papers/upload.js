// [data-papers-upload]: files chosen, dropped, pasted or photographed are sent one after another, and their
// rows come back with hidden inputs, so that the form around them posts the ids of what was kept.
(() => {
  "use strict";
  // A fragment that is loaded twice brings this script twice.
  if (globalThis.CounterpointPapers) return;
  globalThis.CounterpointPapers = true;
  const ROOT = "[data-papers-upload]";
  const queues = new WeakMap();
  const say = (root, text) => { root.querySelector("[data-papers-status]").textContent = text; };
  const list = (root) => root.querySelector("[data-papers-list]");
  const make = (tag, className = "", text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  const picture = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS(svg.namespaceURI, "use");
    use.setAttribute("href", `${document.body.dataset.sprite}#${name}`);
    svg.setAttribute("class", "c-icon");
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  };

  // While something is on its way, the browser itself keeps the form from being sent, and says why.
  const settle = (root) => {
    const waiting = queues.get(root)?.length ? root.dataset.wordSending : "";
    for (const input of root.querySelectorAll("[data-papers-files]")) input.setCustomValidity(waiting);
  };

  const button = (words, action) => {
    const made = make("button", "btn btn-sm btn-quiet", words);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  };

  const lineFor = (root, file) => {
    const line = make("li", "papers-line"), bar = make("progress"), keys = make("span", "papers-line-keys");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.append(make("span", "", file.name), bar, keys);
    list(root).append(line);
    return { line, bar, keys };
  };

  const fail = (root, job, words, again) => {
    job.line.querySelector(".c-error")?.remove();
    job.bar.hidden = true;
    const close = button(root.dataset.wordClose, () => { job.line.remove(); root.querySelector("[data-papers-files]").focus(); });
    job.keys.replaceChildren(...(again ? [button(root.dataset.wordRetry, () => { job.line.remove(); add(root, [job.file]); })] : []), close);
    const error = make("p", "c-error", words);
    error.prepend(picture("alert-circle"));
    job.line.append(error);
    say(root, `${job.file.name}: ${words}`);
  };

  const parsed = (text) => new DOMParser().parseFromString(text, "text/html").body;
  const answered = (root, job, request) => {
    const body = parsed(request.responseText);
    const row = request.status === 201 && body.querySelector("[data-paper]");
    if (!row) {
      const words = body.querySelector(".c-refusal-what dd")?.textContent.trim();
      if (request.status === 423) document.body.dispatchEvent(new CustomEvent("people:locked"));
      fail(root, job, words || root.dataset.wordFailed, !words);
      return;
    }
    const shown = document.adoptNode(row);
    shown.classList.add("is-changed");
    setTimeout(() => shown.classList.remove("is-changed"), 2000);
    job.line.replaceWith(shown);
    say(root, `${root.dataset.wordKept} ${job.file.name}`);
    root.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const send = (root, job) => new Promise((done) => {
    const request = new XMLHttpRequest(), form = new FormData();
    form.append("kind", job.kind);
    form.append("field", root.dataset.field);
    form.append("file", job.file);
    job.keys.replaceChildren(button(root.dataset.wordCancel, () => request.abort()));
    request.upload.addEventListener("progress", (event) => {
      // When all of it is there, the server still looks at it: the bar then says that it does not know.
      if (event.loaded < event.total) job.bar.value = event.loaded / event.total;
      else job.bar.removeAttribute("value");
    });
    request.addEventListener("load", () => { answered(root, job, request); done(); });
    request.addEventListener("error", () => { fail(root, job, root.dataset.wordLine, true); done(); });
    request.addEventListener("abort", () => { job.line.remove(); done(); });
    request.open("POST", root.dataset.url);
    request.setRequestHeader("X-CSRFToken", root.dataset.token);
    // A refusal then comes as a part of a page, not as a page.
    request.setRequestHeader("HX-Request", "true");
    request.send(form);
  });

  const run = async (root, queue) => {
    while (queue.length) {
      await send(root, queue[0]);
      queue.shift();
      settle(root);
    }
  };

  const add = (root, files) => {
    const queue = queues.get(root) ?? [], idle = queue.length === 0;
    queues.set(root, queue);
    const kind = root.querySelector("[data-papers-kind]").value;
    for (const file of files) {
      const job = { file, kind, ...lineFor(root, file) };
      if (file.size > Number(root.dataset.most)) fail(root, job, root.dataset.wordLarge, false);
      else {
        job.keys.append(button(root.dataset.wordCancel, () => { queue.splice(queue.indexOf(job), 1); job.line.remove(); settle(root); }));
        queue.push(job);
      }
    }
    settle(root);
    if (idle) run(root, queue);
  };

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-papers-files]")) return;
    add(input.closest(ROOT), [...input.files]);
    input.value = "";
  });

  document.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-paper-remove]"), root = remove?.closest(ROOT);
    if (!root) return;
    const row = remove.closest("[data-paper]");
    const next = row.nextElementSibling?.querySelector("[data-paper-remove]") || root.querySelector("[data-papers-files]");
    say(root, `${root.dataset.wordOff} ${row.querySelector("a").textContent.trim()}`);
    row.remove();
    next.focus();
    root.dispatchEvent(new Event("change", { bubbles: true }));
  });

  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (root) => { for (const one of document.querySelectorAll(ROOT)) one.classList.toggle("is-over", one === root); };
  document.addEventListener("dragover", (event) => {
    if (!carries(event) || !document.querySelector(ROOT)) return;
    // A file that is dropped beside the box must not replace the page with what was typed in it.
    event.preventDefault();
    const root = event.target.closest?.(ROOT);
    event.dataTransfer.dropEffect = root ? "copy" : "none";
    mark(root);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
  document.addEventListener("drop", (event) => {
    if (!carries(event) || !document.querySelector(ROOT)) return;
    event.preventDefault();
    mark(null);
    const root = event.target.closest?.(ROOT);
    if (root) add(root, [...event.dataTransfer.files]);
  });

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // A table copies itself as a picture too; who pastes text wants the text.
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    const shown = [...document.querySelectorAll(ROOT)].filter((root) => root.checkVisibility());
    const root = event.target.closest?.(ROOT) || event.target.form?.querySelector(ROOT) || shown[0];
    if (!root) return;
    event.preventDefault();
    add(root, files);
  });
})();
