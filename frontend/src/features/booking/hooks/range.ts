// Which days the booker shows, from the address alone.
//
// Not months of the calendar: at a month's end those show four weeks that are over. Windows of
// whole weeks, counted from the present one, have no dead days but a few of this week.

import type { BookerAddress, View } from "@/features/booking/hooks/use-booker-address";
import { addDays, type Day, dayOf, daysBetween, monthOf, weekdayOf } from "@/lib/days";
import { nameOfMonth } from "@/lib/time";

const WEEKS: Record<View, number> = { month: 5, week: 1 };

export type Range = {
  view: View;
  title: string;
  today: Day;
  /** The chosen day, if the address names one. */
  date: Day | null;
  weeks: Day[][];
  /** What is fetched; never before today. */
  days: { first: Day; last: Day };
  /** A day to name in the address to see what comes before, or null where that is over. */
  previous: Day | null;
  next: Day;
};

type Asked = { address: BookerAddress; nextFree: string | null; now?: Date };

export function rangeFor({ address, nextFree, now = new Date() }: Asked): Range {
  const { zone, view } = address;
  const today = dayOf(now, zone);
  const date = address.date !== null && address.date >= today ? address.date : null;
  const start = nextFree === null ? today : dayOf(nextFree, zone);
  const shown = later(date ?? start, today);

  const length = WEEKS[view] * 7;
  const thisMonday = addDays(today, -weekdayOf(today));
  const window = Math.floor(daysBetween(thisMonday, shown) / length);
  const monday = addDays(thisMonday, window * length);
  const last = addDays(monday, length - 1);
  return {
    view,
    title: titleOf(later(monday, today), last),
    today,
    date,
    weeks: Array.from({ length: WEEKS[view] }, (_, week) =>
      Array.from({ length: 7 }, (_, day) => addDays(monday, week * 7 + day)),
    ),
    days: { first: later(monday, today), last },
    previous: window === 0 ? null : later(addDays(monday, -length), today),
    next: addDays(last, 1),
  };
}

function later(one: Day, other: Day): Day {
  return one > other ? one : other;
}

/** "November 2026", "Nov – Dec 2026", "Dec 2026 – Jan 2027" */
function titleOf(first: Day, last: Day): string {
  const from = nameOfMonth(monthOf(first));
  const to = nameOfMonth(monthOf(last));
  if (from === to) return from;
  const brief = (name: string) => name.slice(0, 3);
  const sameYear = from.slice(-4) === to.slice(-4);
  return `${brief(from)}${sameYear ? "" : from.slice(-5)} – ${brief(to)}${to.slice(-5)}`;
}
