// Keeps the progress of a payout run in step while it is sent; without it the page is reloaded by hand.
(() => {
  const box = document.querySelector("[data-cf-progress]");
  if (!box) return;
  const EVERY_MS = 2000;
  const words = box.querySelector("[data-cf-progress-words]");
  const bar = box.querySelector("progress");

  async function look() {
    const answer = await fetch(box.dataset.cfProgress, { credentials: "same-origin" });
    if (!answer.ok) return;
    const now = await answer.json();
    bar.value = now.answered;
    words.textContent = `${now.answered} of ${now.count} answered for`;
    if (!now.going) {
      location.reload();
      return;
    }
    setTimeout(look, EVERY_MS);
  }
  setTimeout(look, EVERY_MS);
})();
