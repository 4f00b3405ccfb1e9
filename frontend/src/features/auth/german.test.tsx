import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import { speak } from "@/lib/i18n";
import { ORIGIN, refusal, visit } from "@/test/app";
import { server } from "@/test/server";

beforeEach(() => speak("de"));
afterEach(() => speak("en"));

test("who registers in German is told what is wrong in German, and gets German letters", async () => {
  let sent: unknown;
  server.use(
    http.get(`${ORIGIN}/api/content/navigation`, () =>
      HttpResponse.json({ main: [], legal: [], to_agree: [] }),
    ),
    http.post(`${ORIGIN}/api/users/register`, async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ status: "mail_sent" }, { status: 202 });
    }),
  );
  const { user } = visit("/app/register");

  await user.type(await screen.findByLabelText("Name"), "Nora Neu");
  await user.type(screen.getByLabelText("E-Mail"), "nora@example.com");
  await user.type(screen.getByLabelText("Passwort"), "kurz");
  await user.click(screen.getByRole("button", { name: "Konto anlegen" }));
  expect(await screen.findByText("Das Passwort braucht mindestens 10 Zeichen.")).toBeVisible();
  await user.type(screen.getByLabelText("Passwort"), " und dann doch lang");
  await user.click(screen.getByRole("button", { name: "Konto anlegen" }));

  expect(await screen.findByRole("heading", { name: "Sehen Sie in Ihre E-Mails" })).toBeVisible();
  expect(
    screen.getByText(
      "Wir haben an nora@example.com geschrieben. Öffnen Sie den Link in der E-Mail, oder geben Sie ihren Code hier ein.",
    ),
  ).toBeVisible();
  expect(sent).toMatchObject({ role: "client", language: "de" });
});

test("who comes with another site in German gets an account that is written to in German", async () => {
  let sent: unknown;
  sessionStorage.setItem(
    "counterfoil:elsewhere",
    JSON.stringify({ ceremony: "cer_1", wish: "sign-in", next: "/app/login" }),
  );
  server.use(
    http.post(`${ORIGIN}/api/users/social/finish`, async ({ request }) => {
      sent = await request.json();
      return refusal(422, "social_refused");
    }),
  );

  visit("/app/social?state=s1&code=c1");

  await waitFor(() => expect(sent).toMatchObject({ role: "client", language: "de" }));
});
