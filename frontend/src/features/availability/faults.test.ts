import { expect, test } from "vitest";
import { type Draft, type Hours, type Rules } from "@/features/availability/draft";
import { faultsOf, hoursFaults, toldOf } from "@/features/availability/faults";
import { ApiError } from "@/lib/problem";

function hours(id: string, start: string, end: string, more: Partial<Hours> = {}): Hours {
  return { id, start, end, validFrom: null, validTo: null, ...more };
}

const RULES: Rules = {
  step: "30",
  gap: "0",
  notice: "2",
  noticeUnit: "hours",
  window: "60",
  perDay: "",
  perWeek: "",
};

function draft(more: Partial<Draft> = {}): Draft {
  return {
    zone: "Europe/London",
    weekly: [[hours("mon", "09:00", "12:00")], [], [], [], [], [], []],
    dates: [],
    away: [],
    journeys: [],
    rules: RULES,
    ...more,
  };
}

test("hours that can be meant have no fault", () => {
  expect(faultsOf(draft())).toEqual({});
  const day = [hours("a", "09:00", "12:00"), hours("b", "12:00", "00:00")];
  expect(hoursFaults(day)).toEqual({});
});

test.each([
  ["09:00", "09:00"],
  ["17:00", "09:00"],
  ["22:00", "01:00"],
])("%s to %s does not end after it begins", (start, end) => {
  expect(hoursFaults([hours("a", start, end)]).a).toMatch(/^The end is not after the start/);
});

test("hours without a clock are unfinished", () => {
  expect(hoursFaults([hours("a", "", "12:00")]).a).toBe(
    "Write when the hours begin and when they end.",
  );
});

test("of two that overlap the later one is named, with the other", () => {
  const faults = hoursFaults([hours("a", "09:00", "12:00"), hours("b", "11:00", "13:00")]);

  expect(faults).toEqual({ b: "These hours overlap 09:00–12:00. Change one of the two." });
});

test("the same clock in two times of the year is no overlap", () => {
  const spring = hours("a", "09:00", "12:00", { validTo: "2027-05-31" });
  const summer = hours("b", "09:00", "12:00", { validFrom: "2027-06-01" });

  expect(hoursFaults([spring, summer])).toEqual({});
  expect(Object.keys(hoursFaults([spring, { ...summer, validFrom: "2027-05-31" }]))).toEqual(["b"]);
});

test("a date is chosen, once, and has hours or is away", () => {
  const row = { away: true, hours: [], over: false };
  const dates = [
    { ...row, id: "one", date: "2027-03-04" },
    { ...row, id: "twice", date: "2027-03-04" },
    { ...row, id: "none", date: "" },
    { ...row, id: "bare", date: "2027-03-05", away: false },
    { ...row, id: "odd", date: "2027-03-06", away: false, hours: [hours("h", "10:00", "09:00")] },
  ];

  const faults = faultsOf(draft({ dates }));

  expect(Object.keys(faults)).toEqual(["twice", "none", "bare", "h"]);
});

test("who is away comes back after going", () => {
  const row = { reason: "", kept: null, over: false };
  const away = [
    { ...row, id: "good", from: "2027-03-04T10:00", to: "2027-03-04T10:01" },
    { ...row, id: "same", from: "2027-03-04T10:00", to: "2027-03-04T10:00" },
    { ...row, id: "half", from: "2027-03-04T10:00", to: "" },
  ];

  expect(Object.keys(faultsOf(draft({ away })))).toEqual(["same", "half"]);
});

test("no two journeys share a day", () => {
  const row = { zone: "Asia/Tokyo", over: false };
  const journeys = [
    { ...row, id: "first", from: "2027-04-01", to: "2027-04-09" },
    { ...row, id: "after", from: "2027-04-10", to: "2027-04-12" },
    { ...row, id: "within", from: "2027-04-09", to: "2027-04-09" },
    { ...row, id: "back", from: "2027-05-02", to: "2027-05-01" },
  ];

  expect(Object.keys(faultsOf(draft({ journeys })))).toEqual(["within", "back"]);
});

test.each([
  [{ step: "4" }, "rules-step", "Write a whole number from 5 to 1440."],
  [{ gap: "1.5" }, "rules-gap", "Write a whole number from 0 to 1440."],
  [{ window: "401" }, "rules-window", "Write a whole number from 1 to 400."],
  [
    { notice: "401", noticeUnit: "days" as const },
    "rules-notice",
    "Write a whole number from 0 to 400.",
  ],
  [
    { perDay: "0" },
    "rules-per-day",
    "Write a whole number from 1 to 1000, or nothing for no limit.",
  ],
])("a rule out of its bounds is told at its field: %o", (rules, id, words) => {
  expect(faultsOf(draft({ rules: { ...RULES, ...rules } }))).toEqual({ [id]: words });
});

test("what the server says goes to the row that it points at, and the rest is not lost", () => {
  const entry = (pointer: string | null, detail: string) => ({
    pointer,
    detail,
    code: "odd",
    parameter: null,
  });
  const refused = (errors: ReturnType<typeof entry>[]) =>
    new ApiError({ errors }, new Response(null, { status: 422 }));
  const places = { "/weekly/1": "tue", "/weekly/10": "wed", "/travel/0": "trip" };

  const all = toldOf(
    refused([entry("#/weekly/10/end", "Too late."), entry("#/travel/0", "Elsewhere.")]),
    places,
  );
  const some = toldOf(refused([entry("#/weekly/1", "Odd."), entry(null, "Else.")]), places);

  expect(all).toEqual({ faults: { wed: "Too late.", trip: "Elsewhere." }, complete: true });
  expect(some).toEqual({ faults: { tue: "Odd." }, complete: false });
  expect(toldOf(new Error("no answer"), places)).toEqual({ faults: {}, complete: false });
});
