/* Tells the page that opened this one what was answered, or leads back to the shop. */
(() => {
  "use strict";
  const { order, outcome, back } = document.body.dataset;
  const opener = window.opener ?? (window.parent === window ? null : window.parent);
  const tell = (said) => opener?.postMessage({ kind: "paypal-stand-in", order, outcome: said }, "*"); // it says nothing secret
  if (outcome !== undefined) {
    if (opener) tell(outcome);
    else if (back) window.location.replace(back);
    return;
  }
  const cancel = () => document.querySelector("button[value=cancel]")?.click();
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
  });
  window.addEventListener("message", (event) => {
    if (event.source === opener && event.data.kind === "paypal-cancel") cancel();
  });
  document.querySelector("input:checked, input[type=email], button")?.focus();
})();
