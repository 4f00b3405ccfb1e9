import { afterEach, expect, test } from "vitest";
import { speak } from "@/lib/i18n";
import {
  cityOf,
  formatBrief,
  formatInstant,
  formatRelative,
  formatSpan,
  isZone,
  nameOfDay,
  nameOfMonth,
  offsetOf,
} from "@/lib/time";

afterEach(() => speak("en"));

const now = "2026-11-01T00:00:00Z";

test("a span stands in its own zone, with the reader's clock added", () => {
  expect(
    formatSpan({
      start: "2026-11-24T18:00:00Z",
      end: "2026-11-24T19:00:00Z",
      zone: "Europe/London",
      yours: "America/New_York",
      now,
    }),
  ).toBe("Tue 24 Nov, 18:00 – 19:00 London, 13:00 yours");
});

test("the reader's day is named where it is another one", () => {
  expect(
    formatSpan({
      start: "2026-11-24T22:00:00Z",
      end: "2026-11-25T00:30:00Z",
      zone: "Europe/London",
      yours: "Asia/Tokyo",
      now,
    }),
  ).toBe("Tue 24 Nov, 22:00 – Wed 00:30 London, Wed 25 Nov 07:00 yours");
});

test("nothing is added where both clocks show the same", () => {
  expect(
    formatSpan({
      start: "2026-11-24T18:00:00Z",
      end: "2026-11-24T19:00:00Z",
      zone: "Europe/London",
      yours: "Europe/Lisbon",
      now,
    }),
  ).toBe("Tue 24 Nov, 18:00 – 19:00 London");
});

test("the year is there where it is not this one", () => {
  expect(formatInstant("2027-03-01T09:00:00Z", "UTC", now)).toBe("Mon 1 Mar 2027, 09:00 UTC");
});

test("a session over the end of summer time has the length that the clocks show", () => {
  // 25 October 2026, 01:30 BST to 01:30 GMT: one hour later the clock shows the same.
  expect(
    formatSpan({
      start: "2026-10-25T00:30:00Z",
      end: "2026-10-25T01:30:00Z",
      zone: "Europe/London",
      now,
    }),
  ).toBe("Sun 25 Oct, 01:30 – 01:30 London");
});

test("a button names weekday and time", () => {
  expect(formatBrief("2026-11-24T18:00:00Z", "Europe/London")).toBe("Tue 18:00");
});

test("a zone is called by its city", () => {
  expect(cityOf("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
  expect(cityOf("UTC")).toBe("UTC");
});

test("the distance from UTC follows the season and half hours", () => {
  expect(offsetOf("Europe/London", "2026-07-01T00:00:00Z")).toBe("UTC+1");
  expect(offsetOf("America/St_Johns", "2026-11-24T00:00:00Z")).toBe("UTC−3:30");
  expect(offsetOf("UTC")).toBe("UTC+0");
});

test("days and months have names", () => {
  expect(nameOfDay("2026-11-24")).toBe("Tuesday 24 November 2026");
  expect(nameOfMonth("2026-11")).toBe("November 2026");
});

test("an invented zone is none", () => {
  expect(isZone("Europe/Atlantis")).toBe(false);
  expect(isZone("Europe/London")).toBe(true);
});

test("German days have their points, and the reader's clock its German words", async () => {
  await speak("de");
  const start = "2026-11-24T18:00:00Z";
  const span = { start, end: "2026-11-24T19:00:00Z", zone: "Europe/London", now };
  expect(formatSpan({ ...span, yours: "America/New_York" })).toBe(
    "Di., 24. Nov., 18:00 – 19:00 London, 13:00 bei Ihnen",
  );
  expect(formatInstant("2027-03-01T09:00:00Z", "UTC", now)).toBe("Mo., 1. März 2027, 09:00 UTC");
  expect(formatBrief(start, "Europe/London")).toBe("Di. 18:00");
  expect(nameOfDay("2026-11-24")).toBe("Dienstag, 24. November 2026");
  expect(formatRelative("2026-11-03T00:00:00Z", now)).toBe("übermorgen");
});
