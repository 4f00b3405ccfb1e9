import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { preferred, speak } from "@/lib/i18n";
import { registerWorker } from "@/app/offline/worker";
import "@/app.css";

// Radix writes a style element while a dialog is open; the page's policy wants its nonce on it.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
Object.assign(globalThis, { __webpack_nonce__: nonce });

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root to draw into.");

await speak(preferred());
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

registerWorker();
