// Why nothing was charged, in words: what happened, and what to do next.

import type { StripeError } from "@stripe/stripe-js";

export type Failure = { title: string; detail: string };

const OTHER_CARD = "Nothing was charged and the time is still yours. Try another card.";

const TITLES: Partial<Record<string, string>> = {
  card_declined: "Your card was declined",
  insufficient_funds: "The card does not have enough money",
  expired_card: "The card has expired",
  incorrect_cvc: "The security code is not right",
  invalid_cvc: "The security code is not right",
  processing_error: "The bank could not work on this just now",
  payment_intent_authentication_failure: "Your bank did not confirm that it was you",
  instrument_declined: "Your payment was declined at PayPal",
  payer_action_required: "PayPal asks you once more",
  payer_cannot_pay: "Your payment was declined at PayPal",
  transaction_refused: "Your payment was declined at PayPal",
};

/** What the gateway's script says of a try, for the payer. Null: its fields say it themselves. */
export function failureOf(error: StripeError): Failure | null {
  if (error.type === "validation_error") return null;
  if (error.type === "api_connection_error" || error.type === "api_error") {
    return {
      title: "The payment provider did not answer",
      detail: "You have not been charged. Check your connection and press Pay again.",
    };
  }
  const code = error.decline_code ?? error.code ?? "";
  const title = TITLES[code] ?? TITLES[error.code ?? ""] ?? "The payment did not go through";
  return { title, detail: code === "processing_error" ? retry : OTHER_CARD };
}

const retry = "Nothing was charged and the time is still yours. Try again in a minute.";

/** What our server kept of an earlier try. */
export function failureFromServer(known: { code: string; message: string }): Failure {
  return { title: TITLES[known.code] ?? "The last try did not go through", detail: known.message };
}
