// A cancellation policy in words, for one session: dates instead of "48 hours before".

import type { PolicyOut } from "@/lib/api-types";
import { locale, msg, t } from "@/lib/i18n";
import { formatInstant } from "@/lib/time";

const HOUR_MS = 3_600_000;
const WHOLE_BPS = 10_000;

/** Until this instant (milliseconds) this share of the price comes back. */
export type Term = { until: number; bps: number };

/** The policy's tiers as instants before a start, the earliest first. */
export function termsOf(policy: PolicyOut, startsAt: string): Term[] {
  const start = Date.parse(startsAt);
  return policy.tiers
    .map((tier) => ({ until: start - tier.hours_before * HOUR_MS, bps: tier.refund_bps }))
    .sort((one, other) => one.until - other.until);
}

/** "100%", "50%" */
export function shareOf(bps: number): string {
  const percent = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 2 });
  return percent.format(bps / WHOLE_BPS);
}

/** The share that comes back where the client cancels at `now`, in basis points. */
export function shareAt(
  policy: PolicyOut,
  { startsAt, now, capBps = WHOLE_BPS }: { startsAt: string; now: number; capBps?: number },
): number {
  const open = termsOf(policy, startsAt).filter((term) => term.until >= now);
  return Math.min(capBps, Math.max(0, ...open.map((term) => term.bps)));
}

// Free and for a share, each until an instant or until the start.
const FIRST = {
  before: [msg("Cancel free until {until}."), msg("Cancel {share} back until {until}.")],
  start: [msg("Cancel free until it starts."), msg("Cancel {share} back until it starts.")],
} as const;
const THEN = {
  before: [msg("Then free until {until}."), msg("Then {share} back until {until}.")],
  start: [msg("Then free until it starts."), msg("Then {share} back until it starts.")],
} as const;

type Told = { startsAt: string; zone: string; now: number; capBps?: number };

/**
 * Sentences that tell what cancelling gives back from `now` on: "Free until Sun 22 Nov, 18:00
 * London.", "Then 50% back until …", "Then nothing back." A session that was moved late gives back
 * `capBps` at the most.
 */
export function policyInWords(
  policy: PolicyOut,
  { startsAt, zone, now, capBps = WHOLE_BPS }: Told,
): string[] {
  const giving = termsOf(policy, startsAt)
    .filter((term) => term.until > now)
    .map((term) => ({ ...term, bps: Math.min(term.bps, capBps) }))
    .filter((term, place, all) => term.bps > 0 && term.bps !== all[place + 1]?.bps);
  if (giving.length === 0) return [t("No refund if you cancel now.")];
  const start = Date.parse(startsAt);
  const sentences = giving.map((term, place) => {
    const [free, part] = (place === 0 ? FIRST : THEN)[term.until === start ? "start" : "before"];
    return t(term.bps === WHOLE_BPS ? free : part, {
      share: shareOf(term.bps),
      until: formatInstant(new Date(term.until), zone, new Date(now)),
    });
  });
  const last = giving.at(-1)?.until ?? 0;
  return last < start ? [...sentences, t("After that, no refund.")] : sentences;
}
