import { screen, within } from "@testing-library/react";
import { http } from "msw";
import { expect, test } from "vitest";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { CLIENT_SIDE, dashboardIs, MENTOR_SIDE, NOTHING_YET } from "@/test/dashboard";
import { server } from "@/test/server";
import { aMentor, aSession, inDays, inMinutes, PAID } from "@/test/sessions";

const usd = (amount: number) => ({ amount, currency: "USD" });

test("a client sees sessions with an open room, messages, reviews due, goals and payments", async () => {
  signedInAs();
  const room = { opens_at: inMinutes(-5), closes_at: inMinutes(60) };
  const session = aSession({ ...PAID, starts_at: inMinutes(5), room });
  server.use(
    dashboardIs({
      ...NOTHING_YET,
      unread_messages: 3,
      client: {
        ...CLIENT_SIDE,
        upcoming: { items: [session], total: 5 },
        reviews_due: {
          items: [
            {
              session_id: "ses_9",
              mentor: session.mentor,
              session_type: "Career session",
              ended_at: inDays(-2),
              review_by: inDays(28),
            },
          ],
          total: 1,
        },
        goals: {
          items: [
            {
              id: "gol_1",
              title: "A new job",
              percent: 40,
              milestones: 3,
              reached: 1,
              completed_at: null,
            },
          ],
          total: 1,
        },
        payments: {
          items: [
            {
              id: "pay_1",
              session_id: "ses_1",
              title: "Interview rehearsal",
              mentor: "Ada Adams",
              gateway: "stripe",
              amount: usd(8_000),
              refunded: usd(4_075),
              paid_at: inDays(-1),
            },
          ],
          total: 1,
          spent: [usd(3_925)],
        },
      },
    }),
  );

  visit("/app");

  const next = await screen.findByRole("region", { name: "Next sessions" });
  expect(within(next).getByText("The room is open")).toBeVisible();
  expect(within(next).getByRole("link", { name: "All 5" })).toHaveAttribute(
    "href",
    "/app/sessions",
  );
  expect(screen.getByRole("link", { name: "3 unread messages" })).toHaveAttribute(
    "href",
    "/app/messages",
  );
  expect(screen.getByRole("link", { name: "Review the session with Ada Adams" })).toHaveAttribute(
    "href",
    "/app/sessions/ses_9",
  );
  expect(screen.getByRole("progressbar", { name: "A new job" })).toHaveValue(40);
  expect(screen.getByText("1 of 3 milestones reached")).toBeVisible();
  const payments = screen.getByRole("region", { name: "Payments" });
  const shown = ["$80.00 USD", "−$40.75 USD", "$39.25 USD"];
  for (const words of shown) expect(within(payments).getByText(words)).toBeVisible();
});

test("a client with nothing yet is shown the way to a mentor and to a goal, and no empty parts", async () => {
  signedInAs();
  server.use(dashboardIs());

  visit("/app");

  expect(await screen.findByText("Nothing booked yet")).toBeVisible();
  expect(screen.getByRole("link", { name: "Browse mentors" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Set a goal" })).toHaveAttribute("href", "/app/goals");
  for (const name of ["Payments", "How was it?"]) {
    expect(screen.queryByRole("region", { name })).not.toBeInTheDocument();
  }
});

test("a mentor sees today apart, the money, and the reviews that wait", async () => {
  signedInAs(aMentor());
  const today = aSession({ ...PAID, id: "ses_1", starts_at: inMinutes(1) });
  const later = aSession({ ...PAID, id: "ses_2", starts_at: inDays(5) });
  server.use(
    dashboardIs({
      unread_messages: 0,
      client: null,
      mentor: {
        ...MENTOR_SIDE,
        upcoming: { items: [today, later], total: 2 },
        earnings: {
          ...MENTOR_SIDE.earnings,
          balances: [
            {
              currency: "USD",
              pending: usd(6_538),
              available: usd(8_180),
              reserve: usd(0),
              on_its_way: usd(0),
              came_back: usd(0),
              paid: usd(0),
              next_payout: {
                amount: usd(8_180),
                disputed: usd(0),
                least: usd(1_000),
                objection: null,
              },
            },
          ],
        },
        reviews: { ...MENTOR_SIDE.reviews, rating: 4.8, reviews_count: 31, to_answer_total: 2 },
      },
    }),
  );

  visit("/app");

  const now = await screen.findByRole("region", { name: "Today" });
  expect(within(now).getAllByRole("article")).toHaveLength(1);
  const next = screen.getByRole("region", { name: "Next sessions" });
  expect(within(next).getAllByRole("article")).toHaveLength(1);
  const earnings = screen.getByRole("region", { name: "Earnings" });
  expect(within(earnings).getByText("$81.80 USD")).toBeVisible();
  expect(within(earnings).getByRole("link", { name: "All earnings" })).toHaveAttribute(
    "href",
    "/app/earnings",
  );
  expect(within(earnings).getByText(/^Next payout on Mon 6 Jan 2031/)).toBeVisible();
  expect(screen.getByRole("link", { name: "2 reviews without your answer" })).toHaveAttribute(
    "href",
    "/app/reviews",
  );
});

test("a mentor sees how much of a week is open, and which calendar cannot be read", async () => {
  signedInAs(aMentor());
  const calendar = { id: "cal_1", name: "Home", received_at: null, read_at: null, skipped: 0 };
  server.use(
    dashboardIs({
      unread_messages: 0,
      client: null,
      mentor: {
        ...MENTOR_SIDE,
        availability: {
          time_zone: "Europe/London",
          weekly_minutes: 630,
          weekdays: [0, 3],
          next_time_off: {
            starts_at: "2031-07-01T09:00:00Z",
            ends_at: "2031-07-03T09:00:00Z",
            reason: "",
          },
        },
        calendars: [
          { ...calendar, status: "failing" },
          { ...calendar, id: "cal_2", status: "good" },
        ],
      },
    }),
  );

  visit("/app");

  const part = within(await screen.findByRole("region", { name: "Availability" }));
  expect(part.getByText(/^10 h 30 min on 2 days of a week/)).toBeVisible();
  expect(part.getByText("Next time away from Tue 1 Jul 2031, 10:00 London")).toBeVisible();
  expect(part.getByRole("link", { name: "Your hours" })).toHaveAttribute(
    "href",
    "/app/availability",
  );
  expect(part.getByRole("link", { name: "1 calendar cannot be read" })).toHaveAttribute(
    "href",
    "/app/availability?tab=calendars",
  );
});

test("a mentor without hours is led to write them", async () => {
  signedInAs(aMentor());
  server.use(dashboardIs({ unread_messages: 0, client: null, mentor: MENTOR_SIDE }));

  visit("/app");

  expect(await screen.findByRole("link", { name: "Write your hours" })).toBeVisible();
});

test("who has both sides sees both, each by its name", async () => {
  signedInAs({ ...aMentor(), can_book: true });
  server.use(dashboardIs({ unread_messages: 0, client: CLIENT_SIDE, mentor: MENTOR_SIDE }));

  visit("/app");

  for (const whose of ["mentors", "clients"]) {
    const name = `Next sessions with your ${whose}`;
    expect(await screen.findByRole("region", { name })).toBeVisible();
  }
});

test("a dashboard that cannot be read says so and is read again", async () => {
  signedInAs();
  server.use(http.get(`${ORIGIN}/api/dashboard`, () => refusal(400, "odd")));
  const page = visit("/app");
  const again = await screen.findByRole("button", { name: "Try again" });
  server.use(dashboardIs());

  await page.user.click(again);

  expect(await screen.findByText("Nothing booked yet")).toBeVisible();
});
