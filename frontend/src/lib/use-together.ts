import { useState } from "react";

type Asked = { isPending: boolean; failureCount: number };

/**
 * Whether each answer has come, or failed at first, once: cards that are as long as what they hold
 * are shown together, because each late one would move those below it. Who waits for another try
 * holds up nobody, and later readings do not take back what is shown.
 */
export function useTogether(...asked: readonly Asked[]): boolean {
  const [shown, setShown] = useState(false);
  const ready =
    shown || asked.every(({ isPending, failureCount }) => !isPending || failureCount > 0);
  if (ready && !shown) setShown(true);
  return ready;
}
