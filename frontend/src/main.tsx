import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { registerWorker } from "@/app/offline/worker";
import { makeRouter } from "@/app/router";
import { forgetAhead } from "@/lib/ahead";
import { cn } from "@/lib/cn";
import { preferred, speak } from "@/lib/i18n";
import { breath } from "@/lib/idle";
import { keepPicture } from "@/lib/picture";
import { makeQueryClient } from "@/lib/query";
import { browserZone, formatDay } from "@/lib/time";
import "@/app.css";

// Radix writes a style element while a dialog is open; the page's policy wants its nonce on it.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
Object.assign(globalThis, { __webpack_nonce__: nonce });

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root to draw into.");

const FIRST_SCREEN_MS = 10_000;

// Step by step, so that no step keeps the browser from answering for long: the page's own scripts
// are asked for first, and what the first screen makes once is made while they are on their way.
await speak(preferred());
const router = makeRouter();
await breath();
cn("p-0");
await breath();
formatDay(new Date(), browserZone());
await breath();
keepPicture(root);
startTransition(() =>
  createRoot(root).render(
    <StrictMode>
      <App queryClient={makeQueryClient()} router={router} />
    </StrictMode>,
  ),
);

setTimeout(forgetAhead, FIRST_SCREEN_MS);
registerWorker();
