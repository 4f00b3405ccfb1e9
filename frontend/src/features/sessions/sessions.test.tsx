import { onlineManager } from "@tanstack/react-query";
import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import type { PaymentOut, SessionOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, aSession, inDays, inMinutes, PAID, PAYMENT, sessionIs } from "@/test/sessions";

const SESSION = "/app/sessions/ses_1";
const usd = (amount: number) => ({ amount, currency: "USD" });

const PAYMENT_OUT: PaymentOut = {
  id: "pay_1",
  session_id: "ses_1",
  package_id: null,
  gateway: "stripe",
  amount: usd(8_000),
  status: "succeeded",
  failure: null,
  created_at: inMinutes(-1),
  receipt: {
    number: "pay_1",
    paid_at: inMinutes(0),
    amount: usd(8_000),
    refunded: usd(0),
    client: "Cora Client",
    mentor: "Ada Adams",
    session_type: "Interview rehearsal",
    session_starts_at: inDays(5),
  },
  refunds: [],
  breakdown: null,
};

beforeEach(() => {
  signedInAs();
  server.use(
    http.get(`${ORIGIN}/api/payments/pay_1`, () => HttpResponse.json(PAYMENT_OUT)),
    http.get(`${ORIGIN}/api/sessions/ses_1/cancellation-quote`, () =>
      HttpResponse.json({
        refund: usd(4_075),
        credit: usd(0),
        prepaid: usd(0),
        keeps: usd(3_925),
        changes_at: "2031-01-14T18:00:00Z",
        policy: aSession().policy,
      }),
    ),
  );
});

function listIs(...pages: SessionOut[][]): URL[] {
  const asked: URL[] = [];
  server.use(
    http.get(`${ORIGIN}/api/sessions`, ({ request }) => {
      const url = new URL(request.url);
      asked.push(url);
      const place = Number(url.searchParams.get("cursor") ?? "0");
      const next = place + 1 < pages.length ? String(place + 1) : null;
      return HttpResponse.json({ items: pages[place], next, prev: null });
    }),
  );
  return asked;
}

test("upcoming sessions lead to their page, a held one to its payment", async () => {
  listIs([aSession({ ...PAID, id: "ses_1" }), aSession({ id: "ses_2" })]);

  visit("/app/sessions");

  const rows = await screen.findAllByRole("article");
  const [first, second] = rows as [HTMLElement, HTMLElement];
  expect(within(first).getByRole("link")).toHaveAttribute("href", "/app/sessions/ses_1");
  expect(within(first).getByText("Confirmed")).toBeVisible();
  expect(within(second).getByRole("link")).toHaveAttribute("href", "/app/sessions/ses_2/pay");
  expect(within(second).getByText("Held, not paid")).toBeVisible();
  expect(within(second).getByText(/^Pay by \d\d:\d\d$/)).toBeVisible();
});

test("the tab lies in the address and asks for the other sessions", async () => {
  const asked = listIs([]);
  const page = visit("/app/sessions");
  expect(await screen.findByText("Nothing is booked")).toBeInTheDocument();

  await page.user.click(screen.getByRole("tab", { name: "Past" }));

  expect(await screen.findByText("No past sessions yet")).toBeInTheDocument();
  expect(page.address()).toBe("/app/sessions?when=past");
  expect(asked.map((url) => url.searchParams.get("when"))).toEqual(["upcoming", "past"]);
});

test("more sessions are shown when they are asked for, and then no more are offered", async () => {
  listIs([aSession({ ...PAID, id: "ses_1" })], [aSession({ ...PAID, id: "ses_2" })]);
  const page = visit("/app/sessions?when=past");

  await page.user.click(await screen.findByRole("button", { name: "Show more sessions" }));

  await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(2));
  expect(screen.queryByRole("button", { name: "Show more sessions" })).not.toBeInTheDocument();
});

test("a list that cannot be read says so and is read again", async () => {
  server.use(http.get(`${ORIGIN}/api/sessions`, () => refusal(400, "bad_cursor")));
  const page = visit("/app/sessions");
  const again = await screen.findByRole("button", { name: "Try again" });
  listIs([aSession(PAID)]);

  await page.user.click(again);

  expect(await screen.findByRole("article")).toBeVisible();
});

