import { expect, test } from "vitest";
import { readGroup, readPackage } from "@/features/profile/typed-sale";

const PACKAGE = { type: "sty_1", sessions: "5", price: "425", days: "180" };
const GROUP = { name: " Peer circle ", minutes: "90", price: "30.50", seats: "6", minimum: "2" };

test("a package is read in the session's currency", () => {
  expect(readPackage(PACKAGE, "USD")).toEqual({
    value: { session_type: "sty_1", sessions: 5, price_minor: 42_500, valid_days: 180 },
    faults: {},
  });
  expect(readPackage(PACKAGE, "JPY").value?.price_minor).toBe(425);
});

test.each([
  [{ sessions: "1" }, "sessions"],
  [{ sessions: "101" }, "sessions"],
  [{ days: "0" }, "days"],
  [{ days: "1096" }, "days"],
  [{ price: "free" }, "price"],
  [{ price: "0.04" }, "price"],
])("%o is no package", (more, fault) => {
  const { value, faults } = readPackage({ ...PACKAGE, ...more }, "USD");

  expect(value).toBeUndefined();
  expect(Object.keys(faults)).toEqual([fault]);
});

test("a group is read, and is decided a day before its meetings", () => {
  expect(readGroup(GROUP, "USD").value).toEqual({
    name: "Peer circle",
    duration_minutes: 90,
    price_minor: 3_050,
    currency: "USD",
    capacity: 6,
    minimum: 2,
    cutoff_minutes: 1_440,
  });
});

test.each([
  [{ name: " " }, "name"],
  [{ minutes: "4" }, "minutes"],
  [{ seats: "1", minimum: "1" }, "seats"],
  [{ minimum: "7" }, "minimum"],
  [{ price: "" }, "price"],
])("%o is no group", (more, fault) => {
  const { value, faults } = readGroup({ ...GROUP, ...more }, "USD");

  expect(value).toBeUndefined();
  expect(Object.keys(faults)).toEqual([fault]);
});
