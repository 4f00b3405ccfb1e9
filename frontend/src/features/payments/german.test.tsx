import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PaymentOut } from "@/lib/api-types";
import { speak } from "@/lib/i18n";
import { CLIENT, ORIGIN, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const usd = (amount: number) => ({ amount, currency: "USD" });

const HALF_BACK: PaymentOut = {
  id: "pay_1",
  session_id: null,
  package_id: "pkg_1",
  gateway: "stripe",
  amount: usd(124_075),
  status: "succeeded",
  failure: null,
  created_at: "2025-03-04T17:00:00Z",
  receipt: {
    number: "pay_1",
    paid_at: "2025-03-04T17:05:00Z",
    amount: usd(124_075),
    refunded: usd(4_075),
    client: "Cora Client",
    mentor: "Ada Adams",
    session_type: "Interview rehearsal",
    session_starts_at: "2025-03-10T13:00:00Z",
  },
  refunds: [],
  breakdown: null,
};

beforeEach(() => speak("de"));
afterEach(() => speak("en"));

test("payments in German: what for, how it stands, when, and the amounts", async () => {
  signedInAs({ ...CLIENT, language: "de" });
  server.use(
    http.get(`${ORIGIN}/api/payments`, () =>
      HttpResponse.json({ items: [HALF_BACK], next: null, prev: null }),
    ),
    http.get(`${ORIGIN}/api/payments/pay_1`, () => HttpResponse.json(HALF_BACK)),
  );

  const page = visit("/app/payments");

  const row = within(await screen.findByRole("listitem"));
  expect(screen.getByText("Was Sie bezahlt haben; Uhrzeiten in New York.")).toBeVisible();
  for (const words of [
    "Teilweise erstattet",
    "Karte",
    "Di., 4. März 2025, 12:05 New York",
    "1.240,75 USD",
    "−40,75 USD",
  ]) {
    expect(row.getByText(words)).toBeVisible();
  }

  const link = row.getByRole("link", { name: "Paket: Interview rehearsal mit Ada Adams" });
  await page.user.click(link);

  expect(await screen.findByRole("heading", { level: 1, name: "Beleg" })).toBeVisible();
  expect(screen.getByText("Mo., 10. März 2025, 09:00 New York").parentElement).toHaveTextContent(
    /^Sitzung dazu: Mo\./,
  );
  expect(screen.getByText("Für Cora Client, Counterfoil.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Beleg drucken" })).toBeVisible();
});
