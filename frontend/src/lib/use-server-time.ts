import { useEffect, useState } from "react";
import { serverNow } from "@/lib/clock";

// Longer waits are cut: a laptop may sleep, and what is known of the server's clock may change.
const LONGEST_MS = 60_000;

/** The server's time in milliseconds, told anew as soon as one of these instants has come. */
export function useServerTime(instants: readonly string[]): number {
  const [now, setNow] = useState(serverNow);
  const next = Math.min(...instants.map((at) => Date.parse(at)).filter((at) => at > now));
  useEffect(() => {
    if (next === Infinity) return undefined;
    const look = () => {
      const left = next - serverNow();
      if (left <= 0) setNow(serverNow());
      else timer = setTimeout(look, Math.min(left, LONGEST_MS));
    };
    let timer = setTimeout(look, 0);
    return () => clearTimeout(timer);
  }, [next]);
  return now;
}
