import { useEffect, useState } from "react";
import { serverNow } from "@/lib/clock";

/** Whole seconds until an instant, by the server's clock; 0 once it has come. */
export function useCountdown(until: string | null): number {
  const [left, setLeft] = useState(() => secondsUntil(until));
  useEffect(() => {
    const look = () => setLeft(secondsUntil(until));
    look();
    const timer = setInterval(look, 250);
    return () => clearInterval(timer);
  }, [until]);
  return left;
}

function secondsUntil(until: string | null): number {
  if (until === null) return 0;
  return Math.max(0, Math.ceil((Date.parse(until) - serverNow()) / 1000));
}
