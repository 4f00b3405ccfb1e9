import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import type { StatementItem, StatementOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor } from "@/test/sessions";

const STATEMENTS = `${ORIGIN}/api/mentors/me/statements`;

const usd = (amount: number) => ({ amount, currency: "USD" });

const ITEM: StatementItem = {
  id: "po_1",
  status: "paid",
  amount: usd(1_348),
  created_at: "2025-11-01T01:30:00Z",
  paid_at: "2025-11-03T09:00:00Z",
};
const STATEMENT: StatementOut = {
  ...ITEM,
  lines: [
    {
      at: "2025-10-04T12:00:00Z",
      what: "sale",
      session_id: "ses_1",
      amount: usd(4_074),
      sale: {
        session_id: "ses_1",
        title: "Career session",
        price: usd(4_999),
        gateway_fee: usd(175),
        commission: usd(750),
        went_back: usd(0),
      },
    },
    {
      at: "2025-10-05T12:00:00Z",
      what: "refund",
      session_id: "ses_2",
      amount: usd(-2_726),
      sale: null,
    },
  ],
};

beforeEach(() => signedInAs(aMentor()));

function statementIs(statement: StatementOut) {
  server.use(http.get(`${STATEMENTS}/po_1`, () => HttpResponse.json(statement)));
}

test("statements are listed with day, state and amount, and the older ones on demand", async () => {
  const cursors: (string | null)[] = [];
  server.use(
    http.get(STATEMENTS, ({ request }) => {
      const cursor = new URL(request.url).searchParams.get("cursor");
      cursors.push(cursor);
      const older = { ...ITEM, id: "po_2", status: "failed", created_at: "2025-10-01T12:00:00Z" };
      return HttpResponse.json(
        cursor === null
          ? { items: [ITEM], next: "c2", prev: null }
          : { items: [older], next: null, prev: "c1" },
      );
    }),
  );
  const page = visit("/app/earnings/statements");
  const newest = await screen.findByRole("link", {
    name: "Payout of Fri 31 Oct 2025, 21:30 New York",
  });
  expect(newest).toHaveAttribute("href", "/app/earnings/statements/po_1");
  const row = within(screen.getByRole("listitem"));
  expect(row.getByText("Paid")).toBeVisible();
  expect(row.getByText("$13.48 USD")).toBeVisible();

  await page.user.click(screen.getByRole("button", { name: "Show older statements" }));

  expect(await screen.findByText("Failed")).toBeVisible();
  expect(screen.getAllByRole("listitem")).toHaveLength(2);
  expect(cursors).toEqual([null, "c2"]);
  expect(screen.queryByRole("button", { name: "Show older statements" })).not.toBeInTheDocument();
});

test("without a payout there is no statement, and a way back", async () => {
  server.use(http.get(STATEMENTS, () => HttpResponse.json({ items: [], next: null, prev: null })));

  visit("/app/earnings/statements");

  expect(await screen.findByText("No payouts yet")).toBeVisible();
  expect(screen.getByRole("link", { name: "See your earnings" })).toHaveAttribute(
    "href",
    "/app/earnings",
  );
});

test("a list that cannot be read says so with its number and is read again", async () => {
  server.use(http.get(STATEMENTS, () => refusal(400, "odd")));
  const page = visit("/app/earnings/statements");
  expect(await screen.findByText("Your statements could not be read")).toBeVisible();
  expect(screen.getByText("req_test")).toBeVisible();
  server.use(http.get(STATEMENTS, () => HttpResponse.json({ items: [], next: null, prev: null })));

  await page.user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("No payouts yet")).toBeVisible();
});

test("a statement shows whom, when, and every line with its sum", async () => {
  statementIs(STATEMENT);

  visit("/app/earnings/statements/po_1");

  const table = within(
    await screen.findByRole("table", { name: "2 lines that the payout is made of" }),
  );
  const sale = table.getByRole("row", { name: /Career session/ });
  expect(sale).toHaveTextContent(/\$49\.99 price.− \$1\.75 payment fee.− \$7\.50 commission/);
  expect(sale).not.toHaveTextContent("refunded");
  expect(within(sale).getByRole("cell")).toHaveTextContent("$40.74 USD");
  expect(within(sale).getByRole("cell")).toHaveClass("text-right");
  const refund = table.getByRole("row", { name: /Refund to a client/ });
  expect(within(refund).getByRole("cell")).toHaveTextContent("−$27.26 USD");
  expect(within(refund).getByRole("link")).toHaveAttribute("href", "/app/sessions/ses_2");
  expect(table.getByRole("row", { name: /^Payout/ })).toHaveTextContent("$13.48 USD");
  expect(screen.getByText("Ada Adams", { selector: "dd" })).toBeVisible();
  expect(screen.getByText("po_1")).toBeVisible();
  expect(screen.getByText("Mon 3 Nov 2025, 04:00 New York")).toBeVisible();
});

test.each([
  ["approved", "Approved", "Not yet"],
  ["sent", "On its way", "Not yet"],
  ["failed", "Failed", "No"],
] as const)(
  "a payout that is %s is called so, and when it was paid: %s",
  async (status, label, paid) => {
    statementIs({ ...STATEMENT, status, paid_at: null });

    visit("/app/earnings/statements/po_1");

    expect(await screen.findByText(label)).toBeVisible();
    expect(screen.getByText(paid, { selector: "dd" })).toBeVisible();
  },
);

test("what is kept says the year, also in that very year", async () => {
  const year = new Date().getFullYear();
  statementIs({ ...STATEMENT, created_at: `${year}-01-15T12:00:00Z` });

  visit("/app/earnings/statements/po_1");

  const made = new RegExp(`15 Jan ${year}, 07:00 New York$`);
  expect(await screen.findByText(made)).toBeVisible();
});

test("a statement is printed without what is for the screen only", async () => {
  statementIs(STATEMENT);
  const print = vi.spyOn(window, "print").mockImplementation(() => undefined);
  const page = visit("/app/earnings/statements/po_1");
  const button = await screen.findByRole("button", { name: "Print it" });

  await page.user.click(button);

  expect(print).toHaveBeenCalledOnce();
  expect(button).toHaveClass("print:hidden");
  expect(screen.getByRole("link", { name: "Payout statements" })).toHaveClass("print:hidden");
  expect(screen.getByRole("banner")).toHaveClass("print:hidden");
  for (const bar of screen.getAllByRole("navigation")) {
    expect(bar.closest(".print\\:hidden")).not.toBeNull();
  }
});

test("a statement that is not the reader's, or is none, leads back to the list", async () => {
  server.use(http.get(`${STATEMENTS}/po_x`, () => refusal(404, "not_found")));

  visit("/app/earnings/statements/po_x");

  expect(await screen.findByText("There is no such statement")).toBeVisible();
  expect(screen.getByRole("link", { name: "All statements" })).toHaveAttribute(
    "href",
    "/app/earnings/statements",
  );
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
});

test("a statement that cannot be read says so and is read again", async () => {
  server.use(http.get(`${STATEMENTS}/po_1`, () => refusal(400, "odd")));
  const page = visit("/app/earnings/statements/po_1");
  expect(await screen.findByText("The statement could not be read")).toBeVisible();
  statementIs(STATEMENT);

  await page.user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("What it is made of")).toBeVisible();
});
