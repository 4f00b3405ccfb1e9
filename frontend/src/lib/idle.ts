// Work that can wait, done in small pieces while the page has nothing else to do.

const PIECE_MS = 4;

/** Safari has no idle callback. */
const later: (run: () => void) => void =
  "requestIdleCallback" in globalThis
    ? (run) => void requestIdleCallback(run, { timeout: 1000 })
    : (run) => void setTimeout(run, 16);

/** Do `work` for each of `all`, a few at a time, then `done`; return how to stop before. */
export function inIdleMoments<T>(
  all: readonly T[],
  work: (one: T) => void,
  done: () => void,
): () => void {
  let next = 0;
  let stopped = false;
  const go = () => {
    if (stopped) return;
    const until = performance.now() + PIECE_MS;
    while (next < all.length && performance.now() < until) work(all[next++] as T);
    if (next < all.length) later(go);
    else done();
  };
  later(go);
  return () => {
    stopped = true;
  };
}

/** Let the browser paint and answer before the next piece of what the page begins with. */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
