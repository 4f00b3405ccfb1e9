import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import type {
  AnalyticsOut,
  CurrencyEarnings,
  EarningLine,
  EarningsOut,
  PayoutAccountItem,
  SumsOut,
} from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { addMonths, dayOf, monthOf } from "@/lib/days";
import { leaveFor } from "@/lib/elsewhere";
import { nameOfMonth } from "@/lib/time";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor } from "@/test/sessions";

vi.mock("@/lib/elsewhere", async (original) => ({
  ...(await original<object>()),
  leaveFor: vi.fn<(address: string) => void>(),
}));

const ME = `${ORIGIN}/api/mentors/me`;
const PRESENT = monthOf(dayOf(new Date(serverNow()), CLIENT.time_zone));

const usd = (amount: number) => ({ amount, currency: "USD" });

const BALANCE: CurrencyEarnings = {
  currency: "USD",
  pending: usd(6_538),
  available: usd(8_180),
  reserve: usd(1_000),
  on_its_way: usd(4_040),
  came_back: usd(0),
  paid: usd(123_456),
  next_payout: { amount: usd(8_180), disputed: usd(0), least: usd(1_000), objection: null },
};
const SALE: EarningLine = {
  at: "2026-11-04T23:30:00Z",
  what: "sale",
  session_id: "ses_1",
  amount: usd(5_454),
  sale: {
    session_id: "ses_1",
    title: "Interview rehearsal",
    price: usd(10_000),
    gateway_fee: usd(320),
    commission: usd(1_500),
    went_back: usd(2_726),
  },
};
const KEPT: EarningLine = {
  at: "2026-11-03T10:00:00Z",
  what: "reserve_taken",
  session_id: null,
  amount: usd(-1_000),
  sale: null,
};
const EARNINGS: EarningsOut = {
  earnings: [BALANCE],
  next_payout_on: "2031-01-01",
  lines: [SALE, KEPT],
  next: null,
  prev: null,
};
const ACCOUNT: PayoutAccountItem = {
  id: "gpo_1",
  gateway: "stripe",
  status: "active",
  currency: "USD",
  asked_for: "",
  usable_from: null,
};

function sums(more: Partial<SumsOut> = {}): SumsOut {
  return {
    currency: "USD",
    sales: 0,
    price: usd(0),
    gateway_fee: usd(0),
    commission: usd(0),
    went_back: usd(0),
    earned: usd(0),
    others: [],
    net: usd(0),
    paid_out: usd(0),
    ...more,
  };
}

const SOLD = sums({
  sales: 2,
  price: usd(20_000),
  gateway_fee: usd(640),
  commission: usd(3_000),
  went_back: usd(2_726),
  earned: usd(13_634),
  others: [{ what: "reserve_taken", amount: usd(-1_000) }],
  net: usd(12_634),
  paid_out: usd(4_040),
});
const ANALYTICS: AnalyticsOut = {
  time_zone: CLIENT.time_zone,
  since: addMonths(PRESENT, -1),
  until: PRESENT,
  months: [
    { month: addMonths(PRESENT, -1), currencies: [sums()] },
    { month: PRESENT, currencies: [SOLD] },
  ],
  totals: [SOLD],
  session_types: [{ id: "sty_1", name: "Interview rehearsal", sales: 2, earned: usd(13_634) }],
};
const NOTHING_SOLD: AnalyticsOut = { ...ANALYTICS, months: [], totals: [], session_types: [] };

let earnings: EarningsOut;
let account: PayoutAccountItem | null;
let analytics: AnalyticsOut;
let periods: (string | null)[];

beforeEach(() => {
  vi.mocked(leaveFor).mockClear();
  signedInAs(aMentor());
  earnings = EARNINGS;
  account = ACCOUNT;
  analytics = ANALYTICS;
  periods = [];
  server.use(
    http.get(`${ME}/earnings`, () => HttpResponse.json(earnings)),
    http.get(`${ME}/earnings/analytics`, ({ request }) => {
      periods.push(new URL(request.url).searchParams.get("since"));
      return HttpResponse.json(analytics);
    }),
    http.get(`${ME}/payout-account`, () =>
      HttpResponse.json({ account }, { headers: { ETag: '"a1"' } }),
    ),
  );
});

