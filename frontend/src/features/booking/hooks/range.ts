// Which days the booker shows, from the address alone.

import type { BookerAddress, View } from "@/features/booking/hooks/use-booker-address";
import {
  addDays,
  addMonths,
  type Day,
  dayOf,
  firstDayOf,
  lastDayOf,
  type Month,
  monthOf,
  weekdayOf,
  weeksOf,
} from "@/lib/days";
import { nameOfMonth } from "@/lib/time";

export type Range = {
  view: View;
  title: string;
  today: Day;
  /** The chosen day, if the address names one. */
  date: Day | null;
  weeks: (Day | null)[][];
  /** What is fetched; never before today. */
  days: { first: Day; last: Day };
  /** A day to name in the address to see what comes before, or null where that is over. */
  previous: Day | null;
  next: Day;
};

type Asked = { address: BookerAddress; nextFree: string | null; now?: Date };

export function rangeFor({ address, nextFree, now = new Date() }: Asked): Range {
  const { date, zone, view } = address;
  const today = dayOf(now, zone);
  const start = nextFree === null ? today : dayOf(nextFree, zone);
  const shown = later(date ?? start, today);
  return view === "week"
    ? weekAround(shown, today, date)
    : monthAround(monthOf(shown), today, date);
}

function later(one: Day, other: Day): Day {
  return one > other ? one : other;
}

function monthAround(month: Month, today: Day, date: Day | null): Range {
  const before = addMonths(month, -1);
  return {
    view: "month",
    title: nameOfMonth(month),
    today,
    date,
    weeks: weeksOf(month),
    days: { first: later(firstDayOf(month), today), last: lastDayOf(month) },
    previous: before < monthOf(today) ? null : later(firstDayOf(before), today),
    next: firstDayOf(addMonths(month, 1)),
  };
}

function weekAround(day: Day, today: Day, date: Day | null): Range {
  const monday = addDays(day, -weekdayOf(day));
  const sunday = addDays(monday, 6);
  const months = [...new Set([monthOf(monday), monthOf(sunday)])].map(nameOfMonth);
  return {
    view: "week",
    title: months.join(" – "),
    today,
    date,
    weeks: [Array.from({ length: 7 }, (_, index) => addDays(monday, index))],
    days: { first: later(monday, today), last: sunday },
    previous: monday <= today ? null : later(addDays(monday, -7), today),
    next: addDays(monday, 7),
  };
}
