import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { speak } from "@/lib/i18n";
import { signedInAs, visit } from "@/test/app";
import { dashboardIs, MENTOR_SIDE } from "@/test/dashboard";
import { server } from "@/test/server";
import { aMentor } from "@/test/sessions";

const usd = (amount: number) => ({ amount, currency: "USD" });

beforeEach(() => speak("de"));
afterEach(() => speak("en"));

test("a mentor's dashboard in German: hours, money, reviews, and one of a thing by its own form", async () => {
  signedInAs({ ...aMentor(), language: "de" });
  const calendar = { id: "cal_1", name: "Home", received_at: null, read_at: null, skipped: 0 };
  server.use(
    dashboardIs({
      unread_messages: 1,
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
        calendars: [{ ...calendar, status: "failing" }],
        earnings: {
          ...MENTOR_SIDE.earnings,
          balances: [
            {
              currency: "USD",
              pending: usd(6_538),
              available: usd(124_075),
              reserve: usd(0),
              on_its_way: usd(0),
              came_back: usd(0),
              paid: usd(0),
              next_payout: {
                amount: usd(124_075),
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

  expect(await screen.findByRole("heading", { level: 1, name: "Guten Tag, Ada" })).toBeVisible();
  expect(await screen.findByRole("link", { name: "1 ungelesene Nachricht" })).toBeVisible();
  const hours = within(screen.getByRole("region", { name: "Verfügbarkeit" }));
  expect(hours.getByText("10 Std. 30 Min. an 2 Tagen der Woche (Ortszeit London)")).toBeVisible();
  expect(hours.getByText("Nächste Abwesenheit ab Di., 1. Juli 2031, 10:00 London")).toBeVisible();
  expect(hours.getByRole("link", { name: "1 Kalender ist nicht zu lesen" })).toBeVisible();
  const money = within(screen.getByRole("region", { name: "Einnahmen" }));
  expect(money.getByText("1.240,75 USD")).toBeVisible();
  expect(money.getByText("Nächste Auszahlung am Mo., 6. Jan. 2031 (UTC).")).toBeVisible();
  const reviews = screen.getByRole("region", { name: "Bewertungen" });
  expect(reviews).toHaveTextContent("Bewertet mit 4,8 von 5(31 Bewertungen)");
  expect(
    within(reviews).getByRole("link", { name: "2 Bewertungen ohne Ihre Antwort" }),
  ).toBeVisible();
});
