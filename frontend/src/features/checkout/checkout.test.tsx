import type { Stripe } from "@stripe/stripe-js";
import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { fakeGateway, type FakeGateway } from "@/test/gateway";
import { server } from "@/test/server";
import { AMOUNTS, aSession, inDays, inMinutes, PAID, PAYMENT, sessionIs } from "@/test/sessions";

const { loadStripe } = vi.hoisted(() => ({ loadStripe: vi.fn<() => Promise<Stripe>>() }));
vi.mock("@stripe/stripe-js/pure", () => ({ loadStripe }));

const PAY = "/app/sessions/ses_1/pay";
let gateway: FakeGateway;
let intents: string[];

beforeEach(() => {
  gateway = fakeGateway();
  intents = [];
  loadStripe.mockReset().mockResolvedValue(gateway.stripe);
  sessionStorage.setItem("counterfoil.checkout-document", location.pathname);
  signedInAs();
  server.use(
    http.post(`${ORIGIN}/api/payments/create-intent`, ({ request }) => {
      intents.push(request.headers.get("Idempotency-Key") ?? "none");
      return HttpResponse.json(
        {
          payment_id: "pay_1",
          gateway: "stripe",
          ...AMOUNTS,
          client_secret: "pi_1_secret_x",
          publishable_key: "pk_test_1",
        },
        { status: 201 },
      );
    }),
  );
});

function confirms(status: number, answer: () => object): void {
  server.use(
    http.post(`${ORIGIN}/api/payments/confirm`, () => HttpResponse.json(answer(), { status })),
  );
}

const payButton = () => screen.findByRole("button", { name: "Pay $80.00" });

async function pressPay(user: ReturnType<typeof visit>["user"]): Promise<void> {
  const button = await payButton();
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
}

test("a card that is taken leads to the ticket, and back does not lead to the form", async () => {
  let session = aSession();
  sessionIs(() => session);
  confirms(200, () => {
    session = aSession(PAID);
    return {
      payment: { id: "pay_1", status: "succeeded", failure: null },
      session: { id: "ses_1", status: "confirmed" },
      refunds: [],
    };
  });
  const page = visit(PAY);

  await pressPay(page.user);

  expect(await screen.findByRole("heading", { name: "You are booked" })).toBeVisible();
  expect(page.address()).toBe("/app/sessions/ses_1/done");
  expect(screen.getByText("Paid", { selector: ".stamp" })).toBeInTheDocument();
  expect(intents).toHaveLength(1);
  expect(intents[0]).toMatch(/^[0-9a-f-]{36}$/);
});

test("the order names the session, its time in both zones, its price and its terms", async () => {
  sessionIs(() => aSession({ starts_at: "2031-01-14T18:00:00Z" }));

  visit(PAY);

  expect(await screen.findByText("Interview rehearsal")).toBeInTheDocument();
  expect(screen.getByText("Tue 14 Jan 2031, 18:00 – 19:00 London, 13:00 yours")).toBeVisible();
  expect(screen.getByText("$80.00 USD")).toBeVisible();
  expect(screen.getByText("Cancel free until Mon 13 Jan 2031, 13:00 New York.")).toBeVisible();
  expect(screen.getByRole("timer")).toHaveTextContent(/^1[34]:\d\d$/);
});

test("a declined card says why, keeps the form, and another card pays the same time", async () => {
  sessionIs(() => aSession());
  gateway.willAnswer({
    error: { type: "card_error", code: "card_declined", decline_code: "insufficient_funds" },
  });
  const page = visit(PAY);

  await pressPay(page.user);

  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The card does not have enough money");
  expect(alert).toHaveTextContent("Nothing was charged and the time is still yours");
  expect(await payButton()).toBeEnabled();

  gateway.willAnswer({ paymentIntent: { status: "succeeded" } });
  sessionIs(() => aSession(PAID));
  confirms(200, () => ({
    payment: { id: "pay_1", status: "succeeded", failure: null },
    session: { id: "ses_1", status: "confirmed" },
    refunds: [],
  }));
  await page.user.click(await payButton());

  expect(await screen.findByText("You are booked")).toBeInTheDocument();
  expect(gateway.confirmPayment).toHaveBeenCalledTimes(2);
  expect(intents).toHaveLength(1);
});

