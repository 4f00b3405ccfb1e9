// Registers the service worker (frontend/worker.js) and says when a newer build waits behind it.

import { useSyncExternalStore } from "react";

const SCRIPT = `${import.meta.env.BASE_URL}sw.js`;
const SCOPE = "/app"; // a prefix of letters: with a slash at its end /app itself would be outside
const QUIET_MS = 3_000;
const LOOK_AGAIN_MS = 60 * 60_000;

type Listener = () => void;
const listeners = new Set<Listener>();
let waiting: ServiceWorker | null = null;
let isOutdated = false; // another tab has let the newer worker in
let isAsked = false;

function changed(): void {
  for (const listener of listeners) listener();
}

/** Once the page stands and has nothing to do; in builds alone, as nothing else has a worker. */
export function registerWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const soon = () => setTimeout(() => void register().catch(() => undefined), QUIET_MS);
  if (document.readyState === "complete") soon();
  else window.addEventListener("load", soon, { once: true });
}

async function register(): Promise<void> {
  const { serviceWorker } = navigator;
  let isFirst = serviceWorker.controller === null;
  serviceWorker.addEventListener("controllerchange", () => {
    waiting = null; // whichever page let it in
    if (isAsked) location.reload();
    else if (!isFirst) isOutdated = true;
    isFirst = false;
    changed();
  });
  const registration = await serviceWorker.register(SCRIPT, { scope: SCOPE });
  follow(registration);
  registration.addEventListener("updatefound", () => follow(registration));
  lookAgain(registration);
}

/** A worker that is installed while an older one answers: the newer build waits. */
function follow(registration: ServiceWorkerRegistration): void {
  const note = () => {
    waiting = registration.active === null ? null : registration.waiting;
    changed();
  };
  registration.installing?.addEventListener("statechange", note);
  note();
}

/** An installed app may stay open for days, and moving about in it loads no document. */
function lookAgain(registration: ServiceWorkerRegistration): void {
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" || Date.now() - looked < LOOK_AGAIN_MS) return;
    looked = Date.now();
    void registration.update().catch(() => undefined);
  });
}

/** Have the newer build take over, and load the page anew with it. */
export function takeNewVersion(): void {
  if (waiting === null) {
    location.reload();
    return;
  }
  isAsked = true;
  waiting.postMessage("take over");
}

export function useNewVersion(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOutdated || waiting !== null,
  );
}
