// What a payment is called, and how it stands: a word and a tone.

import type { Tone } from "@/components/ui/badge";
import type { PaymentOut } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";

const GATEWAYS: Partial<Record<string, string>> = { stripe: msg("Card"), paypal: "PayPal" };

/** "Card", "PayPal"; the name of one that this app does not know, as it is. */
export function gatewayName(gateway: string): string {
  const known = GATEWAYS[gateway];
  return known === undefined ? gateway : t(known);
}

export type Standing = { words: string; tone: Tone };

/** How the payment stands, refunds counted. */
export function standingOf({ status, receipt }: PaymentOut): Standing {
  if (receipt !== null) {
    const { amount, refunded } = receipt;
    if (refunded.amount >= amount.amount) return { words: t("Refunded"), tone: "quiet" };
    if (refunded.amount > 0) return { words: t("Partly refunded"), tone: "warning" };
    return { words: t("Paid"), tone: "success" };
  }
  if (status === "failed") return { words: t("Did not go through"), tone: "danger" };
  if (status === "cancelled") return { words: t("Not charged"), tone: "quiet" };
  return { words: t("Not paid yet"), tone: "info" };
}

/** Whether the reader was paid: the parts of the price are shown to the mentor alone. */
export function isPayee({ breakdown }: PaymentOut): boolean {
  return breakdown !== null;
}

/**
 * "Career session with Ada Winterbourne", for Ada with her client; before it is paid nobody has
 * said what it is for.
 */
export function titleOf(payment: PaymentOut): string {
  const { receipt, package_id: bought } = payment;
  if (receipt !== null) {
    const values = {
      what: receipt.session_type,
      name: isPayee(payment) ? receipt.client : receipt.mentor,
    };
    return t(bought === null ? "{what} with {name}" : "Package: {what} with {name}", values);
  }
  return bought === null ? t("A session") : t("A package of sessions");
}

const MOVEMENTS: Partial<Record<string, string>> = {
  goodwill: msg("A goodwill gesture of ours"),
  referral: msg("For somebody whom you brought"),
  spent: msg("Spent at a payment"),
  returned: msg("Back from a payment that came to nothing"),
  refunded: msg("Back with a refund"),
  taken_back: msg("Taken back with a refund that failed"),
  set_off: msg("Set off against an earlier gesture"),
};

/** Why the credit changed; a kind that this app does not know, as it is. */
export function movementWords(kind: string): string {
  const known = MOVEMENTS[kind];
  return known === undefined ? kind : t(known);
}
