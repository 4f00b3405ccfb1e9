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

/** The weightiest reason first, in the order in which payouts are refused. */
export function outlookOf({ balance, account, next, now, zone }: Facts): Outlook {
  const { available, pending, currency } = balance;
  if (available.amount < 0) {
    const owed = formatMoney({ ...available, amount: -available.amount });
    return {
      tone: "warning",
      title: t("You owe {amount}", { amount: owed }),
      words: t("It is set off against what you earn next; until then nothing is paid out."),
    };
  }
  if (account !== undefined) {
    const no = objection(account, currency, now, zone);
    if (no !== null) return { tone: "warning", title: t(NOTHING), words: no };
  }
  if (available.amount === 0) {
    return {
      tone: "info",
      title: t("Nothing is available yet"),
      words:
        pending.amount > 0
          ? t("{amount} is pending. It is paid out after it has become available.", {
              amount: formatMoney(pending),
            })
          : t("What you earn is paid out after it has become available."),
    };
  }
  return {
    tone: "info",
    title: t("Next payout: {day}", { day: nameOfDay(next) }),
    words: t(
      "Up to {amount} as of now. Less than the least amount that we pay out waits for a later payout, and so does a session that a client’s bank disputes.",
      { amount: formatMoney(available) },
    ),
  };
}

function objection(
  account: PayoutAccountItem | null,
  currency: string,
  now: number,
  zone: string,
): string | null {
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
