// How hours, days and calendars are called. Knows no screen.

import type { Hours } from "@/features/availability/draft";
import type { CalendarOut } from "@/lib/api-types";
import { isDay } from "@/lib/days";
import { nameOfDay } from "@/lib/time";

export const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

/** "09:00–12:00"; midnight as an end is 24:00. */
export function hoursWords({ start, end }: Pick<Hours, "start" | "end">): string {
  if (start === "" || end === "") return "unfinished hours";
  return `${start}–${end === "00:00" ? "24:00" : end}`;
}

/** "Thursday 24 December 2026", or what stands for it while it is typed. */
export function dateWords(date: string): string {
  return isDay(date) ? nameOfDay(date) : "the new date";
}

/** "Monday", "Monday and Friday", "Monday, Tuesday and Friday" */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** "only from 1 March 2027", for hours that do not hold for ever; else null. */
export function validityWords({ validFrom, validTo }: Hours): string | null {
  const named = (day: string) => nameOfDay(day);
  if (validFrom !== null && validTo !== null) {
    return `Only from ${named(validFrom)} to ${named(validTo)}.`;
  }
  if (validFrom !== null) return `Only from ${named(validFrom)} on.`;
  return validTo === null ? null : `Only until ${named(validTo)}.`;
}

// The clocks of this machine and the server's may be so far apart.
const SOON_MS = 10_000;
// Longer than this nobody is asking: the page says how it stands, and the button works again.
const STUCK_MS = 120_000;

/** Whether its address is about to be asked: the answer comes in a moment. */
export function isBeingAsked(calendar: CalendarOut, now: number): boolean {
  if (calendar.host === null) return false;
  const waits = calendar.status === "waiting";
  if (calendar.next_check_at === null) return waits;
  const next = Date.parse(calendar.next_check_at);
  return now - STUCK_MS <= next && (waits || next <= now + SOON_MS);
}
