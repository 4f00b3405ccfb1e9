import { expect, test } from "vitest";
import type { PolicyOut } from "@/lib/api-types";
import { policyInWords, shareAt } from "@/lib/policy";

const START = "2031-01-14T18:00:00Z";
const HOUR_MS = 3_600_000;

function policy(...tiers: [hours: number, bps: number][]): PolicyOut {
  return {
    name: "Standard",
    version: 1,
    late_bearer: "client",
    tiers: tiers.map(([hours_before, refund_bps]) => ({ hours_before, refund_bps })),
  };
}

function words(given: PolicyOut, hoursBefore: number): string[] {
  const now = Date.parse(START) - hoursBefore * HOUR_MS;
  return policyInWords(given, { startsAt: START, zone: "Europe/London", now });
}

test("tiers become instants in the reader's zone", () => {
  expect(words(policy([0, 0], [24, 5_000], [48, 10_000]), 72)).toEqual([
    "Cancel free until Sun 12 Jan, 18:00 London.",
    "Then 50% back until Mon 13 Jan, 18:00 London.",
    "After that, no refund.",
  ]);
});

test("what is over is not told", () => {
  const standard = policy([48, 10_000], [24, 5_000], [0, 0]);

  expect(words(standard, 30)).toEqual([
    "Cancel 50% back until Mon 13 Jan, 18:00 London.",
    "After that, no refund.",
  ]);
  expect(words(standard, 3)).toEqual(["No refund if you cancel now."]);
});

test("a share that lasts until the start says so", () => {
  expect(words(policy([24, 10_000], [0, 5_000]), 48)).toEqual([
    "Cancel free until Mon 13 Jan, 18:00 London.",
    "Then 50% back until it starts.",
  ]);
});

test("a share that was capped by a late move is told once", () => {
  const told = policyInWords(policy([48, 10_000], [24, 5_000], [0, 2_000]), {
    startsAt: START,
    zone: "Europe/London",
    now: Date.parse(START) - 72 * HOUR_MS,
    capBps: 5_000,
  });

  expect(told).toEqual([
    "Cancel 50% back until Mon 13 Jan, 18:00 London.",
    "Then 20% back until it starts.",
  ]);
});

test.each([
  ["before the first tier ends", 72, 10_000, 10_000],
  ["in the second", 30, 10_000, 5_000],
  ["at the tier's very end", 24, 10_000, 5_000],
  ["after the last", 3, 10_000, 0],
  ["never above the cap", 72, 2_000, 2_000],
])("the share %s", (_, hours, capBps, share) => {
  const now = Date.parse(START) - hours * HOUR_MS;

  expect(shareAt(policy([48, 10_000], [24, 5_000]), { startsAt: START, now, capBps })).toBe(share);
});
