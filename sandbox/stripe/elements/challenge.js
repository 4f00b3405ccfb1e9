/* Tells the page around the bank's window that the question is answered; Escape declines. */
(() => {
  "use strict";
  if (document.body.dataset.answered !== undefined) {
    parent.postMessage({ kind: "authenticated" }, "*"); // it says nothing that the page does not ask for itself
    return;
  }
  const decline = () => document.querySelector("button[value=no]")?.click();
  window.addEventListener("message", (event) => {
    if (event.source === parent && event.data.kind === "decline") decline();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") decline();
  });
  document.querySelector("button[value=yes]")?.focus();
})();
