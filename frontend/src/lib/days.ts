// Days as people mean them: "2026-11-24" in a zone. Arithmetic on such days needs no zone; where
// one begins does. Knows no words (lib/time.ts writes them).

import type { Instant } from "@/lib/time";

/** A calendar day, "2026-11-24". */
export type Day = string;
/** A calendar month, "2026-11". */
export type Month = string;

const MS_A_DAY = 86_400_000;
const walls = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows, as if it were UTC, in milliseconds, as the browser knows it. */
function shownWall(at: number, zone: string): number {
  let format = walls.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    walls.set(zone, format);
  }
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const midnights = new Map<string, number>();

/** The zone's distance from UTC at the beginning of a day of UTC (days since 1970). */
function offsetAtMidnight(utcDay: number, zone: string): number {
  const key = `${zone} ${utcDay}`;
  const found = midnights.get(key);
  if (found !== undefined) return found;
  const at = utcDay * MS_A_DAY;
  const measured = shownWall(at, zone) - at;
  midnights.set(key, measured);
  return measured;
}

/**
 * The zone's distance from UTC. The browser takes long to write down a time, and a month of free
 * slots has hundreds: where a day begins and ends at the same distance, all of it has it, as no
 * zone's clock was ever turned twice in a day.
 */
function offset(at: number, zone: string): number {
  const utcDay = Math.floor(at / MS_A_DAY);
  const first = offsetAtMidnight(utcDay, zone);
  if (first === offsetAtMidnight(utcDay + 1, zone)) return first;
  return shownWall(at, zone) - Math.floor(at / 1000) * 1000;
}

function wallOf(at: number, zone: string): number {
  return Math.floor(at / 1000) * 1000 + offset(at, zone);
}

/**
 * The instant at which the zone's clock shows `wall`. Of two (the clock was turned back) the
 * first; of none (it was turned forward over it) the one at which it was turned.
 */
function instantAtWall(wall: number, zone: string): number {
  const before = offset(wall - MS_A_DAY, zone);
  const after = offset(wall + MS_A_DAY, zone);
  const early = wall - before;
  if (before === after || offset(early, zone) === before) return early;
  const late = wall - after;
  return offset(late, zone) === after ? late : early;
}

/** The day that the instant belongs to, in the zone. */
export function dayOf(at: Instant, zone: string): Day {
  return new Date(wallOf(new Date(at).getTime(), zone)).toISOString().slice(0, 10);
}

/** The first instant of the day in the zone, also where midnight does not exist. */
export function startOfDay(day: Day, zone: string): string {
  return new Date(instantAtWall(Date.parse(`${day}T00:00:00Z`), zone)).toISOString();
}

/** The instant at which the zone's clock shows "2026-11-24T18:00". */
export function instantOf(local: string, zone: string): string {
  return new Date(instantAtWall(Date.parse(`${local}:00Z`), zone)).toISOString();
}

/** "2026-11-24T18:00": what the zone's clock shows, as an input of type datetime-local takes it. */
export function localOf(at: Instant, zone: string): string {
  return new Date(wallOf(new Date(at).getTime(), zone)).toISOString().slice(0, 16);
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * MS_A_DAY).toISOString().slice(0, 10);
}

/** Monday is 0. */
export function weekdayOf(day: Day): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

export function monthOf(day: Day): Month {
  return day.slice(0, 7);
}

export function addMonths(month: Month, months: number): Month {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

export function firstDayOf(month: Month): Day {
  return `${month}-01`;
}

export function lastDayOf(month: Month): Day {
  return addDays(firstDayOf(addMonths(month, 1)), -1);
}

/** The same day of another month, or its last one where it has not as many. */
export function sameDayOf(month: Month, day: Day): Day {
  const wanted = `${month}-${day.slice(8)}`;
  const last = lastDayOf(month);
  return wanted > last ? last : wanted;
}

/** How many days from the one to the other. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / MS_A_DAY);
}

/** Whether the text names a day that exists. */
export function isDay(text: string | null): text is Day {
  return (
    text !== null &&
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
    addDays(text, 0) === text
  );
}
