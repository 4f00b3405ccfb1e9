import { expect, test } from "vitest";
import {
  addDays,
  dayOf,
  daysBetween,
  instantOf,
  isDay,
  localOf,
  sameDayOf,
  startOfDay,
  weekdayOf,
} from "@/lib/days";

test.each([
  ["2026-11-24", "Europe/London", "2026-11-24T00:00:00.000Z"],
  ["2026-07-24", "Europe/London", "2026-07-23T23:00:00.000Z"],
  ["2026-11-24", "Asia/Kolkata", "2026-11-23T18:30:00.000Z"],
  // The clocks go forward at midnight in Chile: the day begins at 01:00.
  ["2026-09-06", "America/Santiago", "2026-09-06T04:00:00.000Z"],
  // They go back at midnight in Cuba: the day has two of its first hour, and begins at the first.
  ["2026-11-01", "America/Havana", "2026-11-01T04:00:00.000Z"],
])("the day %s in %s begins at %s", (day, zone, instant) => {
  expect(startOfDay(day, zone)).toBe(instant);
});

test.each([
  ["2026-11-24T18:00", "Europe/London", "2026-11-24T18:00:00.000Z"],
  // 01:30 comes twice as summer time ends: the first one is meant.
  ["2026-10-25T01:30", "Europe/London", "2026-10-25T00:30:00.000Z"],
  // 01:30 is left out as summer time begins: 02:30 is what the clock shows then.
  ["2026-03-29T01:30", "Europe/London", "2026-03-29T01:30:00.000Z"],
])("%s in %s is %s", (local, zone, instant) => {
  expect(instantOf(local, zone)).toBe(instant);
});

test("an instant belongs to another day elsewhere", () => {
  expect(dayOf("2026-11-24T23:30:00Z", "Europe/London")).toBe("2026-11-24");
  expect(dayOf("2026-11-24T23:30:00Z", "Asia/Tokyo")).toBe("2026-11-25");
  expect(localOf("2026-11-24T23:30:00Z", "Asia/Tokyo")).toBe("2026-11-25T08:30");
});

test("arithmetic on days knows no hours", () => {
  expect(addDays("2026-03-28", 2)).toBe("2026-03-30");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(daysBetween("2026-10-24", "2026-10-26")).toBe(2);
  expect(weekdayOf("2026-11-23")).toBe(0);
  expect(sameDayOf("2026-02", "2026-01-31")).toBe("2026-02-28");
});

test("a day that does not exist is none", () => {
  expect(isDay("2026-02-29")).toBe(false);
  expect(isDay("2026-2-1")).toBe(false);
  expect(isDay("2026-02-28")).toBe(true);
});
