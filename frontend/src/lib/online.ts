// Whether this device has a network at all. Having one is no promise that the server answers.

import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

export const isOnline = (): boolean => navigator.onLine;

export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, isOnline);
}
