import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ApplicationOut, OwnOffer } from "@/lib/api-types";
import { speak } from "@/lib/i18n";
import { ADA_DETAIL } from "@/test/answers";
import { CLIENT, ORIGIN, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor } from "@/test/sessions";

const SUBMITTED: ApplicationOut = {
  id: "app_1",
  status: "submitted",
  since: "2025-03-04T17:05:00Z",
  submitted_at: "2025-03-04T17:05:00Z",
  answer_by: null,
  checklist: [true, false].map((done) => ({
    check: done ? "identity" : "prices",
    label: done ? "Identity" : "Prices",
    asked: "Asked.",
    done,
    seen: "Seen.",
    fits: done,
  })),
  steps: [
    { event: "submit", by: "applicant", comment: "", at: "2025-03-04T17:05:00Z" },
    { event: "begin", by: "curator", comment: "", at: "2025-03-05T09:30:00Z" },
  ],
};
const [TYPE] = ADA_DETAIL.session_types;
if (TYPE === undefined) throw new Error("Ada offers something.");
const GROUP: OwnOffer = {
  ...TYPE,
  name: "Open hour",
  description: "",
  duration_minutes: 60,
  capacity: 8,
  price: { amount: 124_050, currency: "USD" },
  active: true,
};

beforeEach(() => speak("de"));
afterEach(() => speak("en"));

test("an application in German: where it stands, its points, and what happened when", async () => {
  signedInAs({
    ...CLIENT,
    language: "de",
    mentor: { id: "mtr_1", slug: "cora-client", status: "applied" },
  });
  server.use(http.get(`${ORIGIN}/api/mentors/me/application`, () => HttpResponse.json(SUBMITTED)));

  visit("/app/apply");

  expect(await screen.findByText("Bei unserem Team")).toBeVisible();
  expect(screen.getByText("app_1").parentElement).toHaveTextContent(
    /^Seit Di., 4\. März 2025, 12:05 New York\. Kennung app_1$/,
  );
  expect(
    screen.getByText(
      "Unser Team hat dieselbe: 1 von 2 Punkten ist abgehakt. Sie werden angenommen, sobald alle abgehakt sind.",
    ),
  ).toBeVisible();
  const begun = screen.getByText("Jemand aus unserem Team hat begonnen, sie anzusehen");
  expect(begun).toHaveTextContent(/ · Mi., 5\. März 2025, 04:30 New York$/);
  expect(screen.getByText("Sie haben sie eingereicht")).toBeVisible();
});

test("what a mentor offers in German: length, seats, price, and an amount typed with a comma", async () => {
  signedInAs({ ...aMentor(), language: "de" });
  let sent: unknown;
  server.use(
    http.get(`${ORIGIN}/api/mentors/me/offers`, () => HttpResponse.json({ items: [GROUP] })),
    http.get(`${ORIGIN}/api/mentors/me/offers/:id`, () =>
      HttpResponse.json(GROUP, { headers: { ETag: '"one"' } }),
    ),
    http.patch(`${ORIGIN}/api/mentors/me/offers/:id`, async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ ...GROUP, price: { amount: 8_050, currency: "USD" } });
    }),
  );
  const { user } = visit("/app/profile?tab=offers");

  expect(await screen.findByText("1 Stunde, bis zu 8 Plätze")).toBeVisible();
  expect(screen.getByText("1.240,50 USD")).toBeVisible();
  expect(screen.getByRole("button", { name: "Nicht mehr anbieten: Open hour" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Ändern: Open hour" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Sitzung ändern" }));
  const price = await dialog.findByLabelText("Preis in USD");
  expect(price).toHaveValue("1240,50");

  await user.clear(price);
  await user.click(dialog.getByRole("button", { name: "Speichern" }));
  expect(dialog.getByText("Schreiben Sie einen Betrag, etwa 80 oder 80,50.")).toBeVisible();
  await user.type(price, "80,50");
  await user.click(dialog.getByRole("button", { name: "Speichern" }));

  expect(await screen.findByText("Open hour: ab jetzt 80,50 USD.")).toBeVisible();
  expect(sent).toMatchObject({ price_minor: 8_050 });
});
