import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import type {
  AnalyticsOut,
  CurrencyEarnings,
  EarningLine,
  EarningsOut,
  SumsOut,
} from "@/lib/api-types";
import { speak } from "@/lib/i18n";
import { ORIGIN, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor } from "@/test/sessions";

const ME = `${ORIGIN}/api/mentors/me`;
const usd = (amount: number) => ({ amount, currency: "USD" });

const SALE: EarningLine = {
  at: "2025-11-04T23:30:00Z",
  what: "sale",
  session_id: "ses_1",
  amount: usd(8_180),
  sale: {
    session_id: "ses_1",
    title: "Interview rehearsal",
    price: usd(10_000),
    gateway_fee: usd(320),
    commission: usd(1_500),
    went_back: usd(0),
  },
};
const BALANCE: CurrencyEarnings = {
  currency: "USD",
  pending: usd(6_538),
  available: usd(123_456),
  reserve: usd(0),
  on_its_way: usd(0),
  came_back: usd(0),
  paid: usd(0),
  next_payout: {
    amount: usd(123_456),
    disputed: usd(0),
    least: usd(1_000),
    objection: "no_account",
  },
};
const EARNINGS: EarningsOut = {
  earnings: [BALANCE],
  next_payout_on: "2031-01-01",
  lines: [SALE, { ...SALE, what: "reserve_taken", session_id: null, sale: null }],
  next: null,
  prev: null,
};
const SUMS: SumsOut = {
  currency: "USD",
  sales: 1,
  price: usd(10_000),
  gateway_fee: usd(320),
  commission: usd(1_500),
  went_back: usd(0),
  earned: usd(8_180),
  others: [],
  net: usd(8_180),
  paid_out: usd(0),
};
const ANALYTICS: AnalyticsOut = {
  time_zone: "Europe/Berlin",
  since: "2025-10",
  until: "2025-11",
  months: [{ month: "2025-11", currencies: [SUMS] }],
  totals: [SUMS],
  session_types: [],
};

beforeEach(async () => {
  await speak("de");
  signedInAs({ ...aMentor(), language: "de", time_zone: "Europe/Berlin" });
  server.use(
    http.get(`${ME}/earnings`, () => HttpResponse.json(EARNINGS)),
    http.get(`${ME}/earnings/analytics`, () => HttpResponse.json(ANALYTICS)),
    http.get(`${ME}/payout-account`, () =>
      HttpResponse.json({ account: null }, { headers: { ETag: '"a1"' } }),
    ),
  );
});

afterEach(() => speak("en"));

test("the earnings speak German, with its amounts, days and countries", async () => {
  const { user } = visit("/app/earnings");

  const balance = await screen.findByRole("region", { name: "Kontostand in USD" });
  expect(within(balance).getByText("1.234,56 USD")).toBeVisible();
  expect(
    within(balance).getByText(
      "Klienten haben es bezahlt. Es wird einige Tage nach der Sitzung verfügbar.",
    ),
  ).toBeVisible();
  expect(
    await within(balance).findByText("Sie haben kein Auszahlungskonto. Eröffnen Sie unten eines."),
  ).toBeVisible();

  const account = screen.getByRole("region", { name: "Auszahlungskonto" });
  const country = within(account).getByRole("combobox", { name: "Land" });
  await user.selectOptions(country, "Deutschland");
  expect(country).toHaveValue("DE");
  const countries = within(country)
    .getAllByRole("option")
    .map((option) => option.textContent);
  expect(countries.indexOf("Österreich")).toBeLessThan(countries.indexOf("Polen"));

  const moved = screen.getByRole("region", { name: "Was Ihr verfügbares Geld bewegt hat" });
  const row = within(moved).getByRole("row", { name: /Interview rehearsal/ });
  expect(row).toHaveTextContent(
    "Mi., 5. Nov. 2025, 00:30 Berlin100,00 USD Preis − 3,20 USD Zahlungsgebühr − 15,00 USD Provision81,80 USD",
  );
  expect(within(moved).getByText("Als Rücklage einbehalten")).toBeVisible();
});

test("the next payout has its German day, and what waits is said", async () => {
  const next_payout = { ...BALANCE.next_payout, disputed: usd(2_000), objection: null };
  server.use(
    http.get(`${ME}/earnings`, () =>
      HttpResponse.json({ ...EARNINGS, earnings: [{ ...BALANCE, next_payout }] }),
    ),
  );
  visit("/app/earnings");

  expect(await screen.findByText("Nächste Auszahlung: Mittwoch, 1. Januar 2031")).toBeVisible();
  expect(
    screen.getByText(
      "1.234,56 USD nach heutigem Stand. 20,00 USD warten auf die Entscheidung der Bank eines Klienten.",
    ),
  ).toBeVisible();
});

test("a month's plot is told in a German sentence, and its sum counts its sessions", async () => {
  visit("/app/earnings");

  expect(
    await screen.findByRole("img", {
      name: "Verdient in USD nach Monat, November 2025 bis November 2025. Am meisten im November 2025: 81,80 USD.",
    }),
  ).toBeVisible();
  expect(screen.getByText("Preis von 1 Sitzung")).toBeVisible();
});
