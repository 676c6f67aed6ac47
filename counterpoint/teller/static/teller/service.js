// A service of several lines: debit, credit and the one cash net, as they are typed.
const minor = (text) => globalThis.Counterpoint.parse(text, "CNY");
const figure = (value) => globalThis.Counterpoint.figure(value, "CNY");

const sum = (table) => {
  let debit = 0n, credit = 0n, net = 0n;
  for (const line of table.querySelectorAll("[data-line]")) {
    const value = (name) => line.querySelector(`[name$="-${name}"]`)?.value ?? "";
    const amount = minor(value("amount")), kind = value("kind");
    if (amount === null) continue;
    debit += amount;
    credit += amount;
    if (kind === "deposit" || (kind === "fee" && !value("account").trim())) net += amount;
    if (kind === "withdrawal") net -= amount;
  }
  table.querySelector("[data-debit]").textContent = figure(debit);
  table.querySelector("[data-credit]").textContent = figure(credit);
  const size = net < 0n ? -net : net;
  table.querySelector("[data-net]").textContent = figure(size);
  table.querySelector("[data-net-in]").hidden = net <= 0n;
  table.querySelector("[data-net-out]").hidden = net >= 0n;
  const total = document.getElementById("id_net");
  if (total) total.value = figure(size);
};

const all = () => document.querySelectorAll("[data-service]").forEach(sum);
// Before the grid of faces compares itself with the net.
document.addEventListener("input", (event) => {
  const table = event.target.closest("[data-service]");
  if (!table) return;
  sum(table);
  document.querySelector("#work-form [data-face]")?.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("htmx:after:swap", all);
all();

// What has just been worked out, or refused, comes into sight with its button under the fingers.
document.addEventListener("htmx:after:swap", () => {
  const quote = document.getElementById("quote");
  if (!quote || quote.dataset.seen) return;
  quote.dataset.seen = "yes";
  quote.scrollIntoView({ block: "nearest" });
  quote.querySelector("footer .btn-primary")?.focus({ preventScroll: true });
});
