import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, expect, test } from "vitest";
import { savingOf } from "@/features/packages/saving";
import { standingOf } from "@/features/packages/standing";
import type { OfferOut, PackageOut } from "@/lib/api-types";
import { speak } from "@/lib/i18n";
import { ADA_DETAIL } from "@/test/answers";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aSession, inDays, sessionIs } from "@/test/sessions";

const usd = (amount: number) => ({ amount, currency: "USD" });
const MENTOR = aSession().mentor;
const BOUGHT: PackageOut = {
  id: "pkg_1",
  mentor: MENTOR,
  session_type: { id: "sty_1", name: "Interview rehearsal", duration_minutes: 60 },
  sessions: 5,
  credits_left: 3,
  price: usd(35_000),
  unused: usd(21_000),
  created_at: inDays(-10),
  pay_by: inDays(-9),
  begun_at: inDays(-10),
  expires_at: inDays(170),
  closed_at: null,
};
const OFFER: OfferOut = {
  id: "pko_1",
  mentor: MENTOR,
  session_type: { id: "sty_hour", name: "Career session", duration_minutes: 60 },
  sessions: 5,
  price: usd(34_000),
  valid_days: 180,
  withdrawn_at: null,
};

function packagesAre(...items: PackageOut[]): void {
  server.use(
    http.get(`${ORIGIN}/api/packages`, () => HttpResponse.json({ items, next: null, prev: null })),
  );
}

afterEach(() => speak("en"));

test("how a package stands follows from its instants and what is left of it", () => {
  const now = Date.now();
  const stands = (more: Partial<PackageOut>) => standingOf({ ...BOUGHT, ...more }, now);

  expect(stands({})).toBe("usable");
  expect(stands({ credits_left: 0 })).toBe("used");
  expect(stands({ expires_at: inDays(-1), credits_left: 0 })).toBe("expired");
  expect(stands({ closed_at: inDays(-1), credits_left: 0 })).toBe("closed");
  expect(stands({ begun_at: null, expires_at: null, pay_by: inDays(1) })).toBe("unpaid");
  expect(stands({ begun_at: null, expires_at: null, pay_by: inDays(-1) })).toBe("never");
});

test("a package saves whole percents, and nothing beside another currency or a higher price", () => {
  const type = { price: usd(8_000) };

  expect(savingOf(OFFER, type)).toBe(15);
  expect(savingOf({ ...OFFER, price: usd(40_000) }, type)).toBe(0);
  expect(savingOf({ ...OFFER, price: { amount: 1, currency: "EUR" } }, type)).toBe(0);
  expect(savingOf(OFFER, undefined)).toBe(0);
});

test("a mentor's page sells packages; who sells none shows no heading for it", async () => {
  signedInAs();
  let items: OfferOut[] = [OFFER];
  let asked = 0;
  server.use(
    http.get(`${ORIGIN}/api/mentors/ada`, () => HttpResponse.json(ADA_DETAIL)),
    http.get(`${ORIGIN}/api/packages/offers`, () => {
      asked += 1;
      return HttpResponse.json({ items });
    }),
  );
  const { unmount } = visit("/app/mentors/ada");

  expect(await screen.findByText("Packages", { selector: "h2" })).toBeVisible();
  expect(screen.getByText("5 × Career session", { selector: "h3" })).toBeVisible();
  expect(screen.getByText("15 % less than one by one")).toBeVisible();
  expect(screen.getByText(/^Buy the package/)).toHaveAttribute(
    "href",
    "/app/mentors/ada/packages/pko_1",
  );

  unmount();
  items = [];
  visit("/app/mentors/ada");
  expect(await screen.findByText("Sessions", { selector: "h2" })).toBeVisible();
  await waitFor(() => expect(asked).toBe(2));
  expect(screen.queryByText("Packages", { selector: "h2" })).toBeNull();
});

