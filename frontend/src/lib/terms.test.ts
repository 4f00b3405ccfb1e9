import { expect, test } from "vitest";
import type { PolicyOut } from "@/lib/api-types";
import { policyWords } from "@/lib/terms";

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
