// What the API's names of money mean, in words for a mentor.

import type { Tone } from "@/components/ui/badge";
import type { EarningLine, PayoutAccountItem, StatementItem } from "@/lib/api-types";

type What = EarningLine["what"];

/** What moved the available money; a sale is called by its session instead. */
export const WHAT_WORDS: Record<What, string> = {
  sale: "Session",
  refund: "Refund to a client",
  refund_came_back: "Refund that came back",
  dispute_lost: "Dispute that was lost",
  dispute_won: "Dispute that was won after all",
  reserve_taken: "Kept back as a reserve",
  reserve_released: "Reserve that was let go",
  debt_written_off: "Debt that was written off",
  debt_recovered: "Written-off debt that was set off",
  package_expired: "Package that ran out unused",
  paid_before: "Payout that arrived after all",
  came_back: "Payout that came back",
  other: "Correction",
};

type Told = { label: string; tone: Tone; words: string };

export const PAYOUT_WORDS: Record<StatementItem["status"], Told> = {
  approved: {
    label: "Approved",
    tone: "info",
    words: "We order it next; then it takes a few days to arrive.",
  },
  sent: { label: "On its way", tone: "info", words: "It takes a few days to arrive." },
  paid: { label: "Paid", tone: "success", words: "It was paid to your payout account." },
  cleared: { label: "Paid", tone: "success", words: "It was paid to your payout account." },
  failed: {
    label: "Failed",
    tone: "danger",
    words: "It was not paid. Its money is available again, and a later payout pays it.",
  },
  returned: {
    label: "Came back",
    tone: "warning",
    words: "The money came back to us. Check your payout account; then it is paid again.",
  },
  reassigned: {
    label: "Paid again later",
    tone: "quiet",
    words: "The money came back to us and is available again. A later payout pays it.",
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
      return { label: "Ready", tone: "success", words: `${name} has what it needs.` };
    case "onboarding":
      return {
        label: "Not finished",
        tone: "warning",
        words: `${name} does not have all your details yet. Payouts wait until it has.`,
      };
    case "restricted":
      return {
        label: "Details wanted",
        tone: "danger",
        words: `${name} asks for more. Payouts wait until it has it.`,
      };
    case "closed":
      return { label: "Closed", tone: "quiet", words: "Nothing is paid there any more." };
  }
}

// The gateways' own names; where several ask for one thing, it is said once.
const WANTED: readonly (readonly [RegExp, string])[] = [
  [/^external_account/, "Your bank account"],
  [/^tos_acceptance/, "That you accept its terms"],
  [/(^|\.)verification\./, "A document that proves who you are"],
  [/(^|\.)dob\./, "Your date of birth"],
  [/(^|\.)address\./, "Your address"],
  [/(^|\.)(first_name|last_name)$/, "Your name"],
  [/(^|\.)(id_number|ssn_last_4)$/, "Your tax or identity number"],
  [/(^|\.)phone$/, "Your telephone number"],
  [/^business_profile\./, "What you offer, and where"],
  [/^payments_receivable$/, "That your PayPal account may receive payments"],
  [/^primary_email_confirmed$/, "That you confirm your e-mail address at PayPal"],
  [/^paypal_account$/, "That you connect your PayPal account"],
];

// The server keeps so much of the list; the name at its end may be cut off.
const LONGEST = 300;

/** What the gateway still wants, each once; a name that we do not know stays near its own. */
export function wantedOf({ asked_for: asked }: PayoutAccountItem): string[] {
  const names = asked.split(",").map((name) => name.trim());
  const known = asked.length < LONGEST ? names : names.slice(0, -1);
  const words = known.filter((name) => name !== "").map(wordsOf);
  return [...new Set(asked.length < LONGEST ? words : [...words, "And more, which it shows you"])];
}

function wordsOf(name: string): string {
  return WANTED.find(([names]) => names.test(name))?.[1] ?? plain(name);
}

function plain(name: string): string {
  const words = name.replaceAll(/[._]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
