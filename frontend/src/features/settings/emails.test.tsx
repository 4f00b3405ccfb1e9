import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { NotificationsOut } from "@/lib/api-types";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const PATH = `${ORIGIN}/api/users/notifications`;
const PROFILE = `${ORIGIN}/api/users/profile`;
const DAY = "A day before a session";
const HOUR = "An hour before a session";
const UNREAD = "Unread messages";

/** What the API keeps, and how often it was changed: its version. */
let kept: NotificationsOut;
let version: number;
let put: NotificationsOut[];

function present() {
  return HttpResponse.json(kept, { headers: { ETag: `"${version}"` } });
}

function keep(next: NotificationsOut): void {
  kept = next;
  version += 1;
}

/** Let the test say when the API answers a change. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

beforeEach(() => {
  signedInAs();
  kept = { reminder_day: true, reminder_hour: true, message_digest: false };
  version = 1;
  put = [];
  server.use(
    http.get(PATH, present),
    http.put(PATH, async ({ request }) => {
      if (request.headers.get("If-Match") !== `"${version}"`) {
        return refusal(412, "precondition_failed");
      }
      const body = (await request.json()) as NotificationsOut;
      put.push(body);
      keep(body);
      return present();
    }),
  );
});

function find(name: string) {
  return screen.findByRole("switch", { name });
}

test("each switch stands as it is kept, and the page says what has none", async () => {
  visit("/app/settings/emails");

  expect(await find(DAY)).toBeChecked();
  expect(await find(HOUR)).toBeChecked();
  expect(await find(UNREAD)).not.toBeChecked();
  expect(screen.getByText("client@example.com")).toBeVisible();
  expect(screen.getByText("Receipts, refunds and payouts")).toBeVisible();
});

test("the menu of the account leads there", async () => {
  server.use(
    http.get(`${ORIGIN}/api/sessions`, () =>
      HttpResponse.json({ items: [], next: null, prev: null }),
    ),
  );
  const page = visit("/app/sessions");

  await page.user.click(await screen.findByRole("button", { name: "Account of Cora Client" }));
  await page.user.click(await screen.findByRole("menuitem", { name: "E-mails" }));

  expect(await screen.findByRole("heading", { level: 1, name: "E-mails" })).toBeVisible();
});

test("a switch moves at once, before the answer", async () => {
  const { open, opened } = gate();
  server.use(
    http.put(PATH, async ({ request }) => {
      const body = (await request.json()) as NotificationsOut;
      await opened;
      put.push(body);
      keep(body);
      return present();
    }),
  );
  const page = visit("/app/settings/emails");

  await page.user.click(await find(DAY));

  expect(await find(DAY)).not.toBeChecked();
  expect(put).toEqual([]);
  open();
  await waitFor(() => expect(put).toHaveLength(1));
  expect(kept).toEqual({ reminder_day: false, reminder_hour: true, message_digest: false });
  expect(await find(DAY)).not.toBeChecked();
});

test("a switch that could not be changed goes back and says why", async () => {
  server.use(http.put(PATH, () => refusal(503, "unavailable")));
  const page = visit("/app/settings/emails");

  await page.user.click(await find(DAY));

  expect(await screen.findByText("This is still on")).toBeVisible();
  expect(screen.getByText("The detail of unavailable.")).toBeVisible();
  expect(await find(DAY)).toBeChecked();
  expect(await find(UNREAD)).not.toBeChecked();
});

test("without a connection it goes back too, and works once there is one", async () => {
  server.use(http.put(PATH, () => HttpResponse.error(), { once: true }));
  const page = visit("/app/settings/emails");
  await page.user.click(await find(UNREAD));
  expect(await screen.findByText("This is still off")).toBeVisible();
  expect(await find(UNREAD)).not.toBeChecked();

  await page.user.click(await find(UNREAD));

  await waitFor(() => expect(kept.message_digest).toBe(true));
  expect(await find(UNREAD)).toBeChecked();
  expect(screen.queryByText("This is still off")).toBeNull();
});

test("three switches in a row go one after the other, each on the version before it", async () => {
  const page = visit("/app/settings/emails");

  for (const name of [DAY, HOUR, UNREAD]) await page.user.click(await find(name));

  await waitFor(() => expect(put).toHaveLength(3));
  expect(put).toEqual([
    { reminder_day: false, reminder_hour: true, message_digest: false },
    { reminder_day: false, reminder_hour: false, message_digest: false },
    { reminder_day: false, reminder_hour: false, message_digest: true },
  ]);
});

test("what was switched off elsewhere meanwhile stays off", async () => {
  const page = visit("/app/settings/emails");
  await find(DAY);
  keep({ ...kept, reminder_hour: false });

  await page.user.click(await find(DAY));

  await waitFor(() => expect(put).toHaveLength(1));
  expect(kept).toEqual({ reminder_day: false, reminder_hour: false, message_digest: false });
  await waitFor(async () => expect(await find(HOUR)).not.toBeChecked());
});

test("while it loads the rows are there, and nothing can be switched", async () => {
  const { open, opened } = gate();
  server.use(
    http.get(PATH, async () => {
      await opened;
      return present();
    }),
  );
  visit("/app/settings/emails");

  expect(await screen.findByText("Loading your choice …")).toBeInTheDocument();
  expect(screen.getByText(DAY)).toBeVisible();
  expect(screen.queryByRole("switch")).toBeNull();
  open();
  expect(await find(DAY)).toBeChecked();
});

test("where they cannot be read it says so, and reads them again", async () => {
  server.use(http.get(PATH, () => refusal(400, "bad_request"), { once: true }));
  const page = visit("/app/settings/emails");
  expect(await screen.findByText("Your choice could not be read")).toBeVisible();
  expect(screen.queryByRole("switch")).toBeNull();

  await page.user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await find(DAY)).toBeChecked();
});

test("the language is saved as it is chosen, on the profile as it is now", async () => {
  const asked: unknown[] = [];
  server.use(
    http.get(PROFILE, () => HttpResponse.json(CLIENT, { headers: { ETag: '"p1"' } })),
    http.patch(PROFILE, async ({ request }) => {
      asked.push(request.headers.get("If-Match"), await request.json());
      return HttpResponse.json({ ...CLIENT, language: "de" });
    }),
  );
  const page = visit("/app/settings/emails");

  await page.user.selectOptions(await screen.findByLabelText("Your language"), "Deutsch");

  await waitFor(() => expect(asked).toEqual(['"p1"', { language: "de" }]));
  expect(screen.getByLabelText("Your language")).toHaveValue("de");
  await waitFor(() => expect(localStorage.getItem("language")).toBe("de"));
});

test("a language that could not be saved is not shown as if it were", async () => {
  server.use(
    http.get(PROFILE, () => HttpResponse.json(CLIENT, { headers: { ETag: '"p1"' } })),
    http.patch(PROFILE, () => refusal(422, "invalid_request")),
  );
  const page = visit("/app/settings/emails");

  await page.user.selectOptions(await screen.findByLabelText("Your language"), "Deutsch");

  expect(await screen.findByText("It is still English")).toBeVisible();
  expect(screen.getByLabelText("Your language")).toHaveValue("en");
});
