import { useDeferredValue } from "react";

/**
 * Whether what was waited for is there and may be drawn. True a moment late, as what it brings onto
 * the page is much: React then draws it in slices, between which the browser answers the person.
 * What goes away is gone at once.
 */
export function useArrived(present: boolean): boolean {
  return useDeferredValue(present) && present;
}