test("what the fields say themselves is not said twice", async () => {
  sessionIs(() => aSession());
  gateway.willAnswer({ error: { type: "validation_error", code: "incomplete_number" } });
  const page = visit(PAY);

  await pressPay(page.user);

  await waitFor(() => expect(gateway.confirmPayment).toHaveBeenCalledTimes(1));
  expect(await payButton()).toBeEnabled();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("a try that failed before a reload is still told", async () => {
  const failure = { code: "expired_card", message: "The card has expired. Try another card." };
  sessionIs(() => aSession({ payment: { ...PAYMENT, failure } }));

  visit(PAY);

  expect(await screen.findByRole("alert")).toHaveTextContent("Try another card.");
  expect(await payButton()).toBeEnabled();
});

test("an undecided payment is waited for, without a second charge", async () => {
  let looks = 0;
  let session = aSession();
  sessionIs(() => session);
  server.use(
    http.post(`${ORIGIN}/api/payments/confirm`, () => {
      looks += 1;
      if (looks > 2) session = aSession(PAID);
      const paid = looks > 2;
      return HttpResponse.json(
        {
          payment: { id: "pay_1", status: paid ? "succeeded" : "pending", failure: null },
          session: { id: "ses_1", status: paid ? "confirmed" : "pending" },
          refunds: [],
        },
        { status: paid ? 200 : 202 },
      );
    }),
  );
  gateway.willAnswer({ paymentIntent: { status: "processing" } });
  const page = visit(PAY);

  await pressPay(page.user);

  expect(await screen.findByText("Confirming your payment")).toBeInTheDocument();
  expect(await screen.findByText("You are booked")).toBeInTheDocument();
  expect(looks).toBe(3);
  expect(gateway.confirmPayment).toHaveBeenCalledTimes(1);
});

test("a reload in the middle of a payment asks for no card again", async () => {
  let session = aSession({ payment: PAYMENT });
  sessionIs(() => session);
  gateway.status = "processing";
  confirms(200, () => {
    session = aSession(PAID);
    return {
      payment: { id: "pay_1", status: "succeeded", failure: null },
      session: { id: "ses_1", status: "confirmed" },
      refunds: [],
    };
  });

  visit(PAY);

  expect(await screen.findByText("You are booked")).toBeInTheDocument();
  expect(gateway.confirmPayment).not.toHaveBeenCalled();
});

test("back from the bank's page with a no, the next card is one press away", async () => {
  sessionIs(() => aSession({ payment: PAYMENT }));
  const failure = { code: "payment_intent_authentication_failure", message: "Your bank said no." };
  confirms(202, () => ({
    payment: { id: "pay_1", status: "pending", failure },
    session: { id: "ses_1", status: "pending" },
    refunds: [],
  }));
  const page = visit(`${PAY}?payment_intent=pi_1&redirect_status=failed`);

  await page.user.click(await screen.findByRole("button", { name: "Pay another way" }));

  expect(await payButton()).toBeInTheDocument();
});

test("the gateway's script that does not come is said, with a way to try again", async () => {
  sessionIs(() => aSession());
  loadStripe.mockRejectedValue(new Error("Failed to load Stripe.js"));

  visit(PAY);

  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The payment form could not be loaded");
  expect(alert).toHaveTextContent("Nothing was charged");
  expect(screen.getByRole("button", { name: "Try again" })).toBeEnabled();
  expect(screen.queryByRole("button", { name: /^Pay/ })).not.toBeInTheDocument();
});

test("a gateway that does not answer our server is said, and asked again", async () => {
  sessionIs(() => aSession());
  let down = true;
  server.use(
    http.post(`${ORIGIN}/api/payments/create-intent`, () => {
      if (!down) return undefined;
      return refusal(409, "price_too_low");
    }),
  );
  const page = visit(PAY);

  expect(await screen.findByText("The payment could not be begun")).toBeInTheDocument();
  down = false;
  await page.user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await payButton()).toBeInTheDocument();
});

function slotsAre(...starts: string[]): void {
  server.use(
    http.get(`${ORIGIN}/api/mentors/ada/slots`, () =>
      HttpResponse.json({
        time_zone: "Europe/London",
        items: starts.map((at) => ({ starts_at: at, ends_at: at, token: `slot ${at}` })),
      }),
    ),
  );
}

test("a hold that is over was not charged and offers the nearest times", async () => {
  const starts = inDays(5);
  let session = aSession({ status: "expired", expires_at: null, starts_at: starts });
  sessionIs(() => session);
  slotsAre(inDays(1), inDays(4), starts, inDays(6), inDays(12));
  const bodies: unknown[] = [];
  server.use(
    http.post(`${ORIGIN}/api/sessions`, async ({ request }) => {
      bodies.push(await request.json());
      session = aSession({ id: "ses_2", starts_at: starts });
      return HttpResponse.json(session, { status: 201 });
    }),
  );
  const page = visit(PAY);

  expect(await screen.findByRole("heading", { name: "The hold has ended" })).toBeVisible();
  expect(screen.getByText("You were not charged")).toBeVisible();
  expect(await screen.findAllByRole("button", { name: /^Hold / })).toHaveLength(3);
  await page.user.click(screen.getByText("Hold it again"));

  await waitFor(() => expect(page.address()).toBe("/app/sessions/ses_2/pay"));
  expect(bodies).toEqual([{ slot_token: `slot ${starts}`, goals: "Get the job" }]);
});

test("a hold that ends while the page is open takes the form away", async () => {
  let session = aSession({ expires_at: new Date(Date.now() + 1_500).toISOString() });
  sessionIs(() => session);
  slotsAre();
  visit(PAY);
  expect(await payButton()).toBeInTheDocument();
  session = aSession({ status: "expired", expires_at: null });

  expect(await screen.findByText("The hold has ended")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Pay/ })).not.toBeInTheDocument();
});

