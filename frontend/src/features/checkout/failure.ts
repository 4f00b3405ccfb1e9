// Why nothing was charged, in words: what happened, and what to do next.

import type { StripeError } from "@stripe/stripe-js";
import type { PayableKind } from "@/features/checkout/payable";
import { language, msg, t } from "@/lib/i18n";

export type Failure = { title: string; detail: string };

const OTHER_CARD: Record<PayableKind, string> = {
  session: msg("Nothing was charged and the time is still yours. Try another card."),
  package: msg("Nothing was charged. Try another card."),
};
const LATER: Record<PayableKind, string> = {
  session: msg("Nothing was charged and the time is still yours. Try again in a minute."),
  package: msg("Nothing was charged. Try again in a minute."),
};

const TITLES: Partial<Record<string, string>> = {
  card_declined: msg("Your card was declined"),
  insufficient_funds: msg("The card does not have enough money"),
  expired_card: msg("The card has expired"),
  incorrect_cvc: msg("The security code is not right"),
  invalid_cvc: msg("The security code is not right"),
  processing_error: msg("The bank could not work on this just now"),
  payment_intent_authentication_failure: msg("Your bank did not confirm that it was you"),
  instrument_declined: msg("Your payment was declined at PayPal"),
  payer_action_required: msg("PayPal asks you once more"),
  payer_cannot_pay: msg("Your payment was declined at PayPal"),
  transaction_refused: msg("Your payment was declined at PayPal"),
};

/** What the gateway's script says of a try, for the payer. Null: its fields say it themselves. */
export function failureOf(error: StripeError, what: PayableKind): Failure | null {
  if (error.type === "validation_error") return null;
  if (error.type === "api_connection_error" || error.type === "api_error") {
    return {
      title: t("The payment provider did not answer"),
      detail: t("You have not been charged. Check your connection and press Pay again."),
    };
  }
  const code = error.decline_code ?? error.code ?? "";
  const title = TITLES[code] ?? TITLES[error.code ?? ""] ?? msg("The payment did not go through");
  return { title: t(title), detail: t((code === "processing_error" ? LATER : OTHER_CARD)[what]) };
}

/** What our server kept of an earlier try: the gateway's own words, which are English. */
export function failureFromServer(
  known: { code: string; message: string },
  what: PayableKind,
): Failure {
  const title = TITLES[known.code] ?? msg("The last try did not go through");
  const german = title.includes("PayPal") || known.code === "processing_error" ? LATER : OTHER_CARD;
  return { title: t(title), detail: language() === "en" ? known.message : t(german[what]) };
}