test("a mentor sees the client's name, and is not asked to pay", async () => {
  signedInAs(aMentor());
  listIs([aSession()]);

  visit("/app/sessions");

  const row = await screen.findByRole("article");
  expect(within(row).getByText("with Cora Client")).toBeInTheDocument();
  expect(within(row).getByRole("link")).toHaveAttribute("href", SESSION);
  expect(within(row).queryByText(/^Pay by/)).not.toBeInTheDocument();
});

test("a session's page tells state, money, goals and history", async () => {
  sessionIs(() => aSession(PAID));

  visit(SESSION);

  expect(await screen.findByRole("heading", { name: "Session with Ada Adams" })).toBeVisible();
  // The state, and in the history.
  await waitFor(() => expect(screen.getAllByText("Confirmed")).toHaveLength(2));
  expect(screen.getByText("Get the job")).toBeVisible();
  const money = await screen.findByRole("region", { name: "Money" });
  await waitFor(() => expect(within(money).getByText("$80.00 USD")).toBeVisible());
  const history = screen.getByRole("region", { name: "History" });
  const told = within(history).getAllByRole("listitem");
  expect(told.map((item) => item.firstChild?.textContent)).toEqual([
    "Time held",
    "Paid",
    "Confirmed",
  ]);
});

test("without a connection the history does not wait for the money", async () => {
  sessionIs(() => {
    onlineManager.setOnline(false);
    return aSession(PAID);
  });

  try {
    visit(SESSION);

    expect(await screen.findByRole("region", { name: "History" })).toBeVisible();
  } finally {
    onlineManager.setOnline(true);
  }
});

