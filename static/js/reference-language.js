// Chooses the kept language of the examples before anything is painted, so that nothing moves then.
"use strict";

const kept = localStorage.getItem("counterfoil-api-language");
if (["curl", "python", "javascript"].includes(kept)) document.documentElement.dataset.language = kept;

// A reload would put the reader back where the page was as tall as they had read it; it is not yet.
// reference.js goes to what the address names instead.
if (location.hash) history.scrollRestoration = "manual";
