// Hears of new messages as they come. Knows no screen: it tells what came and how it stands.

import type { MessageOut } from "@/lib/api-types";
import { ApiError } from "@/lib/problem";

/** `waiting`: cut off, and trying again after a pause. `ended`: the sign-in is over. */
export type StreamState = "connecting" | "live" | "waiting" | "ended";

type StreamOptions = {
  address: (signal: AbortSignal) => Promise<string>;
  /** It hears from now on, and of nothing before: read again what is shown. */
  onFresh: () => void;
  onMessage: (message: MessageOut) => void;
  onState: (state: StreamState) => void;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const SETTLED_MS = 5_000;
const SILENCE_MS = 40_000; // the server's heart beats every 15 seconds

/**
 * Listen until the returned function is called.
 *
 * A ticket opens one stream, so the browser's own reconnecting is of no use: each opening asks for
 * a new one, and goes on behind the last event that was seen.
 */
export function listen({ address, onFresh, onMessage, onState }: StreamOptions): () => void {
  let last: string | null = null;
  let pause = FIRST_PAUSE_MS;
  let liveSince = Infinity;
  let trial = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const rest = () => {
    trial.abort();
    clearTimeout(timer);
    clearTimeout(silence);
  };

  const later = () => {
    rest();
    if (Date.now() - liveSince > SETTLED_MS) pause = FIRST_PAUSE_MS;
    liveSince = Infinity;
    timer = setTimeout(() => void connect(), pause * (0.5 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    onState("waiting");
  };

  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(later, SILENCE_MS);
  };

  const connect = async () => {
    rest();
    trial = new AbortController();
    const { signal } = trial;
    heard();
    try {
      const url = new URL(await address(signal));
      if (!signal.aborted) open(url, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        rest();
        onState("ended");
      } else later();
    }
  };

  const open = (url: URL, signal: AbortSignal) => {
    if (last !== null) url.searchParams.set("after", last);
    const source = new EventSource(url);
    signal.addEventListener("abort", () => source.close());
    source.addEventListener("ready", (event) => {
      heard();
      liveSince = Date.now();
      const isFresh = last === null;
      last ??= event.lastEventId;
      onState("live");
      if (isFresh) onFresh();
    });
    source.addEventListener("message", (event: MessageEvent<string>) => {
      heard();
      last = event.lastEventId;
      onMessage(JSON.parse(event.data) as MessageOut);
    });
    source.addEventListener("beat", heard);
    source.addEventListener("error", later);
  };

  const soon = () => {
    if (document.visibilityState === "visible" && liveSince === Infinity) void connect();
  };
  window.addEventListener("online", soon);
  window.addEventListener("offline", later);
  document.addEventListener("visibilitychange", soon);
  onState("connecting");
  void connect();
  return () => {
    rest();
    window.removeEventListener("online", soon);
    window.removeEventListener("offline", later);
    document.removeEventListener("visibilitychange", soon);
  };
}