test("cancelling tells the exact refund first, and then shows it", async () => {
  let session = aSession(PAID);
  const bodies: unknown[] = [];
  sessionIs(() => session);
  server.use(
    http.post(`${ORIGIN}/api/sessions/ses_1/cancel`, async ({ request }) => {
      bodies.push([request.headers.has("Idempotency-Key"), await request.json()]);
      session = aSession({
        ...PAID,
        status: "cancelled",
        cancelled_at: inMinutes(0),
        cancelled_by: "client",
        cancel_reason: "I am ill",
      });
      return HttpResponse.json({ ...session, refund: null });
    }),
  );
  const page = visit(SESSION);

  await page.user.click(await screen.findByRole("button", { name: "Cancel the session" }));
  const dialog = await screen.findByRole("dialog", { name: "Cancel this session?" });
  expect(await within(dialog).findByText("You get $40.75 USD back")).toBeVisible();
  expect(dialog).toHaveTextContent("This holds until Tue 14 Jan 2031, 13:00 New York.");
  expect(dialog).toHaveTextContent("$39.25 USD is kept by the cancellation policy.");
  await page.user.type(within(dialog).getByLabelText(/^Reason for Ada Adams/), "I am ill");
  await page.user.click(within(dialog).getByRole("button", { name: "Cancel and refund $40.75" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(await screen.findByText("Cancelled by you")).toBeVisible();
  expect(screen.getByText("“I am ill”")).toBeVisible();
  expect(bodies).toEqual([[true, { reason: "I am ill" }]]);
  expect(screen.queryByRole("button", { name: "Cancel the session" })).not.toBeInTheDocument();
});

test.each([
  ["all to the package", [0, 0, 8_334, 0], ["Your package gets $83.34 USD back"]],
  ["nothing of a package", [0, 0, 0, 0], ["You get nothing back", /^What was paid ahead is kept/]],
  ["nothing of a payment", [0, 0, 0, 8_000], ["You get nothing back", /^\$80\.00 USD is kept/]],
  [
    "money and credit",
    [4_000, 1_000, 0, 0],
    [/^You get \$40/, "Your credit gets $10.00 USD back", "Nothing is kept."],
  ],
])("a cancellation says what goes back where: %s", async (_, amounts, said) => {
  const [refund = 0, credit = 0, prepaid = 0, keeps = 0] = amounts;
  sessionIs(() => aSession(refund + keeps === 0 ? { ...PAID, payment: null } : PAID));
  server.use(
    http.get(`${ORIGIN}/api/sessions/ses_1/cancellation-quote`, () =>
      HttpResponse.json({
        refund: usd(refund),
        credit: usd(credit),
        prepaid: usd(prepaid),
        keeps: usd(keeps),
        changes_at: null,
        policy: aSession().policy,
      }),
    ),
  );
  const page = visit(SESSION);

  await page.user.click(await screen.findByRole("button", { name: "Cancel the session" }));

  const dialog = await screen.findByRole("dialog", { name: "Cancel this session?" });
  for (const words of said) expect(await within(dialog).findByText(words)).toBeVisible();
  expect(within(dialog).queryByText(/^Nothing was charged/)).not.toBeInTheDocument();
});

test("a cancellation that is refused says why and changes nothing", async () => {
  sessionIs(() => aSession(PAID));
  server.use(
    http.post(`${ORIGIN}/api/sessions/ses_1/cancel`, () => refusal(409, "already_started")),
  );
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Cancel the session" }));

  await page.user.click(await screen.findByRole("button", { name: "Cancel and refund $40.75" }));

  expect(await screen.findByText("The detail of already_started.")).toBeVisible();
  expect(screen.getByRole("dialog")).toBeVisible();
});

test("an unpaid hold is cancelled without talk of a refund", async () => {
  sessionIs(() => aSession());
  const page = visit(SESSION);

  expect(await screen.findByRole("link", { name: "Pay $80.00" })).toHaveAttribute(
    "href",
    `${SESSION}/pay`,
  );
  await page.user.click(screen.getByRole("button", { name: "Cancel the session" }));

  expect(await screen.findByText(/^Nothing was charged/)).toBeVisible();
});

test("a refund is shown with its state and its cause", async () => {
  const payment = { ...PAYMENT, status: "succeeded" as const, paid_at: inMinutes(0) };
  sessionIs(() => aSession({ ...PAID, status: "cancelled", cancelled_at: inMinutes(0), payment }));
  server.use(
    http.get(`${ORIGIN}/api/payments/pay_1`, () =>
      HttpResponse.json({
        ...PAYMENT_OUT,
        refunds: [
          {
            id: "rfd_1",
            amount: usd(4_075),
            status: "succeeded",
            cause: "client_cancelled",
            created_at: inMinutes(0),
          },
        ],
      }),
    ),
  );

  visit(SESSION);

  expect(await screen.findByText("−$40.75 USD")).toBeVisible();
  expect(screen.getByText(/^sent back · .* · the client cancelled$/)).toBeVisible();
});

test("the mentor sees how the price is split", async () => {
  signedInAs(aMentor());
  sessionIs(() => aSession(PAID));
  server.use(
    http.get(`${ORIGIN}/api/payments/pay_1`, () =>
      HttpResponse.json({
        ...PAYMENT_OUT,
        // 2.9 % of 80.00 + 0.30 = 2.62; 15 % = 12.00; 80.00 − 2.62 − 12.00 = 65.38
        breakdown: { gateway_fee: 262, commission: 1_200, mentor_share: 6_538 },
      }),
    ),
  );

  visit(SESSION);

  expect(await screen.findByRole("heading", { name: "Session with Cora Client" })).toBeVisible();
  expect(await screen.findByText("$65.38 USD")).toBeVisible();
  expect(screen.getByText("−$2.62 USD")).toBeVisible();
  expect(screen.getByText("−$12.00 USD")).toBeVisible();
});

test("the calendar's file is saved under the session's name", async () => {
  sessionIs(() => aSession(PAID));
  const files: Blob[] = [];
  const names: string[] = [];
  URL.createObjectURL = vi.fn<(file: Blob) => string>((file) => {
    files.push(file);
    return "blob:test";
  });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    names.push(this.download);
  });
  const page = visit(`${SESSION}/done`);

  await page.user.click(await screen.findByRole("button", { name: "Add to calendar" }));

  expect(names).toEqual(["counterfoil-ses_1.ics"]);
  expect(files[0]?.type).toBe("text/calendar");
});

test("a ticket is only for a booked session: a held one is to be paid first", async () => {
  sessionIs(() => aSession({ status: "completed", expires_at: null }));

  const page = visit(`${SESSION}/done`);

  await waitFor(() => expect(page.address()).toBe(SESSION));
});
