import { expect, test } from "vitest";
import { PAYOUT_WORDS, wantedOf } from "@/features/earnings/words";
import type { PayoutAccountItem } from "@/lib/api-types";

const ACCOUNT: PayoutAccountItem = {
  id: "gpo_1",
  gateway: "stripe",
  status: "restricted",
  currency: "USD",
  asked_for: "",
  usable_from: null,
};

function wanted(asked_for: string): string[] {
  return wantedOf({ ...ACCOUNT, asked_for });
}

test("nothing asked for is nothing wanted", () => {
  expect(wanted("")).toEqual([]);
});

test("several names of one thing are said once, in the order of the first", () => {
  expect(
    wanted("individual.dob.day, individual.dob.month, external_account, individual.dob.year"),
  ).toEqual(["Your date of birth", "Your bank account"]);
});

test.each([
  ["individual.verification.document", "A document that proves who you are"],
  ["individual.first_name", "Your name"],
  ["primary_email_confirmed", "That you confirm your e-mail address at PayPal"],
  ["company.tax_id", "Company tax id"],
])("%s is called: %s", (name, words) => {
  expect(wanted(name)).toEqual([words]);
});

test("of a list that was cut, the name at the cut is left out and more is announced", () => {
  const cut = `external_account, ${"x".repeat(300)}`.slice(0, 300);

  expect(cut).toHaveLength(300);
  expect(wanted(cut)).toEqual(["Your bank account", "And more, which it shows you"]);
  expect(wanted(cut.slice(0, 299))).toHaveLength(2);
  expect(wanted(cut.slice(0, 299))).not.toContain("And more, which it shows you");
});

test("a payout whose money is back says that a later one pays it", () => {
  for (const status of ["failed", "reassigned"] as const) {
    expect(PAYOUT_WORDS[status].words).toContain("available again");
  }
  expect(PAYOUT_WORDS.paid.words).not.toContain("again");
});
