import { expect, test } from "vitest";
import { rangeFor } from "@/features/booking/hooks/range";
import type { BookerAddress } from "@/features/booking/hooks/use-booker-address";

const now = new Date("2026-11-24T12:00:00Z"); // a Tuesday
const address: BookerAddress = { type: null, date: null, at: null, zone: "UTC", view: "month" };

test("the first window begins with this week and asks for nothing before today", () => {
  const range = rangeFor({ address, nextFree: null, now });

  expect(range.weeks[0]?.[0]).toBe("2026-11-23");
  expect(range.days).toEqual({ first: "2026-11-24", last: "2026-12-27" });
  expect(range.title).toBe("Nov – Dec 2026");
  expect(range.previous).toBeNull();
  expect(range.next).toBe("2026-12-28");
});

test("without a date it opens where the next free time is", () => {
  const range = rangeFor({ address, nextFree: "2027-01-05T09:00:00Z", now });

  expect(range.days).toEqual({ first: "2026-12-28", last: "2027-01-31" });
  expect(range.title).toBe("Dec 2026 – Jan 2027");
  expect(range.previous).toBe("2026-11-24");
});

test("a day that is over is no choice", () => {
  const range = rangeFor({ address: { ...address, date: "2026-11-23" }, nextFree: null, now });

  expect(range.date).toBeNull();
});

test("a week is a week, also over the turn of the year", () => {
  const asked = { ...address, view: "week", date: "2027-01-01" } as const;

  const range = rangeFor({ address: asked, nextFree: null, now });

  expect(range.days).toEqual({ first: "2026-12-28", last: "2027-01-03" });
});
