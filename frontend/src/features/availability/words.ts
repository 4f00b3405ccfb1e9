// How hours, days and calendars are called. Knows no screen.

import type { Hours } from "@/features/availability/draft";
import type { CalendarOut } from "@/lib/api-types";
import { isDay } from "@/lib/days";
import { perLocale, t } from "@/lib/i18n";
import { nameOfDay } from "@/lib/time";

const MONDAY = Date.UTC(2024, 0, 1);
const A_DAY_MS = 86_400_000;

/** "Monday" to "Sunday", in the page's language. */
export const weekdays = perLocale((locale): readonly string[] => {
  const name = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
  return Array.from({ length: 7 }, (_, day) => name.format(MONDAY + day * A_DAY_MS));
});

/** "Monday" is 0. */
export function weekdayName(weekday: number): string {
  return weekdays()[weekday] ?? "";
}

/** "09:00–12:00"; midnight as an end is 24:00. */
export function hoursWords({ start, end }: Pick<Hours, "start" | "end">): string {
  if (start === "" || end === "") return t("unfinished hours");
  return `${start}–${end === "00:00" ? "24:00" : end}`;
}

/** "Thursday 24 December 2026", or what stands for it while it is typed. */
export function dateWords(date: string): string {
  return isDay(date) ? nameOfDay(date) : t("the new date");
}

/** "only from 1 March 2027", for hours that do not hold for ever; else null. */
export function validityWords({ validFrom, validTo }: Hours): string | null {
  if (validFrom !== null && validTo !== null) {
    return t("Only from {first} to {last}.", {
      first: nameOfDay(validFrom),
      last: nameOfDay(validTo),
    });
  }
  if (validFrom !== null) return t("Only from {day} on.", { day: nameOfDay(validFrom) });
  return validTo === null ? null : t("Only until {day}.", { day: nameOfDay(validTo) });
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