function part(name: string) {
  return screen.findByRole("region", { name });
}

/** The amount that stands with the word. */
function amountOf(box: HTMLElement, word: string): string | null | undefined {
  const term = within(box).getByText(word, { selector: "dt" });
  return term.parentElement?.querySelector("dd")?.textContent;
}

test("each balance has its amount and says what it means; the next payout its day", async () => {
  visit("/app/earnings");

  const box = await part("Balance in USD");
  expect(amountOf(box, "Available")).toBe("$81.80 USD");
  expect(amountOf(box, "Pending")).toBe("$65.38 USD");
  expect(amountOf(box, "In reserve")).toBe("$10.00 USD");
  expect(amountOf(box, "On its way")).toBe("$40.40 USD");
  expect(amountOf(box, "Paid so far")).toBe("$1,234.56 USD");
  expect(within(box).getByText(/^Clients have paid it\./)).toBeVisible();
  expect(within(box).getByText("Next payout: Wednesday 1 January 2031")).toBeVisible();
  expect(screen.getByRole("link", { name: "Payout statements" })).toHaveAttribute(
    "href",
    "/app/earnings/statements",
  );
});

test("money that came back is shown with what happens next, and only where there is some", async () => {
  const inEuro = { ...BALANCE, currency: "EUR" };
  earnings = { ...EARNINGS, earnings: [{ ...BALANCE, came_back: usd(8_180) }, inEuro] };
  visit("/app/earnings");

  const box = await part("Balance in USD");
  expect(amountOf(box, "Came back")).toBe("$81.80 USD");
  expect(
    within(box).getByText(
      "A payout that came back to us. Check your payout account; then it is paid again.",
    ),
  ).toBeVisible();
  expect(within(await part("Balance in EUR")).queryByText("Came back")).not.toBeInTheDocument();
});

test("each currency has a balance of its own, and its own reason why nothing is paid", async () => {
  const eur = (amount: number) => ({ amount, currency: "EUR" });
  const inEuro: CurrencyEarnings = {
    currency: "EUR",
    pending: eur(0),
    available: eur(500),
    reserve: eur(0),
    on_its_way: eur(0),
    came_back: eur(0),
    paid: eur(0),
    next_payout: {
      amount: eur(500),
      disputed: eur(0),
      least: eur(1_000),
      objection: "no_account",
    },
  };
  earnings = { ...EARNINGS, earnings: [BALANCE, inEuro] };

  visit("/app/earnings");

  const box = await part("Balance in EUR");
  expect(amountOf(box, "Available")).toBe("€5.00 EUR");
  expect(
    await within(box).findByText("Your payout account takes USD only, so EUR waits."),
  ).toBeVisible();
  expect(within(box).getByText("Yours, and not in any payout yet.")).toBeVisible();
  const other = await part("Balance in USD");
  expect(within(other).queryByText("Nothing is paid out for now")).not.toBeInTheDocument();
});

test("who owes reads how much, and nothing that calls it theirs", async () => {
  const next_payout = {
    ...BALANCE.next_payout,
    amount: usd(-2_726),
    objection: "negative",
  } as const;
  earnings = { ...EARNINGS, earnings: [{ ...BALANCE, available: usd(-2_726), next_payout }] };

  visit("/app/earnings");

  const box = await part("Balance in USD");
  expect(amountOf(box, "Available")).toBe("−$27.26 USD");
  expect(within(box).getByText("You owe $27.26 USD")).toBeVisible();
  expect(within(box).getByText("More has gone back to clients than you had.")).toBeVisible();
  expect(within(box).queryByText(/^Yours/)).not.toBeInTheDocument();
});

test("who has earned nothing is led to what they offer", async () => {
  earnings = { ...EARNINGS, earnings: [], lines: [] };
  analytics = NOTHING_SOLD;

  visit("/app/earnings");

  expect(await screen.findByText("No earnings yet")).toBeVisible();
  expect(screen.getByText(/The next payout is on Wednesday 1 January 2031\./)).toBeVisible();
  expect(screen.getByRole("link", { name: "See what you offer" })).toHaveAttribute(
    "href",
    "/app/profile?tab=offers",
  );
  expect(screen.getByText(/^Nothing yet\. A session stands here/)).toBeVisible();
});

