// The availability as a form holds it: clocks and days as native inputs give them, and an id for
// each row, which is the id of its first control as well. Knows no screen and asks nothing.

import type { AvailabilityIn, AvailabilityOut } from "@/lib/api-types";
import { type Day, dayOf, instantOf, localOf } from "@/lib/days";

/** Open between two clocks ("09:00"); an end of "00:00" is midnight, the end of that day. */
export type Hours = {
  id: string;
  start: string;
  end: string;
  validFrom: Day | null;
  validTo: Day | null;
};
/** One date with its own hours in place of the weekly ones, or none at all. */
export type DateRow = { id: string; date: string; away: boolean; hours: Hours[]; over: boolean };
/** Away from one local clock to another; `kept` are the instants that were read. */
export type AwayRow = {
  id: string;
  from: string;
  to: string;
  reason: string;
  kept: { from: string; to: string } | null;
  over: boolean;
};
/** Days on which the hours are read by another zone's clock. */
export type JourneyRow = { id: string; from: string; to: string; zone: string; over: boolean };

export const UNITS = { minutes: 1, hours: 60, days: 1_440 } as const;
export type Unit = keyof typeof UNITS;

export type Rules = {
  step: string;
  gap: string;
  notice: string;
  noticeUnit: Unit;
  window: string;
  perDay: string;
  perWeek: string;
};

export type Draft = {
  zone: string;
  /** Seven lists; Monday's is the first. */
  weekly: Hours[][];
  dates: DateRow[];
  away: AwayRow[];
  journeys: JourneyRow[];
  rules: Rules;
};

const DAY_MINUTES = 1_440;
const WEEKDAYS = 7;
const MIDNIGHT = "00:00";
const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

export function newId(): string {
  return crypto.randomUUID();
}

/** The minute of the day; null where nothing is written. */
export function minuteOf(clock: string): number | null {
  const [hour, minute] = clock.split(":").map(Number);
  return clock === "" || hour === undefined || minute === undefined ? null : hour * 60 + minute;
}

/** The same of an end, where midnight closes the day. */
export function endMinuteOf(clock: string): number | null {
  return clock === MIDNIGHT ? DAY_MINUTES : minuteOf(clock);
}

function clockOf(minute: number): string {
  const clock = minute % DAY_MINUTES;
  const two = (count: number) => String(count).padStart(2, "0");
  return `${two(Math.floor(clock / 60))}:${two(clock % 60)}`;
}

type Between = {
  start: string;
  end: string;
  valid_from?: string | null;
  valid_to?: string | null;
};

function hoursOf({ start, end, valid_from = null, valid_to = null }: Between): Hours {
  return {
    id: newId(),
    start,
    end: end === "24:00" ? MIDNIGHT : end,
    validFrom: valid_from,
    validTo: valid_to,
  };
}

/** What was read, as the form holds it. What is over by `now` is marked, and kept. */
export function draftOf(read: AvailabilityOut, now: Date): Draft {
  const { time_zone: zone, rules } = read;
  const today = dayOf(now, zone);
  return {
    zone,
    weekly: Array.from({ length: WEEKDAYS }, (_, weekday) =>
      read.weekly.filter((hours) => hours.weekday === weekday).map(hoursOf),
    ),
    dates: datesOf(read.overrides, today),
    away: read.time_off.map((away) => awayOf(away, zone, now)),
    journeys: read.travel.map(({ from_date, to_date, time_zone }) => ({
      id: newId(),
      from: from_date,
      to: to_date,
      zone: time_zone,
      over: to_date < today,
    })),
    rules: {
      step: String(rules.step_minutes),
      gap: String(rules.gap_minutes),
      ...noticeOf(rules.notice_minutes),
      window: String(rules.window_days),
      perDay: rules.max_per_day === null ? "" : String(rules.max_per_day),
      perWeek: rules.max_per_week === null ? "" : String(rules.max_per_week),
    },
  };
}

type Off = { starts_at: string; ends_at: string; reason?: string };

function awayOf({ starts_at, ends_at, reason = "" }: Off, zone: string, now: Date): AwayRow {
  return {
    id: newId(),
    from: localOf(starts_at, zone),
    to: localOf(ends_at, zone),
    reason,
    kept: { from: starts_at, to: ends_at },
    over: new Date(ends_at) <= now,
  };
}

function datesOf(overrides: AvailabilityOut["overrides"], today: Day): DateRow[] {
  const rows = new Map<string, DateRow>();
  for (const { date, start, end } of overrides) {
    const away = !start || !end;
    const row = rows.get(date) ?? { id: newId(), date, away, hours: [], over: date < today };
    if (start && end) row.hours.push(hoursOf({ start, end }));
    rows.set(date, row);
  }
  return [...rows.values()];
}

/** In the largest unit that says it in whole numbers. */
function noticeOf(minutes: number): Pick<Rules, "notice" | "noticeUnit"> {
  const units: readonly Unit[] = ["days", "hours"];
  const unit = units.find((one) => minutes >= UNITS[one] && minutes % UNITS[one] === 0);
  const noticeUnit = unit ?? (minutes === 0 ? "hours" : "minutes");
  return { notice: String(minutes / UNITS[noticeUnit]), noticeUnit };
}

/** A body for the API, and which row stands at which of its pointers ("/weekly/3"). */
export type Outgoing = { body: AvailabilityIn; places: Record<string, string> };

