import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import { speak } from "@/lib/i18n";
import { CLIENT, ORIGIN, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const USERS = `${ORIGIN}/api/users`;

beforeEach(async () => {
  await speak("de");
  signedInAs({ ...CLIENT, language: "de", time_zone: "Europe/Berlin" });
});

afterEach(() => speak("en"));

test("the own data speak German, with size and days", async () => {
  server.use(
    http.get(`${USERS}/export`, () =>
      HttpResponse.json({
        status: "ready",
        requested_at: "2030-11-30T09:00:00Z",
        ready_at: "2030-11-30T09:02:00Z",
        expires_at: "2030-12-07T09:02:00Z",
        size_bytes: 1_250_000,
      }),
    ),
    http.get(`${USERS}/erasure`, () =>
      HttpResponse.json({
        status: "open",
        requested_at: "2030-11-30T09:00:00Z",
        done_by: "2030-12-30T09:00:00Z",
        hindrances: [],
      }),
    ),
  );
  visit("/app/settings/data");

  expect(
    await screen.findByText(
      "Stand: Sa., 30. Nov. 2030, 10:02 Berlin, 1,3 MB. Sie liegt hier bis Sa., 7. Dez. 2030, 10:02 Berlin, dann wird sie gelöscht.",
    ),
  ).toBeVisible();
  expect(
    screen.getByText(
      "Verlangt: Sa., 30. Nov. 2030, 10:00 Berlin. Es wird bis Mo., 30. Dez. 2030 ausgeführt. Bis dahin geht alles wie zuvor.",
    ),
  ).toBeVisible();
});

test("a name is changed in German, by an address that stands inside the sentence", async () => {
  server.use(
    http.patch(`${USERS}/profile`, () =>
      HttpResponse.json({ ...CLIENT, language: "de", name: "Cora Kunz" }),
    ),
  );
  const { user } = visit("/app/settings/you");

  const name = await screen.findByLabelText("Ihr Name");
  expect(
    screen.getByText("client@example.com", { selector: "p span" }).parentElement,
  ).toHaveTextContent("Sie sind angemeldet als client@example.com.");
  await user.clear(name);
  await user.click(screen.getByRole("button", { name: "Namen speichern" }));
  expect(screen.getByText("Geben Sie einen Namen an.")).toBeVisible();
  await user.type(name, "Cora Kunz");
  await user.click(screen.getByRole("button", { name: "Namen speichern" }));

  expect(await screen.findByText("Sie heißen ab jetzt Cora Kunz.")).toBeVisible();
});