test("money that came too late goes back, and the page says so", async () => {
  const late = { ...PAYMENT, status: "succeeded" as const, paid_at: inMinutes(0), late: true };
  sessionIs(() => aSession({ status: "expired", expires_at: null, payment: late }));
  slotsAre(inDays(6));

  visit(PAY);

  expect(await screen.findByRole("heading", { name: "Your payment came too late" })).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent("$80.00 USD goes back");
  expect(await screen.findAllByRole("button", { name: /^Hold / })).toHaveLength(1);
});

test("money that came late and found the time free leads to the session that took it", async () => {
  server.use(
    http.get(`${ORIGIN}/api/sessions/ses_1`, () =>
      HttpResponse.json(aSession({ status: "expired", expires_at: null, replaced_by: "ses_9" })),
    ),
    http.get(`${ORIGIN}/api/sessions/ses_9`, () =>
      HttpResponse.json(aSession({ ...PAID, id: "ses_9" })),
    ),
  );

  const page = visit(PAY);

  expect(await screen.findByText("You are booked")).toBeInTheDocument();
  expect(page.address()).toBe("/app/sessions/ses_9/done");
});

test("a paid session's checkout leads to its ticket, a cancelled one's says so", async () => {
  sessionIs(() => aSession(PAID));
  const page = visit(PAY);
  expect(await screen.findByText("You are booked")).toBeInTheDocument();
  page.unmount();

  sessionIs(() => aSession({ status: "cancelled", expires_at: null, cancelled_at: inMinutes(0) }));
  slotsAre();
  visit(PAY);
  expect(await screen.findByText("This booking is cancelled")).toBeInTheDocument();
  expect(screen.getByText("You were not charged")).toBeVisible();
});

test("another's session and a missing one are told alike", async () => {
  server.use(http.get(`${ORIGIN}/api/sessions/:id`, () => refusal(404, "not_found")));

  visit(PAY);

  expect(await screen.findByText("The detail of not_found.")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "To my sessions" })).toBeInTheDocument();
});

test("the mentor of a session is led to its page", async () => {
  const mentor = { slug: "ada", status: "live" } as unknown as NonNullable<typeof CLIENT.mentor>;
  signedInAs({ ...CLIENT, role: "mentor", mentor });
  sessionIs(() => aSession());

  const page = visit(PAY);

  await waitFor(() => expect(page.address()).toBe("/app/sessions/ses_1"));
});
