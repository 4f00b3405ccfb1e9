// The readable API document: finding, and the language of the examples. The page reads without it.
"use strict";

const contents = document.getElementById("contents");
const find = document.getElementById("find");
const none = contents.querySelector(".find__none");
const entries = [...contents.querySelectorAll("[data-words]")];
const areas = [...contents.querySelectorAll(".area")];

function narrow() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) {
    entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
  }
  for (const area of areas) {
    area.hidden = words.length > 0 && !area.querySelector("[data-words]:not([hidden])");
  }
  contents.toggleAttribute("data-finding", words.length > 0);
  none.hidden = words.length === 0 || areas.some((area) => !area.hidden);
}

find.addEventListener("input", narrow);
find.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const first = entries.find((entry) => !entry.hidden);
  if (first) first.querySelector("a").click();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input")) return;
  event.preventDefault();
  if (!contents.matches(":popover-open") && getComputedStyle(contents).display === "none") {
    contents.showPopover();
  }
  find.focus();
});
contents.addEventListener("click", (event) => {
  if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
});

const KEPT = "counterfoil-api-language";

function speak(language) {
  document.documentElement.dataset.language = language;
  for (const button of document.querySelectorAll("button[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
}

speak(document.documentElement.dataset.language); // as reference-language.js found it
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-language]");
  if (!button) return;
  const before = button.getBoundingClientRect().top;
  speak(button.dataset.language);
  localStorage.setItem(KEPT, button.dataset.language);
  scrollBy(0, button.getBoundingClientRect().top - before); // the reader stays where they read
});

// Whatever lies around it is laid out first, in its own size, so that nothing moves afterwards.
const NEAR = 5;
const named = location.hash && document.getElementById(location.hash.slice(1));
if (named) {
  const all = [...document.querySelectorAll(".operation, .object")];
  const at = all.indexOf(named);
  for (const one of all.slice(Math.max(at - NEAR, 0), at + NEAR)) one.classList.add("is-near");
  named.scrollIntoView();
}
