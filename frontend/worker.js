// The service worker of everything under /app, filled in by vite.config.ts and served as
// /static/spa/sw.js. It keeps one build: the files that Vite named by their content, and one
// document that starts them, with the policy and the nonce that it came with. It answers no call of
// the API, and no checkout: those always come from the network. See docs/adr/0048-offline.md.

/** @type {readonly string[]} */
const FILES = ["%FILES%"];
const ENTRY = "%ENTRY%";
const OURS = "counterfoil-app-";
const BUILD = `${OURS}%BUILD%`;

const SHELL = "/app";
const ASSETS = "/static/spa/assets/";
const CHECKOUT = /^\/app\/(sessions\/[^/]+\/pay|mentors\/[^/]+\/packages\/[^/]+)\/?$/;
const PATIENCE_MS = 6_000;

self.addEventListener("install", (event) => event.waitUntil(keepBuild()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
  else if (event.data === "take over if alone") event.waitUntil(takeOverIfAlone());
  else if (event.data === "which build") event.ports[0]?.postMessage(ENTRY);
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith(ASSETS)) event.respondWith(file(event.request));
  else if (mode === "navigate" && isPage(pathname)) event.respondWith(page(event.request));
});

/** The scope is a prefix of letters, so /apples is in it; and the checkout has another policy. */
function isPage(pathname) {
  return (pathname === SHELL || pathname.startsWith(`${SHELL}/`)) && !CHECKOUT.test(pathname);
}

async function keepBuild() {
  const shell = await fetch(SHELL, { cache: "reload", credentials: "omit" });
  if (!shell.ok || !(await shell.clone().text()).includes(ENTRY)) {
    throw new Error("The server has another build by now; its worker comes next.");
  }
  const cache = await caches.open(BUILD);
  await cache.addAll(FILES);
  await cache.put(SHELL, shell);
}

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(OURS) && name !== BUILD);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** Who asks has this build already; another page may have the old one, and what is typed there. */
async function takeOverIfAlone() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = open.map(({ url }) => new URL(url).pathname);
  if (pages.filter((path) => isPage(path) || CHECKOUT.test(path)).length < 2) {
    await self.skipWaiting();
  }
}

/** A name stands for one content, whichever build it is of. */
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** From the network, so that a new build is seen at once; the kept one where there is none. */
async function page(request) {
  const fetched = fetch(request);
  const kept = await (await caches.open(BUILD)).match(SHELL);
  if (kept === undefined) return fetched;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  return Promise.race([fetched.catch(() => kept), late]);
}
