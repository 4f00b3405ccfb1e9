import { expect, test } from "vitest";
import { type Facts, outlookOf } from "@/features/earnings/outlook";
import type { CurrencyEarnings, PayoutAccountItem } from "@/lib/api-types";

const usd = (amount: number) => ({ amount, currency: "USD" });

const BALANCE: CurrencyEarnings = {
  currency: "USD",
  pending: usd(0),
  available: usd(8_180),
  reserve: usd(0),
  on_its_way: usd(0),
  came_back: usd(0),
  paid: usd(0),
  next_payout: { amount: usd(8_180), disputed: usd(0), least: usd(1_000), objection: null },
};
const ACCOUNT: PayoutAccountItem = {
  id: "gpo_1",
  gateway: "stripe",
  status: "active",
  currency: "USD",
  asked_for: "",
  usable_from: null,
};
const FACTS: Facts = {
  balance: BALANCE,
  account: ACCOUNT,
  next: "2031-01-01",
  now: Date.parse("2030-12-20T12:00:00Z"),
  zone: "Europe/London",
};

test("with nothing in the way, the next payout's day and what it brings at most", () => {
  const { tone, title, words } = outlookOf(FACTS);

  expect(tone).toBe("info");
  expect(title).toBe("Next payout: Wednesday 1 January 2031");
  expect(words).toBe("$81.80 USD as of now.");
});

const told = (next: Partial<CurrencyEarnings["next_payout"]>): CurrencyEarnings => ({
  ...BALANCE,
  next_payout: { ...BALANCE.next_payout, ...next },
});

test("what a client's bank holds waits besides, or alone", () => {
  const some = outlookOf({ ...FACTS, balance: told({ disputed: usd(4_074) }) });
  expect(some.words).toBe(
    "$81.80 USD as of now. $40.74 USD waits for the decision of a client’s bank.",
  );
  const all = outlookOf({ ...FACTS, balance: told({ amount: usd(0), disputed: usd(4_074) }) });
  expect(all.title).toBe("Nothing is available yet");
  expect(all.words).toBe("$40.74 USD waits for the decision of a client’s bank.");
});

test("less than the least amount waits, and both amounts are said", () => {
  const balance = told({ amount: usd(791), objection: "below_minimum" });

  expect(outlookOf({ ...FACTS, balance })).toEqual({
    tone: "info",
    title: "Too little for a payout so far",
    words: "You have $7.91 USD. It is paid out once it is $10.00 USD.",
  });
});

test("where nobody has said what is paid at the least, no payout is promised", () => {
  const found = outlookOf({ ...FACTS, balance: told({ least: null }) });

  expect(found.title).toBe("Nothing is paid out for now");
  expect(found.words).toBe("Payouts in USD are not set up yet.");
});

test.each([
  ["on_hold", /^We keep your money back for now\./],
  ["refund_failed", /^A refund to a client of yours failed\./],
] as const)("%s keeps it, whatever the account is like", (objection, words) => {
  const found = outlookOf({ ...FACTS, balance: told({ objection }), account: null });

  expect(found.title).toBe("Nothing is paid out for now");
  expect(found.words).toMatch(words);
});

test.each<[string, PayoutAccountItem | null, string]>([
  ["no account", null, "You have no payout account. Open one below."],
  [
    "a form that is not finished",
    { ...ACCOUNT, status: "onboarding" },
    "Your payout account is not finished. Give Stripe the details that are missing.",
  ],
  [
    "a gateway that asks again",
    { ...ACCOUNT, gateway: "paypal", status: "restricted" },
    "PayPal asks for more before it pays you. See below what it wants.",
  ],
  [
    "an account in another currency",
    { ...ACCOUNT, currency: "EUR" },
    "Your payout account takes EUR only, so USD waits.",
  ],
  [
    "an account that was changed",
    { ...ACCOUNT, usable_from: "2030-12-23T09:00:00Z" },
    "You changed your payout account. For your safety it is paid from Mon 23 Dec 2030, 09:00 London on.",
  ],
])("%s is why nothing is paid", (_, account, words) => {
  const why = { tone: "warning", title: "Nothing is paid out for now", words };
  const balance = told({ objection: account?.usable_from ? "cool_off" : "no_account" });
  expect(outlookOf({ ...FACTS, balance, account })).toEqual(why);
  expect(outlookOf({ ...FACTS, balance: told({ amount: usd(0) }), account })).toEqual(why);
});

test("a changed account is paid once its days are over", () => {
  const account = { ...ACCOUNT, usable_from: "2030-12-20T11:59:59Z" };

  expect(outlookOf({ ...FACTS, account }).title).toMatch(/^Next payout/);
});

test("who owes is told so before all else", () => {
  const balance = told({ amount: usd(-2_726), objection: "negative" });

  const { title, words } = outlookOf({ ...FACTS, balance, account: null });

  expect(title).toBe("You owe $27.26 USD");
  expect(words).toContain("set off against what you earn next");
});

test("of nothing available, what is pending is said", () => {
  const nothing = told({ amount: usd(0) });

  expect(outlookOf({ ...FACTS, balance: { ...nothing, pending: usd(6_538) } }).words).toMatch(
    /^\$65\.38 USD is pending\./,
  );
  expect(outlookOf({ ...FACTS, balance: nothing }).words).not.toContain("$");
});

test("as long as the account is not known, nothing is said of it", () => {
  expect(outlookOf({ ...FACTS, account: undefined }).title).toMatch(/^Next payout/);
  const balance = told({ objection: "no_account" });
  expect(outlookOf({ ...FACTS, balance, account: undefined }).words).toBe(
    "Your payout account cannot be paid yet. See below what it wants.",
  );
});
