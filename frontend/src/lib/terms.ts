// A cancellation policy in words, in general; lib/policy.ts says it for one start, with dates.

import type { PolicyOut } from "@/lib/api-types";
import { figure } from "@/lib/figures";
import { t, tn } from "@/lib/i18n";

type Tiers = PolicyOut["tiers"];

function descending(tiers: Tiers): Tiers {
  return tiers.toSorted((one, other) => other.hours_before - one.hours_before);
}

function share(bps: number): string {
  if (bps === 10_000) return t("a full refund");
  if (bps === 5_000) return t("half of the price back");
  if (bps === 0) return t("nothing back");
  return t("{percent} % of the price back", { percent: figure(bps / 100) });
}

function before(hours: number): string {
  if (hours === 0) return t("the start");
  if (hours === 24) return t("24 hours before");
  if (hours % 24 === 0) return tn(hours / 24, "{count} day before", "{count} days before");
  return tn(hours, "{count} hour before", "{count} hours before");
}

/** "Cancel until 24 hours before: a full refund. Until 2 hours before: half …" */
export function policyWords(policy: PolicyOut): string {
  const tiers = descending(policy.tiers).filter((tier) => tier.refund_bps > 0);
  if (tiers.length === 0) return t("Cancelling gives nothing back.");
  const sentences = tiers.map((tier, index) =>
    t(index === 0 ? "Cancel until {when}: {share}." : "Until {when}: {share}.", {
      when: before(tier.hours_before),
      share: share(tier.refund_bps),
    }),
  );
  const open = tiers.at(-1)?.hours_before === 0;
  return [...sentences, ...(open ? [] : [t("Later: nothing back.")])].join(" ");
}
