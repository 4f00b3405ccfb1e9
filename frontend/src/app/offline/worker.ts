// Registers the service worker (frontend/worker.js) and says when a newer build waits behind it.

import { useSyncExternalStore } from "react";

const SCRIPT = `${import.meta.env.BASE_URL}sw.js`;
const SCOPE = "/app"; // a prefix of letters: with a slash at its end /app itself would be outside
const QUIET_MS = 3_000;
const LOOK_AGAIN_MS = 60 * 60_000;
const PATIENCE_MS = 5_000;

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
    else if (!isFirst) void compare(serviceWorker.controller);
    isFirst = false;
    changed();
  });
  const registration = await serviceWorker.register(SCRIPT, { scope: SCOPE });
  follow(registration);
  registration.addEventListener("updatefound", () => follow(registration));
  lookAgain(registration);
}

/**
 * A worker that is installed while an older one answers waits. Its build may be the one that this
 * page came with: then there is nothing to offer, and it may take over where no other page is open.
 */
function follow(registration: ServiceWorkerRegistration): void {
  const note = async () => {
    const next = registration.active === null ? null : registration.waiting;
    const isOurs = next !== null && (await isOfThisPage(next));
    if (next !== null && next !== registration.waiting) return; // it has become something else
    waiting = isOurs ? null : next;
    if (isOurs) next.postMessage("take over if alone");
    changed();
  };
  registration.installing?.addEventListener("statechange", () => void note());
  void note();
}

/** Another page has let it in. */
async function compare(controller: ServiceWorker | null): Promise<void> {
  if (controller === null || (await isOfThisPage(controller))) return;
  isOutdated = true;
  changed();
}

/** One that does not say which build it keeps is of another one. */
function isOfThisPage(worker: ServiceWorker): Promise<boolean> {
  const entry = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === entry?.getAttribute("src"));
    setTimeout(resolve, PATIENCE_MS, false);
    worker.postMessage("which build", [port2]);
  });
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