test("the own packages say what is left, until when, and give the rest back", async () => {
  signedInAs();
  let mine = BOUGHT;
  const given: string[] = [];
  server.use(
    http.get(`${ORIGIN}/api/packages`, () => HttpResponse.json({ items: [mine], next: null })),
    http.post(`${ORIGIN}/api/packages/:id/refund`, ({ params }) => {
      given.push(String(params.id));
      mine = { ...BOUGHT, credits_left: 0, unused: usd(0), closed_at: inDays(0) };
      return HttpResponse.json({ id: "rfd_1" }, { status: 201 });
    }),
  );
  const { user } = visit("/app/packages");

  expect(await screen.findByText("3 of 5 sessions left")).toBeVisible();
  expect(screen.getByRole("link", { name: /^Book a session/ })).toHaveAttribute(
    "href",
    "/app/mentors/ada/book?type=sty_1",
  );
  await user.click(screen.getByRole("button", { name: /^Give back: / }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText("You get $210.00 USD back")).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Give back and refund $210.00" }));

  expect(await screen.findByText("Given back")).toBeVisible();
  expect(given).toEqual(["pkg_1"]);
});

test("nobody has packages at first, and a list that fails can be asked for again", async () => {
  signedInAs();
  server.use(http.get(`${ORIGIN}/api/packages`, () => refusal(503, "unavailable")));
  const { user } = visit("/app/packages");

  const again = await screen.findByRole("button", { name: "Try again" }, { timeout: 15_000 });
  packagesAre();
  await user.click(again);
  expect(await screen.findByText("No packages yet")).toBeVisible();
}, 20_000);

test("a credit of a package pays for a held session, and no payment is begun", async () => {
  signedInAs();
  sessionStorage.setItem("counterfoil.checkout-document", location.pathname);
  let session = aSession();
  sessionIs(() => session);
  packagesAre(BOUGHT, { ...BOUGHT, id: "pkg_2", session_type: OFFER.session_type });
  const used: unknown[] = [];
  server.use(
    http.post(`${ORIGIN}/api/packages/:id/use`, async ({ params, request }) => {
      used.push([params.id, await request.json(), request.headers.has("Idempotency-Key")]);
      session = aSession({ status: "confirmed", expires_at: null, confirmed_at: inDays(0) });
      return HttpResponse.json({ session, drawn: usd(7_000) }, { status: 201 });
    }),
  );
  const { user } = visit("/app/sessions/ses_1/pay");

  expect(await screen.findByText("Use one session of your package")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Book with your package" }));

  expect(await screen.findByRole("heading", { name: "You are booked" })).toBeVisible();
  expect(used).toEqual([["pkg_1", { session_id: "ses_1" }, true]]);
});

test("credit that pays all of it settles the session; else the rest is paid by a gateway", async () => {
  signedInAs();
  sessionStorage.setItem("counterfoil.checkout-document", location.pathname);
  sessionIs(() => aSession());
  const intents: unknown[] = [];
  server.use(
    http.get(`${ORIGIN}/api/credit`, () =>
      HttpResponse.json({ balances: [usd(1_000)], movements: [], referral_code: "ABCD2345" }),
    ),
    http.post(`${ORIGIN}/api/payments/cover`, () => refusal(409, "credit_too_low")),
    http.post(`${ORIGIN}/api/payments/create-intent`, async ({ request }) => {
      intents.push(await request.json());
      const parts = { price: usd(8_000), discount: usd(0), credit: usd(1_000), amount: usd(7_000) };
      const intent = { payment_id: "pay_1", gateway: "stripe", ...parts, client_secret: "s" };
      return HttpResponse.json({ ...intent, publishable_key: null }, { status: 201 });
    }),
  );
  const { user } = visit("/app/sessions/ses_1/pay");

  expect(await screen.findByText("$70.00 USD is left to pay by card or PayPal.")).toBeVisible();
  expect(intents).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Go on to the payment" }));

  const ticket = within(await screen.findByRole("article", { name: "Your booking" }));
  expect(await ticket.findByText("−$10.00 USD")).toBeVisible();
  expect(ticket.getByText("$70.00 USD")).toBeVisible();
  expect(intents).toEqual([{ session_id: "ses_1", gateway: "stripe", use_credit: true }]);
});

test("German words with their figures and days", async () => {
  signedInAs();
  packagesAre(BOUGHT);
  await speak("de");
  visit("/app/packages");

  expect(await screen.findByText("Noch 3 von 5 Sitzungen")).toBeVisible();
  expect(screen.getByText(/^Gilt bis .*\. Bis dahin bekommen Sie Ungenutztes/)).toBeVisible();
});
