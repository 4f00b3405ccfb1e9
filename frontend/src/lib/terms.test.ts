import { expect, test } from "vitest";
import type { PolicyOut } from "@/lib/api-types";
import { policySteps, policyWords } from "@/lib/terms";

const policy: PolicyOut = {
  name: "Moderate",
  version: 1,
  late_bearer: "platform",
  tiers: [
    { hours_before: 24, refund_bps: 5000 },
    { hours_before: 48, refund_bps: 10_000 },
  ],
};

test("a policy in words", () => {
  expect(policyWords(policy)).toBe(
    "Cancel until 2 days before: a full refund. Until 24 hours before: half of the price back. Later: nothing back.",
  );
});

test("a policy that gives something up to the start has no later", () => {
  const generous = { ...policy, tiers: [{ hours_before: 0, refund_bps: 2500 }] };

  expect(policyWords(generous)).toBe("Cancel until the start: 25 % of the price back.");
});

test("a policy that gives nothing says so", () => {
  expect(policyWords({ ...policy, tiers: [] })).toBe("Cancelling gives nothing back.");
});

test("for one start the steps have dates, and those that are past are left out", () => {
  const start = "2026-11-24T18:00:00Z";
  const now = new Date("2026-11-23T10:00:00Z");

  expect(policySteps(policy, start, "Europe/London", now)).toEqual([
    { until: "Mon 23 Nov, 18:00 London", words: "half of the price back" },
    { until: null, words: "nothing back" },
  ]);
});
