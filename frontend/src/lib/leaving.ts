// A sign-out that the server has not heard of. The cookie that the server knows the sign-in by is
// out of this script's reach and stays, so it is told as soon as it answers: with the network, at
// the next start, and at the latest before anybody else signs in here.

const KEY = "counterfoil.leaving";
const LOCK = "counterfoil.leaving";
const PATIENCE_MS = 10_000;

type Listener = () => void;
const listeners = new Set<Listener>();

let running: Promise<void> | null = null;

function changed(): void {
  for (const listener of listeners) listener();
}

export const leaving = {
  isOpen: (): boolean => localStorage.getItem(KEY) !== null,

  /** The server could not be told now. */
  promise(): void {
    localStorage.setItem(KEY, "1");
    changed();
  },

  /** It is done, or there is another sign-in by now, whose cookie has replaced the old one. */
  forget(): void {
    if (!leaving.isOpen()) return;
    localStorage.removeItem(KEY);
    changed();
  },

  /** Tell the server, once at a time over all tabs; what it does not hear stays promised. */
  keep(): Promise<void> {
    if (!leaving.isOpen()) return Promise.resolve();
    running ??= alone().finally(() => {
      running = null;
    });
    return running;
  },

  /** Call `listener` whenever this tab or another one promises, or has kept it. */
  subscribe: (listener: Listener): (() => void) => {
    const fromElsewhere = ({ key }: StorageEvent) => {
      if (key === KEY || key === null) listener();
    };
    listeners.add(listener);
    window.addEventListener("storage", fromElsewhere);
    return () => {
      listeners.delete(listener);
      window.removeEventListener("storage", fromElsewhere);
    };
  },
};

async function alone(): Promise<void> {
  const locks = (navigator as Partial<Navigator>).locks;
  await (locks === undefined ? tell() : locks.request(LOCK, tell));
}

async function tell(): Promise<void> {
  if (!leaving.isOpen()) return; // another tab was quicker
  const address = `${location.origin}/api/users/logout`;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const response = await globalThis.fetch(new Request(address, { method: "POST", signal }));
    if (response.ok) leaving.forget();
  } catch {
    // no answer: it stays promised
  }
}
