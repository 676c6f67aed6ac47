// The dialog in which a problem is reported: it takes the operation along whose form lies under it.
document.addEventListener("htmx:after:swap", () => {
  const field = document.querySelector("#act-dialog [data-report-operation]");
  const under = document.querySelector("#operation[data-operation]");
  if (field && under && !field.value) field.value = under.dataset.operation;
});
