// What the next payout brings of one currency, or why it brings nothing.

import { gatewayName } from "@/features/earnings/words";
import type { CurrencyEarnings, PayoutAccountItem } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { formatInstant, nameOfDay } from "@/lib/time";

export type Outlook = { tone: "info" | "warning"; title: string; words: string };

export type Facts = {
  balance: CurrencyEarnings;
  /** Null where there is none; undefined as long as that is not known. */
  account: PayoutAccountItem | null | undefined;
  /** The calendar day of the next payout. */
  next: string;
  now: number;
  zone: string;
};

const NOTHING = msg("Nothing is paid out for now");

/** As the next payout run would do it: the API has asked its rules. */
export function outlookOf(facts: Facts): Outlook {
  const { disputed } = facts.balance.next_payout;
  const found = withoutDisputes(facts);
  if (disputed.amount <= 0) return found;
  const waits = t("{amount} waits for the decision of a client’s bank.", {
    amount: formatMoney(disputed),
  });
  return { ...found, words: `${found.words} ${waits}`.trim() };
}

function withoutDisputes({ balance, account, next, now, zone }: Facts): Outlook {
  const { amount, least, objection } = balance.next_payout;
  switch (objection) {
    case "negative":
      return {
        tone: "warning",
        title: t("You owe {amount}", {
          amount: formatMoney({ ...amount, amount: -amount.amount }),
        }),
        words: t("It is set off against what you earn next; until then nothing is paid out."),
      };
    case "on_hold":
      return refused(
        t("We keep your money back for now. Write to us if you do not know why; it stays yours."),
      );
    case "refund_failed":
      return refused(
        t("A refund to a client of yours failed. We pay you as soon as the client has it."),
      );
    case "below_minimum":
      return {
        tone: "info",
        title: t("Too little for a payout so far"),
        words: t("You have {amount}. It is paid out once it is {least}.", {
          amount: formatMoney(amount),
          least: formatMoney(least ?? amount),
        }),
      };
    case "no_account":
    case "cool_off":
      return refused(
        whyNot(account, balance.currency, now, zone) ??
          t("Your payout account cannot be paid yet. See below what it wants."),
      );
    case null:
      return paid({ balance, account, next, now, zone });
  }
}

function refused(words: string): Outlook {
  return { tone: "warning", title: t(NOTHING), words };
}

function paid({ balance, account, next, now, zone }: Facts): Outlook {
  const { amount, least } = balance.next_payout;
  if (amount.amount > 0 && least === null) {
    return refused(t("Payouts in {currency} are not set up yet.", { currency: balance.currency }));
  }
  if (amount.amount > 0) {
    return {
      tone: "info",
      title: t("Next payout: {day}", { day: nameOfDay(next) }),
      words: t("{amount} as of now.", { amount: formatMoney(amount) }),
    };
  }
  const no = whyNot(account, balance.currency, now, zone);
  if (no !== null) return refused(no);
  return {
    tone: "info",
    title: t("Nothing is available yet"),
    words: balance.next_payout.disputed.amount > 0 ? "" : toCome(balance),
  };
}

function toCome({ pending }: CurrencyEarnings): string {
  if (pending.amount === 0) return t("What you earn is paid out after it has become available.");
  return t("{amount} is pending. It is paid out after it has become available.", {
    amount: formatMoney(pending),
  });
}

/** What is wrong with the account; null where that is nothing, or not known. */
function whyNot(
  account: PayoutAccountItem | null | undefined,
  currency: string,
  now: number,
  zone: string,
): string | null {
  if (account === undefined) return null;
  if (account === null) return t("You have no payout account. Open one below.");
  const name = gatewayName(account.gateway);
  if (account.status === "onboarding") {
    return t("Your payout account is not finished. Give {name} the details that are missing.", {
      name,
    });
  }
  if (account.status === "restricted") {
    return t("{name} asks for more before it pays you. See below what it wants.", { name });
  }
  if (account.status === "closed")
    return t("Your payout account is closed. Open another one below.");
  if (account.currency !== currency) {
    return t("Your payout account takes {taken} only, so {currency} waits.", {
      taken: account.currency,
      currency,
    });
  }
  if (account.usable_from !== null && Date.parse(account.usable_from) > now) {
    const from = formatInstant(account.usable_from, zone);
    return t("You changed your payout account. For your safety it is paid from {time} on.", {
      time: from,
    });
  }
  return null;
}
