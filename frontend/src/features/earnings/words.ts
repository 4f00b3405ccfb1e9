// What the API's names of money mean, in words for a mentor.

import type { Tone } from "@/components/ui/badge";
import type { EarningLine, PayoutAccountItem, StatementItem } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";

type What = EarningLine["what"];

/** What moved the available money; a sale is called by its session instead. */
export const WHAT_WORDS: Record<What, string> = {
  sale: msg("Session"),
  refund: msg("Refund to a client"),
  refund_came_back: msg("Refund that came back"),
  dispute_lost: msg("Dispute that was lost"),
  dispute_won: msg("Dispute that was won after all"),
  reserve_taken: msg("Kept back as a reserve"),
  reserve_released: msg("Reserve that was let go"),
  debt_written_off: msg("Debt that was written off"),
  debt_recovered: msg("Written-off debt that was set off"),
  package_expired: msg("Package that ran out unused"),
  paid_before: msg("Payout that arrived after all"),
  came_back: msg("Payout that came back"),
  other: msg("Correction"),
};

/** What stands in a table of these goes through `t` where it is shown. */
type Told = { label: string; tone: Tone; words: string };

export const PAYOUT_WORDS: Record<StatementItem["status"], Told> = {
  approved: {
    label: msg("Approved"),
    tone: "info",
    words: msg("We order it next; then it takes a few days to arrive."),
  },
  sent: { label: msg("On its way"), tone: "info", words: msg("It takes a few days to arrive.") },
  paid: { label: msg("Paid"), tone: "success", words: msg("It was paid to your payout account.") },
  cleared: {
    label: msg("Paid"),
    tone: "success",
    words: msg("It was paid to your payout account."),
  },
  failed: {
    label: msg("Failed"),
    tone: "danger",
    words: msg("It was not paid. Its money is available again, and a later payout pays it."),
  },
  returned: {
    label: msg("Came back"),
    tone: "warning",
    words: msg("The money came back to us. Check your payout account; then it is paid again."),
  },
  reassigned: {
    label: msg("Paid again later"),
    tone: "quiet",
    words: msg("The money came back to us and is available again. A later payout pays it."),
  },
};

export type Gateway = "stripe" | "paypal";

export function gatewayName(gateway: string): string {
  return gateway === "paypal" ? "PayPal" : "Stripe";
}

export function accountState({ status, gateway }: PayoutAccountItem): Told {
  const name = gatewayName(gateway);
  switch (status) {
    case "active":
      return {
        label: t("Ready"),
        tone: "success",
        words: t("{name} has what it needs.", { name }),
      };
    case "onboarding":
      return {
        label: t("Not finished"),
        tone: "warning",
        words: t("{name} does not have all your details yet. Payouts wait until it has.", { name }),
      };
    case "restricted":
      return {
        label: t("Details wanted"),
        tone: "danger",
        words: t("{name} asks for more. Payouts wait until it has it.", { name }),
      };
    case "closed":
      return { label: t("Closed"), tone: "quiet", words: t("Nothing is paid there any more.") };
  }
}

// The gateways' own names; where several ask for one thing, it is said once.
const WANTED: readonly (readonly [RegExp, string])[] = [
  [/^external_account/, msg("Your bank account")],
  [/^tos_acceptance/, msg("That you accept its terms")],
  [/(^|\.)verification\./, msg("A document that proves who you are")],
  [/(^|\.)dob\./, msg("Your date of birth")],
  [/(^|\.)address\./, msg("Your address")],
  [/(^|\.)(first_name|last_name)$/, msg("Your name")],
  [/(^|\.)(id_number|ssn_last_4)$/, msg("Your tax or identity number")],
  [/(^|\.)phone$/, msg("Your telephone number")],
  [/^business_profile\./, msg("What you offer, and where")],
  [/^payments_receivable$/, msg("That your PayPal account may receive payments")],
  [/^primary_email_confirmed$/, msg("That you confirm your e-mail address at PayPal")],
  [/^paypal_account$/, msg("That you connect your PayPal account")],
];

// The server keeps so much of the list; the name at its end may be cut off.
const LONGEST = 300;

/** What the gateway still wants, each once; a name that we do not know stays near its own. */
export function wantedOf({ asked_for: asked }: PayoutAccountItem): string[] {
  const names = asked.split(",").map((name) => name.trim());
  const known = asked.length < LONGEST ? names : names.slice(0, -1);
  const words = known.filter((name) => name !== "").map(wordsOf);
  return [
    ...new Set(asked.length < LONGEST ? words : [...words, t("And more, which it shows you")]),
  ];
}

function wordsOf(name: string): string {
  const known = WANTED.find(([names]) => names.test(name));
  return known === undefined ? plain(name) : t(known[1]);
}

function plain(name: string): string {
  const words = name.replaceAll(/[._]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
