// An account picked from the side panel goes into the form: the account field last in focus, or the first empty one.
const ACCOUNTS = "#work-form [data-group='4']";
let last = null;

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.(ACCOUNTS)) last = event.target;
});

document.addEventListener("click", (event) => {
  const source = event.target.closest?.("[data-insert]");
  if (!source) return;
  const fields = [...document.querySelectorAll(ACCOUNTS)];
  const field = fields.find((one) => one === last && document.contains(one)) || fields.find((one) => !one.value) || fields[0];
  if (!field) return;
  field.value = source.dataset.insert;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

// A panel that was asked for while another customer stood here comes too late: the column's answer brought its own.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.target?.id !== "side-customer") return;
  const of = /data-panel-of="(\d*)"/.exec(ctx.text)?.[1];
  if (of !== document.getElementById("visit-was").value) event.preventDefault();
});