/** What is typed, to be sent. Ask `faultsOf` first: what is not written yet travels as it is. */
export function outgoing(draft: Draft): Outgoing {
  const places: Record<string, string> = { "/time_zone": "zone", ...RULE_PLACES };
  const weekly = draft.weekly.flatMap((day, weekday) => day.map((hours) => ({ hours, weekday })));
  const overrides = draft.dates.flatMap<{ row: DateRow; hours: Hours | null }>((row) =>
    row.away ? [{ row, hours: null }] : row.hours.map((hours) => ({ row, hours })),
  );
  const place = (list: string, ids: readonly string[]) =>
    ids.forEach((id, index) => (places[`/${list}/${index}`] = id));
  place(
    "weekly",
    weekly.map(({ hours }) => hours.id),
  );
  place(
    "overrides",
    overrides.map(({ row, hours }) => hours?.id ?? row.id),
  );
  place(
    "time_off",
    draft.away.map(({ id }) => id),
  );
  place(
    "travel",
    draft.journeys.map(({ id }) => id),
  );
  return {
    places,
    body: {
      time_zone: draft.zone,
      weekly: weekly.map(({ hours, weekday }) => ({
        weekday,
        ...clocksOf(hours),
        ...(hours.validFrom === null ? {} : { valid_from: hours.validFrom }),
        ...(hours.validTo === null ? {} : { valid_to: hours.validTo }),
      })),
      overrides: overrides.map(({ row, hours }) =>
        hours === null
          ? { date: row.date, closed: true as const }
          : { date: row.date, ...clocksOf(hours) },
      ),
      time_off: draft.away.map((row) => ({
        starts_at: instantAt(row.from, row.kept?.from, draft.zone),
        ends_at: instantAt(row.to, row.kept?.to, draft.zone),
        reason: row.reason.trim(),
      })),
      travel: draft.journeys.map(({ from, to, zone }) => ({
        from_date: from,
        to_date: to,
        time_zone: zone,
      })),
      rules: rulesOf(draft.rules),
    },
  };
}

const RULE_PLACES = {
  "/rules/step_minutes": "rules-step",
  "/rules/gap_minutes": "rules-gap",
  "/rules/notice_minutes": "rules-notice",
  "/rules/window_days": "rules-window",
  "/rules/max_per_day": "rules-per-day",
  "/rules/max_per_week": "rules-per-week",
};

function clocksOf({ start, end }: Hours): { start: string; end: string } {
  return { start, end: end === MIDNIGHT ? "24:00" : end };
}

function rulesOf(rules: Rules): AvailabilityIn["rules"] {
  return {
    step_minutes: Number(rules.step),
    gap_minutes: Number(rules.gap),
    notice_minutes: Number(rules.notice) * UNITS[rules.noticeUnit],
    window_days: Number(rules.window),
    max_per_day: rules.perDay.trim() === "" ? null : Number(rules.perDay),
    max_per_week: rules.perWeek.trim() === "" ? null : Number(rules.perWeek),
  };
}

/** The instant that was read, as long as its clock was not changed: seconds and all. */
function instantAt(local: string, kept: string | undefined, zone: string): string {
  if (kept !== undefined && localOf(kept, zone) === local) return kept;
  return LOCAL.test(local) ? instantOf(local, zone) : local;
}

/** Another zone: hours keep their clock, a time away keeps its instants. */
export function inZone(draft: Draft, zone: string): Draft {
  const moved = (local: string, kept: string | undefined) =>
    LOCAL.test(local) ? localOf(instantAt(local, kept, draft.zone), zone) : local;
  return {
    ...draft,
    zone,
    away: draft.away.map((row) => ({
      ...row,
      from: moved(row.from, row.kept?.from),
      to: moved(row.to, row.kept?.to),
    })),
  };
}

/** Whether both say the same, whatever their rows are called. */
export function saysTheSame(one: Draft, other: Draft): boolean {
  const said = (draft: Draft) =>
    JSON.stringify(draft, (key, value: unknown) =>
      key === "id" || key === "over" || key === "kept" ? undefined : value,
    );
  return said(one) === said(other);
}

/** The hours of a day and one more: nine to five, or an hour that begins one after the last. */
export function withOneMore(hours: readonly Hours[]): { hours: Hours[]; added: Hours } {
  const last = Math.max(-60, ...hours.map(({ end }) => endMinuteOf(end) ?? -60));
  const start = last + 60;
  const fits = start + 60 <= DAY_MINUTES;
  const clocks =
    hours.length === 0
      ? { start: "09:00", end: "17:00" }
      : { start: fits ? clockOf(start) : "", end: fits ? clockOf(start + 60) : "" };
  const added = hoursOf(clocks);
  return { hours: [...hours, added], added };
}

/** One day's hours in place of those of other days. */
export function copied(weekly: Hours[][], from: number, to: readonly number[]): Hours[][] {
  const source = weekly[from] ?? [];
  return weekly.map((hours, weekday) =>
    to.includes(weekday) ? source.map((one) => ({ ...one, id: newId() })) : hours,
  );
}

/** The list without one row, and the row that stands nearest to where it was. */
export function without<Row extends { id: string }>(rows: readonly Row[], id: string) {
  const index = rows.findIndex((row) => row.id === id);
  const rest = rows.filter((row) => row.id !== id);
  return { rest, nearest: rest[index] ?? rest.at(-1) ?? null };
}