test("what moved the money: a sale in its parts and as a link, the time in the reader's zone", async () => {
  visit("/app/earnings");

  const rows = within(await screen.findByRole("table", { name: /^What moved/ }));
  const sale = rows.getByRole("row", { name: /Interview rehearsal/ });
  expect(within(sale).getByRole("link", { name: "Interview rehearsal" })).toHaveAttribute(
    "href",
    "/app/sessions/ses_1",
  );
  expect(sale).toHaveTextContent(/Wed 4 Nov.*18:30 New York/);
  expect(sale).toHaveTextContent(
    /\$100\.00 price.− \$3\.20 payment fee.− \$15\.00 commission.− \$27\.26 refunded/,
  );
  expect(within(sale).getByRole("cell")).toHaveTextContent("$54.54 USD");
  const kept = rows.getByRole("row", { name: /Kept back as a reserve/ });
  expect(within(kept).getByRole("cell")).toHaveTextContent("−$10.00 USD");
  expect(within(kept).queryByRole("link")).not.toBeInTheDocument();
});

test("more of what moved the money is asked for by its cursor, and stands below", async () => {
  const cursors: (string | null)[] = [];
  server.use(
    http.get(`${ME}/earnings`, ({ request }) => {
      const cursor = new URL(request.url).searchParams.get("cursor");
      cursors.push(cursor);
      return HttpResponse.json(
        cursor === null
          ? { ...EARNINGS, lines: [SALE], next: "c2" }
          : { ...EARNINGS, lines: [KEPT] },
      );
    }),
  );
  const page = visit("/app/earnings");

  await page.user.click(await screen.findByRole("button", { name: "Show more" }));

  expect(await screen.findByText("Kept back as a reserve", { selector: "span" })).toBeVisible();
  expect(cursors).toEqual([null, "c2"]);
  expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
});

test("the plot says its numbers, has a bar for each month, and adds up below", async () => {
  visit("/app/earnings");

  const name = `Earned in USD by month, ${nameOfMonth(addMonths(PRESENT, -1))} to ${nameOfMonth(PRESENT)}. Most in ${nameOfMonth(PRESENT)}: $136.34 USD.`;
  const plot = await screen.findByRole("img", { name });
  const heights = [...plot.querySelectorAll("rect")].map((bar) => bar.getAttribute("height"));
  expect(heights).toEqual(["0", "100"]);
  expect(plot).toHaveTextContent(`${nameOfMonth(PRESENT)}: $136.34 USD`);
  const box = await part("Month by month");
  const shown = [
    ["Price of 2 sessions", "$200.00 USD"],
    ["Payment fees", "−$6.40 USD"],
    ["Commission", "−$30.00 USD"],
    ["Refunded before it was available", "−$27.26 USD"],
    ["Earned", "$136.34 USD"],
    ["Kept back as a reserve", "−$10.00 USD"],
    ["Change of your available money", "$126.34 USD"],
    ["Paid out in this time", "$40.40 USD"],
  ] as const;
  for (const [word, amount] of shown) expect(amountOf(box, word)).toBe(amount);
  const kinds = within(box).getByRole("table", { name: /^Earned by kind of session/ });
  const row = within(kinds).getByRole("row", { name: /^Interview rehearsal\s*2 sold/ });
  expect(within(row).getByRole("cell")).toHaveTextContent("$136.34 USD");
});

