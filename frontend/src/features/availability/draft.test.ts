import { expect, test } from "vitest";
import {
  copied,
  draftOf,
  type Draft,
  inZone,
  outgoing,
  saysTheSame,
  without,
  withOneMore,
} from "@/features/availability/draft";
import type { AvailabilityOut } from "@/lib/api-types";

const NOW = new Date("2027-03-01T12:00:00Z");

// As the server writes it: `closed` and `reason` are left out where there is nothing to say.
const READ = {
  time_zone: "Europe/London",
  weekly: [
    { weekday: 0, start: "09:00", end: "12:00" },
    { weekday: 0, start: "13:00", end: "24:00" },
    { weekday: 4, start: "09:00", end: "10:00", valid_from: "2027-04-01" },
  ],
  overrides: [
    { date: "2027-02-01", closed: true },
    { date: "2027-03-04", start: "10:00", end: "11:00" },
    { date: "2027-03-04", start: "12:00", end: "24:00" },
    { date: "2027-03-05", closed: true },
  ],
  time_off: [
    { starts_at: "2027-07-08T10:00:30Z", ends_at: "2027-07-12T10:00:00Z", reason: "A journey" },
  ],
  travel: [{ from_date: "2027-04-01", to_date: "2027-04-09", time_zone: "Asia/Tokyo" }],
  rules: {
    step_minutes: 30,
    gap_minutes: 15,
    notice_minutes: 120,
    window_days: 60,
    max_per_day: 4,
    max_per_week: null,
  },
} as AvailabilityOut;

function draft(): Draft {
  return draftOf(READ, NOW);
}

test("what was read and not touched is sent as it was, to the second", () => {
  const { body } = outgoing(draft());

  expect(body).toEqual(READ);
});

test("a time away without a reason is read as one with none", () => {
  const time_off = READ.time_off.map(({ starts_at, ends_at }) => ({ starts_at, ends_at }));

  const read = draftOf({ ...READ, time_off } as AvailabilityOut, NOW);

  expect(read.away[0]?.reason).toBe("");
  expect(outgoing(read).body.time_off).toEqual([{ ...time_off[0], reason: "" }]);
});

test("midnight as an end stands in an input as 00:00", () => {
  expect(draft().weekly[0]?.[1]).toMatchObject({ start: "13:00", end: "00:00" });
});

test("a time away is written by the zone's clock, and read by it again when it is changed", () => {
  const read = draft();
  const [away] = read.away;
  expect(away).toMatchObject({ from: "2027-07-08T11:00", to: "2027-07-12T11:00" });

  const later = { ...read, away: read.away.map((row) => ({ ...row, from: "2027-07-08T12:00" })) };

  expect(outgoing(later).body.time_off[0]).toMatchObject({
    starts_at: "2027-07-08T11:00:00.000Z",
    ends_at: "2027-07-12T10:00:00Z",
  });
});

test("another zone leaves the clocks of the hours and the instants of a time away", () => {
  const moved = inZone(draft(), "America/New_York");

  expect(moved.weekly[0]?.[0]).toMatchObject({ start: "09:00", end: "12:00" });
  expect(moved.away[0]).toMatchObject({ from: "2027-07-08T06:00", to: "2027-07-12T06:00" });
  expect(outgoing(moved).body.time_off).toEqual(READ.time_off);
  expect(outgoing(moved).body.time_zone).toBe("America/New_York");
});

test("what is over is marked and still sent", () => {
  const read = draftOf(READ, new Date("2027-08-01T00:00:00Z"));

  expect(read.dates.map(({ over }) => over)).toEqual([true, true, true]);
  expect(read.away[0]?.over).toBe(true);
  expect(read.journeys[0]?.over).toBe(true);
  expect(outgoing(read).body.overrides).toHaveLength(4);
});

test("each row is found by the pointer under which it is sent", () => {
  const read = draft();

  const { places } = outgoing(read);

  expect(places["/weekly/2"]).toBe(read.weekly[4]?.[0]?.id);
  expect(places["/overrides/0"]).toBe(read.dates[0]?.id);
  expect(places["/overrides/2"]).toBe(read.dates[1]?.hours[1]?.id);
  expect(places["/travel/0"]).toBe(read.journeys[0]?.id);
  expect(places["/rules/gap_minutes"]).toBe("rules-gap");
});

test.each([
  [0, "0", "hours"],
  [45, "45", "minutes"],
  [120, "2", "hours"],
  [1_440, "1", "days"],
  [2_160, "36", "hours"],
])("a notice of %i minutes is %s %s", (minutes, notice, noticeUnit) => {
  const rules = { ...READ.rules, notice_minutes: minutes };
  const read = draftOf({ ...READ, rules }, NOW);

  expect(read.rules).toMatchObject({ notice, noticeUnit });
  expect(outgoing(read).body.rules.notice_minutes).toBe(minutes);
});

test("two readings of the same say the same; a changed clock does not", () => {
  const [one, other] = [draft(), draft()];
  expect(saysTheSame(one, other)).toBe(true);

  const hours = other.weekly[0]?.map((row) => ({ ...row, start: "08:00" })) ?? [];

  expect(saysTheSame(one, { ...other, weekly: [hours, ...other.weekly.slice(1)] })).toBe(false);
});

test("more hours begin an hour after the last, and are blank where the day has no room", () => {
  const clocks = (hours: ReturnType<typeof withOneMore>) => [hours.added.start, hours.added.end];
  const first = withOneMore([]);
  expect(clocks(first)).toEqual(["09:00", "17:00"]);
  const second = withOneMore(first.hours);
  expect(clocks(second)).toEqual(["18:00", "19:00"]);
  expect(second.hours).toHaveLength(2);

  const late = withOneMore([{ ...first.added, end: "23:30" }]);

  expect(clocks(late)).toEqual(["", ""]);
});

test("copied hours replace those of the chosen days alone, as rows of their own", () => {
  const read = draft();

  const weekly = copied(read.weekly, 0, [1, 4]);

  expect(weekly.map((day) => day.length)).toEqual([2, 2, 0, 0, 2, 0, 0]);
  expect(weekly[1]?.[0]).toMatchObject({ start: "09:00", end: "12:00" });
  const ids = weekly.flat().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a removed row leaves the one behind it nearest, or else the one before it", () => {
  const rows = ["a", "b", "c"].map((id) => ({ id }));

  expect(without(rows, "b")).toEqual({ rest: [{ id: "a" }, { id: "c" }], nearest: { id: "c" } });
  expect(without(rows, "c").nearest).toEqual({ id: "b" });
  expect(without([{ id: "a" }], "a").nearest).toBeNull();
});
