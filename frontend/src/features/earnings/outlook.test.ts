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
  paid: usd(0),
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
  expect(words).toContain("Up to $81.80 USD as of now.");
  expect(words).toContain("Less than the least amount that we pay out waits");
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
  expect(outlookOf({ ...FACTS, account })).toEqual({
    tone: "warning",
    title: "Nothing is paid out for now",
    words,
  });
});

test("a changed account is paid once its days are over", () => {
  const account = { ...ACCOUNT, usable_from: "2030-12-20T11:59:59Z" };

  expect(outlookOf({ ...FACTS, account }).title).toMatch(/^Next payout/);
});

test("who owes is told so before all else", () => {
  const balance = { ...BALANCE, available: usd(-2_726) };

  const { title, words } = outlookOf({ ...FACTS, balance, account: null });

  expect(title).toBe("You owe $27.26 USD");
  expect(words).toContain("set off against what you earn next");
});

test("of nothing available, what is pending is said", () => {
  const nothing = { ...BALANCE, available: usd(0) };

  expect(outlookOf({ ...FACTS, balance: { ...nothing, pending: usd(6_538) } }).words).toMatch(
    /^\$65\.38 USD is pending\./,
  );
  expect(outlookOf({ ...FACTS, balance: nothing }).words).not.toContain("$");
});

test("as long as the account is not known, nothing is said of it", () => {
  expect(outlookOf({ ...FACTS, account: undefined }).title).toMatch(/^Next payout/);
});
