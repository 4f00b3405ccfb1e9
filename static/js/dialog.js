// Keeps what a dialog's buttons would do in step with its form. Without it "Look again" does that.
(() => {
  const form = document.querySelector("form[data-cf-dialog]");
  if (!form) return;
  const PAUSE_MS = 350;
  let waiting = 0;
  let newest = 0;

  async function look() {
    const turn = ++newest;
    const body = new FormData(form);
    body.set("act", "look");
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok || turn !== newest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const offers = page.getElementById("cf-offers");
    if (offers) document.getElementById("cf-offers").replaceWith(document.adoptNode(offers));
  }

  form.addEventListener("input", (event) => {
    if (event.target.name === "reason") return;
    // What was shown is no longer what the form says: nothing can be pressed until it is.
    for (const button of form.querySelectorAll("#cf-offers button:not([data-cf-look])")) {
      button.disabled = true;
    }
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE_MS);
  });
})();
