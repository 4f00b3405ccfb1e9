// Chooses the kept language of the examples before anything is painted, so that nothing moves then.
"use strict";

const kept = localStorage.getItem("counterfoil-api-language");
if (["curl", "python", "javascript"].includes(kept)) document.documentElement.dataset.language = kept;
