// How an instant is written: always with its zone, by its city. Knows no arithmetic on days
// (lib/days.ts does that).

import { language, locale, perLocale, t } from "@/lib/i18n";

export type Instant = string | Date;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  const key = `${locale()} ${zone}`;
  let found = formatters.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale(), {
      timeZone: zone,
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formatters.set(key, found);
  }
  return found;
}

type Parts = { weekday: string; day: string; month: string; year: string; time: string };

function partsOf(at: Instant, zone: string): Parts {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of formatter(zone).formatToParts(new Date(at))) parts[type] = value;
  const { weekday = "", day = "", month = "", year = "", hour = "", minute = "" } = parts;
  const short = language() === "en" ? month.slice(0, 3) : month;
  return { weekday, day, month: short, year, time: `${hour}:${minute}` };
}

/** "London" for Europe/London: abbreviations such as CST mean many zones. */
export function cityOf(zone: string): string {
  const city = zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
  return city === "Etc" || city === "" ? zone : city;
}

/** "18:00" */
export function formatTime(at: Instant, zone: string): string {
  return partsOf(at, zone).time;
}

/** "Tue 24 Nov", with the year where it is not the one of `now`. */
export function formatDay(at: Instant, zone: string, now: Instant = new Date()): string {
  const { weekday, day, month, year } = partsOf(at, zone);
  const bare = language() === "de" ? `${weekday}, ${day}. ${month}` : `${weekday} ${day} ${month}`;
  return year === partsOf(now, zone).year ? bare : `${bare} ${year}`;
}

/** "Tue 24 Nov, 18:00 London" */
export function formatInstant(at: Instant, zone: string, now: Instant = new Date()): string {
  return `${formatDay(at, zone, now)}, ${formatTime(at, zone)} ${cityOf(zone)}`;
}

type Span = {
  start: Instant;
  end: Instant;
  zone: string;
  /** The reader's own zone: added where its clock shows another time. */
  yours?: string | undefined;
  now?: Instant;
};

/** "Tue 24 Nov, 18:00 – 19:00 London, 13:00 yours" */
export function formatSpan({ start, end, zone, yours, now = new Date() }: Span): string {
  const from = partsOf(start, zone);
  const to = partsOf(end, zone);
  const sameDay = from.day === to.day && from.month === to.month;
  const until = sameDay ? to.time : `${to.weekday} ${to.time}`;
  const text = `${formatDay(start, zone, now)}, ${from.time} – ${until} ${cityOf(zone)}`;
  return yours === undefined ? text : text + inYours(start, from, yours, now);
}

function inYours(start: Instant, shown: Parts, yours: string, now: Instant): string {
  const own = partsOf(start, yours);
  const sameDay = own.day === shown.day && own.month === shown.month;
  if (sameDay && own.time === shown.time) return "";
  const day = sameDay ? "" : `${formatDay(start, yours, now)} `;
  return t(", {time} yours", { time: `${day}${own.time}` });
}

/** "Tue 18:00": short, for a button that stands beside the full words. */
export function formatBrief(at: Instant, zone: string): string {
  const { weekday, time } = partsOf(at, zone);
  return `${weekday} ${time}`;
}

/** "UTC+1", "UTC−3:30": how far the zone's clock is from UTC at that instant. */
export function offsetOf(zone: string, at: Instant = new Date()): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    timeZoneName: "shortOffset",
  }).formatToParts(new Date(at));
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  return name.replace("GMT", "UTC").replace("-", "−");
}

/** The zone that this browser's clock is set to. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Every IANA zone that this browser can show. */
export function allZones(): string[] {
  const zones = Intl.supportedValuesOf("timeZone");
  return zones.includes("UTC") ? zones : [...zones, "UTC"];
}

const relatives = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));

/** "in 3 hours", "2 days ago": an addition to a time, never its replacement. */
export function formatRelative(at: Instant, now: Instant = new Date()): string {
  const seconds = (new Date(at).getTime() - new Date(now).getTime()) / 1000;
  const words = relatives();
  const [size, unit] =
    Math.abs(seconds) < 3600
      ? ([60, "minute"] as const)
      : Math.abs(seconds) < 86_400
        ? ([3600, "hour"] as const)
        : ([86_400, "day"] as const);
  return words.format(Math.round(seconds / size), unit);
}

const month = { timeZone: "UTC", month: "long", year: "numeric" } as const;
const dayWords = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { ...month, weekday: "long", day: "numeric" }),
);
const monthWords = perLocale((locale) => new Intl.DateTimeFormat(locale, month));

/** "Tuesday 24 November 2026" of a calendar day ("2026-11-24"). */
export function nameOfDay(day: string): string {
  const words = dayWords().format(new Date(`${day}T00:00:00Z`));
  return language() === "en" ? words.replaceAll(",", "") : words;
}

/** "November 2026" of a calendar month ("2026-11"). */
export function nameOfMonth(month: string): string {
  return monthWords().format(new Date(`${month}-01T00:00:00Z`));
}

/** Whether the name is a zone that this browser can show. */
export function isZone(name: string | null): name is string {
  if (name === null || name === "") return false;
  try {
    formatter(name);
    return true;
  } catch {
    return false;
  }
}
