// What is wrong with what is typed, before it is sent; and what the server said of it, after.
// Each fault under the id of the row that it is about.

import {
  type Draft,
  endMinuteOf,
  type Hours,
  minuteOf,
  type Rules,
  UNITS,
} from "@/features/availability/draft";
import { hoursWords } from "@/features/availability/words";
import { isDay } from "@/lib/days";
import { t } from "@/lib/i18n";
import { ApiError } from "@/lib/problem";

export type Faults = Record<string, string>;

const FIRST_DAY = "2000-01-01";
const LAST_DAY = "2099-12-31";

/** In the order of the screen: the first is where the reader is led to. */
export function faultsOf(draft: Draft): Faults {
  const faults: Faults = {};
  for (const day of draft.weekly) Object.assign(faults, hoursFaults(day));
  datesFaults(draft, faults);
  awayFaults(draft, faults);
  journeyFaults(draft, faults);
  rulesFaults(draft.rules, faults);
  return faults;
}

/** Of the hours of one day: each has a start and a later end, and no two overlap. */
export function hoursFaults(hours: readonly Hours[]): Faults {
  const faults: Faults = {};
  hours.forEach((one, index) => {
    const start = minuteOf(one.start);
    const end = endMinuteOf(one.end);
    if (start === null || end === null) {
      faults[one.id] = t("Write when the hours begin and when they end.");
    } else if (end <= start) {
      faults[one.id] = t(
        "The end is not after the start. For hours over midnight, end at 00:00 and begin the rest on the next day.",
      );
    } else {
      const other = hours.slice(0, index).find((before) => overlap(before, one));
      if (other !== undefined) {
        faults[one.id] = t("These hours overlap {hours}. Change one of the two.", {
          hours: hoursWords(other),
        });
      }
    }
  });
  return faults;
}

function overlap(one: Hours, other: Hours): boolean {
  const [start, end] = [minuteOf(one.start) ?? 0, endMinuteOf(one.end) ?? 0];
  const [otherStart, otherEnd] = [minuteOf(other.start) ?? 0, endMinuteOf(other.end) ?? 0];
  const inTime =
    (one.validFrom ?? FIRST_DAY) <= (other.validTo ?? LAST_DAY) &&
    (other.validFrom ?? FIRST_DAY) <= (one.validTo ?? LAST_DAY);
  return inTime && start < otherEnd && otherStart < end;
}

function datesFaults({ dates }: Draft, faults: Faults): void {
  const seen = new Set<string>();
  for (const row of dates) {
    if (!isUsable(row.date)) faults[row.id] = t("Choose the date.");
    else if (seen.has(row.date)) faults[row.id] = t("This date is in the list already.");
    else if (!row.away && row.hours.length === 0) {
      faults[row.id] = t("Add the hours of this date, or say that you are away.");
    }
    if (!row.away) Object.assign(faults, hoursFaults(row.hours));
    seen.add(row.date);
  }
}

function awayFaults({ away }: Draft, faults: Faults): void {
  for (const { id, from, to } of away) {
    if (!isUsable(from.slice(0, 10)) || !isUsable(to.slice(0, 10))) {
      faults[id] = t("Write when you go and when you are back, each with its time.");
    } else if (to <= from) faults[id] = t("You are back before you go. Swap the two.");
  }
}

function journeyFaults({ journeys }: Draft, faults: Faults): void {
  journeys.forEach(({ id, from, to, zone }, index) => {
    if (!isUsable(from) || !isUsable(to)) faults[id] = t("Choose the first and the last day.");
    else if (to < from) faults[id] = t("The last day is before the first. Swap the two.");
    else if (zone === "") faults[id] = t("Choose the time zone of the journey.");
    else if (journeys.slice(0, index).some((other) => from <= other.to && other.from <= to)) {
      faults[id] = t("Another journey has some of these days. A day has one time zone.");
    }
  });
}

function isUsable(day: string): boolean {
  return isDay(day) && day >= FIRST_DAY && day <= LAST_DAY;
}

const LONGEST_NOTICE_DAYS = 400;

function rulesFaults(rules: Rules, faults: Faults): void {
  const whole = (id: string, text: string, least: number, most: number, optional = false) => {
    const written = text.trim();
    if (optional && written === "") return;
    const count = /^\d{1,6}$/.test(written) ? Number(written) : Number.NaN;
    if (count >= least && count <= most) return;
    faults[id] = optional
      ? t("Write a whole number from {least} to {most}, or nothing for no limit.", { least, most })
      : t("Write a whole number from {least} to {most}.", { least, most });
  };
  const longest = (LONGEST_NOTICE_DAYS * UNITS.days) / UNITS[rules.noticeUnit];
  whole("rules-notice", rules.notice, 0, longest);
  whole("rules-window", rules.window, 1, 400);
  whole("rules-step", rules.step, 5, 1_440);
  whole("rules-gap", rules.gap, 0, 1_440);
  whole("rules-per-day", rules.perDay, 1, 1_000, true);
  whole("rules-per-week", rules.perWeek, 1, 1_000, true);
}

/** What a refusal says of rows of the form, and whether that was all of it. */
export function toldOf(
  error: unknown,
  places: Readonly<Record<string, string>>,
): { faults: Faults; complete: boolean } {
  if (!(error instanceof ApiError)) return { faults: {}, complete: false };
  const faults: Faults = {};
  let found = 0;
  for (const { pointer, detail } of error.errors) {
    const path = (pointer ?? "").replace(/^#/, "");
    const place = Object.keys(places).find((one) => path === one || path.startsWith(`${one}/`));
    const id = place === undefined ? undefined : places[place];
    if (id === undefined) continue;
    faults[id] ??= detail;
    found += 1;
  }
  return { faults, complete: found > 0 && found === error.errors.length };
}
