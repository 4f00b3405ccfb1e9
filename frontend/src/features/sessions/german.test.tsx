import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProposalOut } from "@/lib/api-types";
import { speak } from "@/lib/i18n";
import { CLIENT, ORIGIN, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aSession, PAID, sessionIs } from "@/test/sessions";

const STARTS = "2031-01-15T18:00:00Z";
const usd = (amount: number) => ({ amount, currency: "USD" });

beforeEach(async () => {
  await speak("de");
  signedInAs({ ...CLIENT, language: "de" });
  sessionIs(() => aSession({ ...PAID, payment: null, starts_at: STARTS }));
});
afterEach(() => speak("en"));

test("a session in German: what, with whom, when, and what cancelling gives back", async () => {
  server.use(
    http.get(`${ORIGIN}/api/sessions/ses_1/cancellation-quote`, () =>
      HttpResponse.json({
        refund: usd(104_075),
        credit: usd(0),
        prepaid: usd(0),
        keeps: usd(3_925),
        changes_at: "2031-01-14T18:00:00Z",
        policy: aSession().policy,
      }),
    ),
  );
  const page = visit("/app/sessions/ses_1");

  expect(await screen.findByRole("heading", { name: "Sitzung mit Ada Adams" })).toBeVisible();
  const ticket = screen.getByRole("article", { name: "Ticket" });
  expect(ticket).toHaveTextContent("mit Ada Adams, 60 Minuten");
  expect(ticket).toHaveTextContent("Mi., 15. Jan. 2031, 18:00 – 19:00 London, 13:00 bei Ihnen");
  expect(ticket).toHaveTextContent("Bestätigt");
  expect(
    screen.getByText(
      "Kostenlose Absage bis Di., 14. Jan. 2031, 13:00 New York. Danach keine Erstattung.",
    ),
  ).toBeVisible();
  expect(screen.getByRole("link", { name: "Ada schreiben" })).toBeVisible();

  await page.user.click(screen.getByRole("button", { name: "Sitzung absagen" }));

  const dialog = await screen.findByRole("dialog", { name: "Diese Sitzung absagen?" });
  expect(await within(dialog).findByText("Sie bekommen 1.040,75 USD zurück")).toBeVisible();
  expect(dialog).toHaveTextContent("Das gilt bis Di., 14. Jan. 2031, 13:00 New York.");
  expect(dialog).toHaveTextContent("39,25 USD werden nach den Regeln für Absagen einbehalten.");
  expect(within(dialog).getByLabelText("Grund für Ada Adams (optional)")).toBeVisible();
});

test("times that the mentor proposes, in German: each is named whole, the last after an oder", async () => {
  const proposal: ProposalOut = {
    id: "prp_1",
    by: "client",
    status: "open",
    starts_at: ["2031-01-16T18:00:00Z", "2031-01-17T18:00:00Z"],
    message: "Passt es da?",
    accepted: null,
    created_at: "2031-01-10T18:00:00Z",
    answered_at: null,
  };
  server.use(
    http.get(`${ORIGIN}/api/sessions/:id/proposals`, () =>
      HttpResponse.json({ items: [proposal] }),
    ),
  );

  visit("/app/sessions/ses_1");

  const asked = await screen.findByRole("region", { name: "Ada Adams hat noch nicht geantwortet" });
  expect(asked).toHaveTextContent(
    "Ihr Vorschlag: Do., 16. Jan. 2031, 13:00 New York oder Fr., 17. Jan. 2031, 13:00 New York.",
  );
  expect(asked).toHaveTextContent("„Passt es da?“");
  expect(asked).toHaveTextContent("Bis dahin bleibt sie am Mi., 15. Jan. 2031, 13:00 New York.");
});
