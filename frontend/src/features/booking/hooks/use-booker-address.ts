// What is chosen, kept in the address: a reload and the back button find it again.

import { useCallback } from "react";
import { useSearchParams } from "react-router";
import { type Day, isDay } from "@/lib/days";
import { isZone } from "@/lib/time";

export type View = "month" | "week";

export type BookerAddress = {
  type: string | null;
  date: Day | null;
  /** The chosen start, as an instant. */
  at: string | null;
  zone: string;
  view: View;
};

type Change = Partial<{
  type: string;
  date: Day;
  at: string | null;
  tz: string | null;
  view: View;
}>;

/** `zone` is the reader's own, which needs no place in the address. */
export function useBookerAddress(zone: string): {
  address: BookerAddress;
  /** `step`: the back button leads to what was before. */
  go: (change: Change, how?: { step?: boolean }) => void;
} {
  const [search, setSearch] = useSearchParams();
  const tz = search.get("tz");
  const date = search.get("date");
  const at = search.get("at");

  const go = useCallback(
    (change: Change, { step = false }: { step?: boolean } = {}) => {
      setSearch(
        (present) => {
          const next = new URLSearchParams(present);
          for (const [name, value] of Object.entries(change)) {
            if (value === null) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: !step, preventScrollReset: !step },
      );
    },
    [setSearch],
  );

  return {
    address: {
      type: search.get("type"),
      date: isDay(date) ? date : null,
      at: at !== null && !Number.isNaN(Date.parse(at)) ? at : null,
      zone: isZone(tz) ? tz : zone,
      view: search.get("view") === "week" ? "week" : "month",
    },
    go,
  };
}
