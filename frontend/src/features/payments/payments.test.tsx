import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import type { PaymentOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, inDays } from "@/test/sessions";

const usd = (amount: number) => ({ amount, currency: "USD" });

const PAID: PaymentOut = {
  id: "pay_1",
  session_id: "ses_1",
  package_id: null,
  gateway: "stripe",
  amount: usd(8_000),
  status: "succeeded",
  failure: null,
  created_at: inDays(-3),
  receipt: {
    number: "pay_1",
    paid_at: inDays(-3),
    amount: usd(8_000),
    refunded: usd(0),
    client: "Cora Client",
    mentor: "Ada Adams",
    session_type: "Interview rehearsal",
    session_starts_at: inDays(2),
  },
  refunds: [],
  breakdown: null,
};
const HALF_BACK: PaymentOut = {
  ...PAID,
  id: "pay_2",
  gateway: "paypal",
  receipt: { ...receiptOf(PAID), number: "pay_2", refunded: usd(4_075) },
  refunds: [
    {
      id: "rfd_1",
      amount: usd(4_075),
      status: "succeeded",
      cause: "client_cancelled",
      created_at: inDays(-1),
    },
  ],
};
const DECLINED: PaymentOut = {
  ...PAID,
  id: "pay_3",
  status: "failed",
  failure: { code: "card_declined", message: "Your bank declined the card." },
  receipt: null,
};

function receiptOf(payment: PaymentOut): NonNullable<PaymentOut["receipt"]> {
  if (payment.receipt === null) throw new Error(`${payment.id} was never paid.`);
  return payment.receipt;
}

function paymentsAre(...pages: PaymentOut[][]): void {
  server.use(
    http.get(`${ORIGIN}/api/payments`, ({ request }) => {
      const place = Number(new URL(request.url).searchParams.get("cursor") ?? 0);
      const next = place + 1 < pages.length ? String(place + 1) : null;
      return HttpResponse.json({ items: pages[place] ?? [], next, prev: null });
    }),
    http.get(`${ORIGIN}/api/payments/:id`, ({ params }) => {
      const found = pages.flat().find(({ id }) => id === params.id);
      return found === undefined ? refusal(404, "not_found") : HttpResponse.json(found);
    }),
  );
}

test("each payment with what it was for, how it stands, and what went back", async () => {
  signedInAs();
  paymentsAre([PAID, HALF_BACK], [DECLINED]);
  const page = visit("/app/payments");

  const [first, second] = await screen.findAllByRole("listitem");
  if (first === undefined || second === undefined) throw new Error("Two payments are listed.");
  const link = within(first).getByRole("link", { name: "Interview rehearsal with Ada Adams" });
  expect(link).toHaveAttribute("href", "/app/payments/pay_1");
  for (const words of ["Paid", "Card", "$80.00 USD"]) {
    expect(within(first).getByText(words)).toBeVisible();
  }
  for (const words of ["Partly refunded", "PayPal", "−$40.75 USD"]) {
    expect(within(second).getByText(words)).toBeVisible();
  }

  await page.user.click(screen.getByRole("button", { name: "Show earlier payments" }));
  expect(await screen.findByText("Did not go through")).toBeVisible();
  expect(screen.queryByRole("button", { name: /earlier/ })).not.toBeInTheDocument();
});

test("a receipt says what, when and how much, and is printed", async () => {
  signedInAs();
  paymentsAre([HALF_BACK]);
  const print = vi.spyOn(window, "print").mockImplementation(() => undefined);
  const page = visit("/app/payments/pay_2");

  expect(await screen.findByRole("heading", { level: 1, name: "Receipt" })).toBeVisible();
  expect(screen.getByText("Interview rehearsal with Ada Adams")).toBeVisible();
  const amounts = screen.getByRole("region", { name: "Amounts" });
  expect(within(amounts).getByText("$80.00 USD")).toBeVisible();
  expect(within(amounts).getByText("−$40.75 USD")).toBeVisible();
  expect(within(amounts).getByText(/^sent back · .* · the client cancelled$/)).toBeVisible();
  expect(within(amounts).getByText("pay_2")).toBeVisible();
  expect(screen.getByText(/^For Cora Client/)).toBeInTheDocument();
  expect(screen.queryByText("Commission")).not.toBeInTheDocument();

  await page.user.click(screen.getByRole("button", { name: "Print the receipt" }));
  expect(print).toHaveBeenCalledOnce();
});

test("a payment that did not go through says why, and has no receipt", async () => {
  signedInAs();
  paymentsAre([DECLINED]);

  visit("/app/payments/pay_3");

  expect(await screen.findByRole("heading", { level: 1, name: "Payment" })).toBeVisible();
  expect(screen.getByText("Nothing was charged. Your bank declined the card.")).toBeVisible();
  expect(screen.queryByRole("button", { name: /Print/ })).not.toBeInTheDocument();
});

test("a payment that is on its way is not said to be nothing, and is looked at again", async () => {
  signedInAs();
  let payment: PaymentOut = { ...PAID, status: "pending", receipt: null };
  server.use(http.get(`${ORIGIN}/api/payments/:id`, () => HttpResponse.json(payment)));

  visit("/app/payments/pay_1");

  expect(await screen.findByText("The payment has not arrived yet.")).toBeVisible();
  expect(screen.queryByText(/Nothing was charged/)).not.toBeInTheDocument();
  payment = PAID;
  const receipt = { level: 1, name: "Receipt" };
  expect(await screen.findByRole("heading", receipt, { timeout: 8_000 })).toBeVisible();
}, 15_000);

test("the session's mentor sees how the price is split", async () => {
  signedInAs(aMentor());
  const breakdown = { gateway_fee: 262, commission: 1_200, mentor_share: 6_538 };
  paymentsAre([{ ...PAID, breakdown }]);

  visit("/app/payments/pay_1");

  expect(await screen.findByText("Your share")).toBeVisible();
  expect(screen.getByText("$65.38 USD")).toBeVisible();
  expect(screen.getByText("Interview rehearsal with Cora Client")).toBeVisible();
  expect(screen.getByText(/^Paid by Cora Client/)).toBeInTheDocument();
});

test.each([
  [undefined, "What you pay for sessions is here, with its receipt."],
  [aMentor(), "What clients pay for your sessions is here."],
])("without payments it says what would be here", async (user, words) => {
  signedInAs(user);
  paymentsAre([]);

  visit("/app/payments");

  expect(await screen.findByText(words)).toBeVisible();
});

test("payments that cannot be read say so; another's is not told from a missing one", async () => {
  signedInAs();
  server.use(http.get(`${ORIGIN}/api/payments`, () => refusal(400, "odd")));
  const list = visit("/app/payments");
  expect(await screen.findByText("Your payments could not be read")).toBeVisible();
  list.unmount();

  paymentsAre([]);
  visit("/app/payments/pay_9");
  expect(await screen.findByText("There is no such payment, or it is not yours")).toBeVisible();
});
