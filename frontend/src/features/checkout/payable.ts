// What the payment form pays for: a held session, or a package that is offered.

import { useEffect } from "react";
import { intentQuery, packageIntentQuery, type Way } from "@/features/checkout/api/checkout";
import type { IntentOut, OfferOut, SessionOut } from "@/lib/api-types";
import { paths } from "@/lib/paths";

export type PayableKind = "session" | "package";

/** The price, what is taken off it, and what is left; no secret is among them. */
export type Amounts = Pick<IntentOut, "price" | "discount" | "credit" | "amount">;

type Failed = { code: string; message: string };

export type Payable = {
  kind: PayableKind;
  currency: string;
  /** Where a bank's own page leads back to. */
  address: string;
  intent: (way: Way) => ReturnType<typeof intentQuery>;
  /** Why the last try failed that way, as far as the server knows it. */
  failed?: (way: Way) => Failed | null;
};

export function payableOf(session: SessionOut, useCredit: boolean): Payable {
  return {
    kind: "session",
    currency: session.price.currency,
    address: paths.pay(session.id),
    intent: (way) => intentQuery(session.id, way, useCredit),
    failed: (way) => (session.payment?.gateway === way ? session.payment.failure : null),
  };
}

export function payablePackage(slug: string, offer: OfferOut): Payable {
  return {
    kind: "package",
    currency: offer.price.currency,
    address: paths.buyPackage(slug, offer.id),
    intent: (way) => packageIntentQuery(offer.id, way),
  };
}

/** Say which amounts a payment was begun with, as soon as it is. */
export function useBegun(begun: IntentOut | undefined, tell?: (amounts: Amounts) => void): void {
  useEffect(() => {
    if (begun === undefined || tell === undefined) return;
    const { price, discount, credit, amount } = begun;
    tell({ price, discount, credit, amount });
  }, [begun, tell]);
}
