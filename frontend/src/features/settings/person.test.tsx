import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { ProfilePatch, UserOut } from "@/lib/api-types";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

type Change = { tag: string | null; body: ProfilePatch };

/** Have somebody signed in whose profile can be changed on its version; return the changes. */
function profileOf(user: UserOut = CLIENT): Change[] {
  signedInAs(user);
  const changes: Change[] = [];
  let saved = user;
  server.use(
    http.get(`${ORIGIN}/api/users/profile`, () =>
      HttpResponse.json(saved, { headers: { ETag: `"v${changes.length}"` } }),
    ),
    http.patch(`${ORIGIN}/api/users/profile`, async ({ request }) => {
      const body = (await request.json()) as ProfilePatch;
      changes.push({ tag: request.headers.get("If-Match"), body });
      saved = { ...saved, ...body } as UserOut;
      return HttpResponse.json(saved, { headers: { ETag: `"v${changes.length}"` } });
    }),
  );
  return changes;
}

test("a name is changed on the version that is there, and the header says it", async () => {
  const changes = profileOf();
  const page = visit("/app/settings/you");
  const name = await screen.findByLabelText("Your name");
  expect(screen.getByRole("button", { name: "Save the name" })).toBeDisabled();

  await page.user.clear(name);
  await page.user.click(screen.getByRole("button", { name: "Save the name" }));
  expect(screen.getByText("Write a name.")).toBeVisible();
  expect(changes).toEqual([]);

  await page.user.type(name, " Cora Clay ");
  await page.user.click(screen.getByRole("button", { name: "Save the name" }));

  expect(await screen.findByRole("button", { name: "Account of Cora Clay" })).toBeVisible();
  expect(changes).toEqual([{ tag: '"v0"', body: { name: "Cora Clay" } }]);
});

test("a zone is saved as it is chosen, and the clock follows", async () => {
  const changes = profileOf();
  const page = visit("/app/settings/you");
  const zone = await screen.findByLabelText("Your time zone");
  expect(screen.getByText(/^It is .* New York\./)).toBeVisible();

  await page.user.selectOptions(zone, "Asia/Tokyo");

  expect(await screen.findByText(/^It is .* Tokyo\./)).toBeVisible();
  await waitFor(() =>
    expect(changes).toEqual([{ tag: '"v0"', body: { time_zone: "Asia/Tokyo" } }]),
  );
});

test("two choices in a row go one after the other, and the last one stands", async () => {
  const changes = profileOf();
  const page = visit("/app/settings/you");
  const zone = await screen.findByLabelText("Your time zone");

  await page.user.selectOptions(zone, "Asia/Tokyo");
  await page.user.selectOptions(zone, "Europe/London");

  await waitFor(() => expect(changes).toHaveLength(2));
  expect(changes.map(({ tag, body }) => [tag, body.time_zone])).toEqual([
    ['"v0"', "Asia/Tokyo"],
    ['"v1"', "Europe/London"],
  ]);
  expect(await screen.findByText(/^It is .* London\./)).toBeVisible();
});

test("the device's own zone is one press away, and not offered where it is used", async () => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const other = here === "Asia/Tokyo" ? "Europe/London" : "Asia/Tokyo";
  const changes = profileOf({ ...CLIENT, time_zone: other });
  const page = visit("/app/settings/you");

  await page.user.click(await screen.findByRole("button", { name: /^Use / }));

  await waitFor(() => expect(changes[0]?.body).toEqual({ time_zone: here }));
  await waitFor(() =>
    expect(screen.queryByRole("button", { name: /^Use / })).not.toBeInTheDocument(),
  );
});

test("what the API says of a name stands at its field, and the old name stays", async () => {
  profileOf();
  server.use(
    http.patch(`${ORIGIN}/api/users/profile`, () =>
      refusal(422, "invalid", {
        errors: [{ pointer: "#/name", parameter: null, code: "bad", detail: "That is no name." }],
      }),
    ),
  );
  const page = visit("/app/settings/you");
  await page.user.type(await screen.findByLabelText("Your name"), "!");
  await page.user.click(screen.getByRole("button", { name: "Save the name" }));

  expect(await screen.findByText("That is no name.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Account of Cora Client" })).toBeVisible();
});

test("a zone that could not be saved is told, and the old one stands again", async () => {
  profileOf();
  server.use(http.patch(`${ORIGIN}/api/users/profile`, () => refusal(412, "precondition_failed")));
  const page = visit("/app/settings/you");

  await page.user.selectOptions(await screen.findByLabelText("Your time zone"), "Asia/Tokyo");

  expect(await screen.findByText("It is still New York")).toBeVisible();
  expect(screen.getByLabelText("Your time zone")).toHaveValue("America/New_York");
});