test("the same numbers are shown as a table, and hidden again", async () => {
  const page = visit("/app/earnings");
  const button = await screen.findByRole("button", { name: "Show as a table: USD" });
  expect(button).toHaveAttribute("aria-expanded", "false");
  const caption = "USD by month, as the clock in New York shows it";
  expect(screen.queryByRole("table", { name: caption })).not.toBeInTheDocument();

  await page.user.click(button);

  const table = within(screen.getByRole("table", { name: caption }));
  const cells = (row: string) =>
    within(table.getByRole("row", { name: new RegExp(row) }))
      .getAllByRole("cell")
      .map((cell) => cell.textContent);
  const sold = ["2", "$200.00", "$6.40", "$30.00", "$27.26", "$136.34", "−$10.00", "$40.40"];
  expect(cells(nameOfMonth(PRESENT))).toEqual(sold);
  expect(cells(nameOfMonth(addMonths(PRESENT, -1)))).toEqual([
    "0",
    ...Array.from({ length: 7 }, () => "$0.00"),
  ]);
  expect(cells("Together")).toEqual(sold);
  await page.user.click(screen.getByRole("button", { name: "Hide the table: USD" }));
  expect(screen.queryByRole("table", { name: caption })).not.toBeInTheDocument();
});

test("the period lies in the address, and the server is asked for just that", async () => {
  const page = visit("/app/earnings?months=6");
  const period = await screen.findByLabelText("Period");
  expect(period).toHaveDisplayValue("Last 6 months");

  await page.user.selectOptions(period, "Last 2 years");

  expect(page.address()).toBe("/app/earnings?months=24");
  await waitFor(() => expect(periods).toEqual([addMonths(PRESENT, -5), addMonths(PRESENT, -23)]));
});

test.each(["7", "-1", "many", ""])(
  "a period that there is not (%s) is the usual one",
  async (odd) => {
    visit(`/app/earnings?months=${odd}`);

    expect(await screen.findByLabelText("Period")).toHaveDisplayValue("Last 12 months");
    await waitFor(() => expect(periods).toEqual([addMonths(PRESENT, -11)]));
  },
);

test("months in which nothing was sold offer a longer look back", async () => {
  analytics = NOTHING_SOLD;
  const page = visit("/app/earnings");

  await page.user.click(await screen.findByRole("button", { name: "Show the last 5 years" }));

  expect(page.address()).toBe("/app/earnings?months=60");
  expect(await screen.findByText("Nothing in these months")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Show the last/ })).not.toBeInTheDocument();
});

test.each([
  ["earnings", "Your balances could not be read", "Balance in USD"],
  ["earnings/analytics", "Your months could not be read", "Month by month"],
  ["payout-account", "Your payout account could not be read", "Payout account"],
])("where %s is refused, that part alone says so and is read again", async (path, title, name) => {
  server.use(http.get(`${ME}/${path}`, () => refusal(400, "odd"), { once: true }));
  const page = visit("/app/earnings");

  const alert =
    (await screen.findByText(title)).closest<HTMLElement>("[role=alert]") ?? document.body;
  expect(within(alert).getByText("req_test")).toBeVisible();
  await page.user.click(within(alert).getByRole("button", { name: "Try again" }));

  await waitFor(() => expect(screen.queryByText(title)).not.toBeInTheDocument());
  expect(await part(name)).toBeVisible();
});

test("until the answers are there, the page says that they load", async () => {
  const never = () => new Promise<never>(() => undefined);
  server.use(http.get(`${ME}/*`, never), http.get(`${ME}/earnings/analytics`, never));

  visit("/app/earnings");

  expect(await screen.findByText("Loading your earnings …")).toBeInTheDocument();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("who is no mentor is told so, and nothing is asked of the server", async () => {
  signedInAs();
  const asked: string[] = [];
  server.use(
    http.get(`${ME}/*`, ({ request }) => {
      asked.push(request.url);
      return refusal(403, "not_allowed");
    }),
  );

  visit("/app/earnings");

  expect(await screen.findByText("Only mentors have earnings")).toBeVisible();
  expect(screen.getByRole("link", { name: "Become a mentor" })).toHaveAttribute(
    "href",
    "/app/apply",
  );
  expect(asked).toEqual([]);
});

test.each([
  [aMentor(), true],
  [CLIENT, false],
])("the account menu leads a mentor to the earnings, and nobody else", async (user, leads) => {
  signedInAs(user);
  const page = visit("/app/nowhere");
  await page.user.click(await screen.findByRole("button", { name: /^Account of/ }));

  await screen.findByRole("menuitem", { name: "Sign out" });
  const entry = screen.queryByRole("menuitem", { name: "Earnings" });

  expect(entry?.getAttribute("href")).toBe(leads ? "/app/earnings" : undefined);
});
