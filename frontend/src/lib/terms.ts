// A cancellation policy in words, in general; lib/policy.ts says it for one start, with dates.

import type { PolicyOut } from "@/lib/api-types";

type Tiers = PolicyOut["tiers"];

function descending(tiers: Tiers): Tiers {
  return tiers.toSorted((one, other) => other.hours_before - one.hours_before);
}

function share(bps: number): string {
  if (bps === 10_000) return "a full refund";
  if (bps === 5_000) return "half of the price back";
  if (bps === 0) return "nothing back";
  return `${String(bps / 100)} % of the price back`;
}

function before(hours: number): string {
  if (hours === 0) return "the start";
  if (hours % 24 === 0) return hours === 24 ? "24 hours before" : `${hours / 24} days before`;
  return hours === 1 ? "1 hour before" : `${hours} hours before`;
}

/** "Cancel until 24 hours before: a full refund. Until 2 hours before: half …" */
export function policyWords(policy: PolicyOut): string {
  const tiers = descending(policy.tiers).filter((tier) => tier.refund_bps > 0);
  if (tiers.length === 0) return "Cancelling gives nothing back.";
  const sentences = tiers.map(
    (tier, index) =>
      `${index === 0 ? "Cancel until" : "Until"} ${before(tier.hours_before)}: ${share(tier.refund_bps)}.`,
  );
  const open = tiers.at(-1)?.hours_before === 0;
  return [...sentences, ...(open ? [] : ["Later: nothing back."])].join(" ");
}
