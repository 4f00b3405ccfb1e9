// The names of weekdays, by a day that is one ("2026-11-24").

import { perLocale } from "@/lib/i18n";
import type { Day } from "@/lib/days";

const whole = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "long" }),
);
const short = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "short" }),
);

/** "Tuesday" */
export function weekdayName(day: Day): string {
  return whole().format(new Date(`${day}T00:00:00Z`));
}

/** "Tue" */
export function weekdayBrief(day: Day): string {
  return short().format(new Date(`${day}T00:00:00Z`));
}
