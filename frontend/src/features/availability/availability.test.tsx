import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { AvailabilityIn, AvailabilityOut, AvailabilitySaved } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor } from "@/test/sessions";

const HOURS = `${ORIGIN}/api/mentors/me/availability`;

const READ: AvailabilityOut = {
  time_zone: "Europe/London",
  weekly: [{ weekday: 0, start: "09:00", end: "12:00" }],
  overrides: [],
  time_off: [],
  travel: [],
  rules: {
    step_minutes: 30,
    gap_minutes: 15,
    notice_minutes: 120,
    window_days: 60,
    max_per_day: null,
    max_per_week: null,
  },
};

type Sent = { body: AvailabilityIn; match: string | null };

/** Answers reads with `read`, and takes what is sent as the next version of it. */
function hoursAre(read: AvailabilityOut = READ, more: Partial<AvailabilitySaved> = {}): Sent[] {
  const sent: Sent[] = [];
  let current = read;
  const tag = () => ({ ETag: `"v${sent.length + 1}"` });
  server.use(
    http.get(HOURS, () => HttpResponse.json(current, { headers: tag() })),
    http.put(HOURS, async ({ request }) => {
      const body = (await request.json()) as AvailabilityIn;
      sent.push({ body, match: request.headers.get("If-Match") });
      current = body as AvailabilityOut;
      return HttpResponse.json({ ...current, kept_gaps: [], ...more }, { headers: tag() });
    }),
  );
  return sent;
}

async function opened() {
  signedInAs(aMentor());
  const page = visit("/app/availability");
  await screen.findByRole("heading", { name: "Weekly hours" });
  return page;
}

/** By the tab key alone, as far as it takes. */
async function tabTo(user: UserEvent, target: HTMLElement): Promise<void> {
  for (let presses = 0; presses < 150; presses += 1) {
    if (document.activeElement === target) return;
    await user.tab();
  }
  throw new Error("The tab key does not lead there.");
}

/** A time input of a browser is overwritten by what is typed. */
const ANEW = "{Control>}a{/Control}";

const button = (name: string) => screen.getByRole("button", { name });
const said = () => within(screen.getByRole("form")).getAllByRole("status")[0];

test("hours are added, written and saved with the keyboard only", async () => {
  const sent = hoursAre();
  const { user } = await opened();

  await tabTo(user, button("Add hours on Tuesday"));
  await user.keyboard("{Enter}");
  expect(screen.getByLabelText("Tuesday, from")).toHaveFocus();
  expect(said()).toHaveTextContent("09:00–17:00 added on Tuesday.");
  await user.keyboard(`${ANEW}1030`);
  await user.tab();
  expect(screen.getByLabelText("Tuesday, until")).toHaveFocus();
  await user.keyboard(`${ANEW}1200{Enter}`);

  expect(await screen.findByText("All of this is saved.")).toBeVisible();
  expect(said()).toHaveTextContent("Saved. Clients book by these hours from now on.");
  expect(screen.getByLabelText("Tuesday, until")).toHaveFocus();
  expect(sent).toEqual([
    {
      match: '"v1"',
      body: {
        ...READ,
        weekly: [...READ.weekly, { weekday: 1, start: "10:30", end: "12:00" }],
      },
    },
  ]);
});

test("hours are removed and the rest is saved with the keyboard only", async () => {
  const sent = hoursAre();
  const { user } = await opened();

  await tabTo(user, button("Remove 09:00–12:00 on Monday"));
  await user.keyboard("{Enter}");
  expect(button("Add hours on Monday")).toHaveFocus();
  expect(said()).toHaveTextContent("09:00–12:00 on Monday removed.");
  expect(screen.getByText("Your changes are not saved yet.")).toBeVisible();

  await tabTo(user, button("Save the hours"));
  await user.keyboard("{Enter}");

  expect(await screen.findByText("All of this is saved.")).toBeVisible();
  expect(button("Save the hours")).toHaveFocus();
  expect(sent).toEqual([{ match: '"v1"', body: { ...READ, weekly: [] } }]);
});

test("a day's hours are copied with the keyboard only, and the focus comes back", async () => {
  const sent = hoursAre();
  const { user } = await opened();
  await tabTo(user, button("Copy to other days: Monday"));
  await user.keyboard("{Enter}");
  const dialog = await screen.findByRole("dialog", { name: "Copy the hours of Monday" });
  expect(within(dialog).queryByLabelText("Monday")).not.toBeInTheDocument();

  await tabTo(user, within(dialog).getByRole("button", { name: "Copy the hours" }));
  await user.keyboard("{Enter}");
  expect(within(dialog).getByText("Choose a day at least.")).toBeVisible();
  for (const day of ["Wednesday", "Friday"]) {
    await tabTo(user, within(dialog).getByLabelText(day));
    await user.keyboard(" ");
  }
  await tabTo(user, within(dialog).getByRole("button", { name: "Copy the hours" }));
  await user.keyboard("{Enter}");

  await waitFor(() => expect(button("Copy to other days: Monday")).toHaveFocus());
  expect(said()).toHaveTextContent("The hours of Monday are copied to Wednesday and Friday.");
  expect(sent).toEqual([]);
  await user.click(button("Save the hours"));
  await screen.findByText("All of this is saved.");
  expect(sent[0]?.body.weekly.map(({ weekday }) => weekday)).toEqual([0, 2, 4]);
});

test("hours that overlap are not sent; the focus goes to them, and they can be mended", async () => {
  const sent = hoursAre();
  const { user } = await opened();
  await user.click(button("Add hours on Monday"));
  fireEvent.change(screen.getByLabelText("Monday, hours 2, from"), { target: { value: "11:00" } });

  await user.click(button("Save the hours"));

  const start = screen.getByLabelText("Monday, hours 2, from");
  expect(start).toHaveFocus();
  expect(start).toBeInvalid();
  expect(start).toHaveAccessibleDescription(
    "These hours overlap 09:00–12:00. Change one of the two.",
  );
  expect(screen.getByText("1 place above has to be changed first.")).toBeVisible();
  expect(sent).toEqual([]);

  await user.keyboard(`${ANEW}1230`);
  expect(start).toBeValid();
  await user.click(button("Save the hours"));
  await screen.findByText("All of this is saved.");
  expect(sent[0]?.body.weekly[1]).toEqual({ weekday: 0, start: "12:30", end: "14:00" });
});

test("what is typed while the rest is on its way stays, and goes on the new version", async () => {
  const sent = hoursAre();
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((done) => (letGo = done));
  server.use(http.put(HOURS, () => held, { once: true }));
  const { user } = await opened();
  await user.click(button("Add hours on Tuesday"));
  await user.click(button("Save the hours"));
  await user.click(button("Add hours on Friday"));
  letGo();
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(await screen.findByText("Your changes are not saved yet.")).toBeVisible();
  await waitFor(() => expect(button("Save the hours")).not.toHaveAttribute("aria-busy"));

  await user.click(button("Save the hours"));

  await screen.findByText("All of this is saved.");
  expect(sent.map(({ match }) => match)).toEqual(['"v1"', '"v2"']);
  expect(sent.map(({ body }) => body.weekly.map(({ weekday }) => weekday))).toEqual([
    [0, 1],
    [0, 1, 4],
  ]);
});

test("nothing changed is nothing sent", async () => {
  const sent = hoursAre();
  const { user } = await opened();

  await user.click(button("Save the hours"));

  expect(said()).toHaveTextContent("Nothing is changed, so there is nothing to save.");
  expect(sent).toEqual([]);
});

test("a date on which nothing is offered is added with the keyboard only", async () => {
  const sent = hoursAre();
  const { user } = await opened();

  await tabTo(user, button("Add a date"));
  await user.keyboard("{Enter}");
  expect(screen.getByLabelText("Date")).toHaveFocus();
  await user.keyboard("2031-12-24{Enter}");

  await screen.findByText("All of this is saved.");
  expect(sent[0]?.body.overrides).toEqual([{ date: "2031-12-24", closed: true }]);
});

test("a date with other hours, a time away and a journey are sent as they are meant", async () => {
  const sent = hoursAre();
  const { user } = await opened();
  await user.click(button("Add a date"));
  await user.keyboard("2031-12-31");
  const eve = screen.getByRole("group", { name: "Wednesday 31 December 2031" });
  await user.selectOptions(within(eve).getByLabelText("What is different"), "hours");
  await user.click(
    within(eve).getByRole("button", { name: "Add hours on Wednesday 31 December 2031" }),
  );
  await user.click(button("Add time away"));
  const from = screen.getByLabelText("From (London time)");
  expect(from).toHaveFocus();
  fireEvent.change(from, { target: { value: "2031-07-01T10:00" } });
  fireEvent.change(screen.getByLabelText("Back at (London time)"), {
    target: { value: "2031-07-03T10:00" },
  });
  await user.click(button("Add a journey"));
  expect(screen.getByLabelText("First day")).toHaveFocus();
  await user.keyboard("2031-08-01");
  await user.tab();
  await user.keyboard("2031-08-09");
  await user.selectOptions(screen.getByLabelText("Time zone there"), "Asia/Tokyo");
  await user.selectOptions(screen.getByLabelText("Notice in"), "days");
  await user.click(button("Save the hours"));

  await screen.findByText("All of this is saved.");
  expect(sent[0]?.body).toMatchObject({
    overrides: [{ date: "2031-12-31", start: "09:00", end: "17:00" }],
    time_off: [
      { starts_at: "2031-07-01T09:00:00.000Z", ends_at: "2031-07-03T09:00:00.000Z", reason: "" },
    ],
    travel: [{ from_date: "2031-08-01", to_date: "2031-08-09", time_zone: "Asia/Tokyo" }],
    rules: { notice_minutes: 2_880 },
  });
});

test("a removed date gives the focus to its neighbour, and the last one to the button", async () => {
  hoursAre({
    ...READ,
    overrides: [
      { date: "2031-12-24", closed: true },
      { date: "2031-12-25", closed: true },
      { date: "2020-01-01", closed: true },
    ],
  });
  const { user } = await opened();
  expect(screen.queryByRole("group", { name: /2020/ })).not.toBeInTheDocument();

  await user.click(button("Remove Wednesday 24 December 2031"));
  expect(button("Remove Thursday 25 December 2031")).toHaveFocus();
  await user.keyboard("{Enter}");

  expect(button("Add a date")).toHaveFocus();
  expect(said()).toHaveTextContent("Thursday 25 December 2031 removed.");
});

test("what the server says of a row stands at the row", async () => {
  hoursAre();
  const { user } = await opened();
  await user.click(button("Add hours on Tuesday"));
  server.use(
    http.put(HOURS, () =>
      refusal(422, "invalid", {
        errors: [
          { code: "odd", pointer: "#/weekly/1/end", parameter: null, detail: "Not like this." },
        ],
      }),
    ),
  );

  await user.click(button("Save the hours"));

  await screen.findByText("Not like this.");
  const start = screen.getByLabelText("Tuesday, from");
  expect(start).toHaveAccessibleDescription("Not like this.");
  await waitFor(() => expect(start).toHaveFocus());
  expect(screen.getByLabelText("Monday, from")).toBeValid();
});

test("another failure keeps what was typed and shows its reference", async () => {
  hoursAre();
  const { user } = await opened();
  await user.click(button("Add hours on Tuesday"));
  server.use(http.put(HOURS, () => refusal(503, "unavailable")));

  await user.click(button("Save the hours"));

  const alert = await screen.findByRole("alert");
  expect(within(alert).getByText("req_test")).toBeVisible();
  expect(screen.getByLabelText("Tuesday, from")).toHaveValue("09:00");
  expect(screen.getByText("Your changes are not saved yet.")).toBeVisible();
});

test("a change from elsewhere is not overwritten, and what was typed stays until it is given up", async () => {
  hoursAre();
  const { user } = await opened();
  await user.click(button("Add hours on Tuesday"));
  const newest = { ...READ, weekly: [{ weekday: 5, start: "08:00", end: "09:00" }] };
  server.use(
    http.put(HOURS, () => refusal(412, "precondition_failed")),
    http.get(HOURS, () => HttpResponse.json(newest, { headers: { ETag: '"other"' } })),
  );

  await user.click(button("Save the hours"));

  expect(await screen.findByText("Your hours were changed in the meantime")).toBeVisible();
  expect(screen.getByLabelText("Tuesday, from")).toHaveValue("09:00");
  await user.click(button("Remove 09:00–12:00 on Monday"));
  expect(screen.getByText("Your hours were changed in the meantime")).toBeVisible();

  await user.click(button("Read the newest version"));

  expect(await screen.findByLabelText("Saturday, from")).toHaveValue("08:00");
  expect(screen.queryByLabelText("Tuesday, from")).not.toBeInTheDocument();
  expect(screen.queryByText("Your hours were changed in the meantime")).not.toBeInTheDocument();
  const matches: (string | null)[] = [];
  server.use(
    http.put(HOURS, ({ request }) => {
      matches.push(request.headers.get("If-Match"));
      return HttpResponse.json({ ...newest, kept_gaps: [] });
    }),
  );
  await user.click(button("Add hours on Monday"));
  await user.click(button("Save the hours"));
  await waitFor(() => expect(matches).toEqual(['"other"']));
});

test("who leaves with something unsaved is asked, and finds it again", async () => {
  hoursAre();
  const page = await opened();
  const { user } = page;
  const closing = () => {
    const event = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(closing()).toBe(false);
  await user.click(button("Add hours on Tuesday"));
  expect(closing()).toBe(true);

  await user.click(screen.getByRole("tab", { name: "Hours" }));
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  const [sessions] = screen.getAllByRole("link", { name: "Sessions" });
  if (sessions === undefined) throw new Error("The navigation leads to the sessions.");
  await user.click(sessions);
  const dialog = await screen.findByRole("dialog", { name: "Your hours are not saved" });
  await user.click(within(dialog).getByRole("button", { name: "Stay here" }));
  await waitFor(() => expect(button("Save the hours")).toHaveFocus());
  expect(page.address()).toBe("/app/availability");

  server.use(
    http.get(`${ORIGIN}/api/sessions`, () =>
      HttpResponse.json({ items: [], next: null, prev: null }),
    ),
  );
  await user.click(sessions);
  await user.click(await screen.findByRole("button", { name: "Leave without saving" }));
  expect(await screen.findByRole("heading", { level: 1, name: /sessions/i })).toBeVisible();
  expect(page.address()).toBe("/app/sessions");

  page.unmount();
  await opened();

  expect(screen.getByLabelText("Tuesday, from")).toHaveValue("09:00");
  expect(screen.getByText("Your changes are not saved yet.")).toBeVisible();
});

test("what is discarded is gone, also from the tab's memory", async () => {
  hoursAre();
  const page = await opened();
  await page.user.click(button("Add hours on Tuesday"));

  await page.user.click(button("Discard the changes"));

  expect(screen.queryByLabelText("Tuesday, from")).not.toBeInTheDocument();
  page.unmount();
  await opened();
  expect(screen.queryByLabelText("Tuesday, from")).not.toBeInTheDocument();
});

test("sessions that keep their pause are named, with their zone", async () => {
  hoursAre(READ, {
    kept_gaps: [
      { starts_at: "2031-01-06T10:00:00Z", ends_at: "2031-01-06T11:00:00Z", gap_minutes: 15 },
    ],
  });
  const { user } = await opened();
  const gap = screen.getByLabelText("Minutes kept free after a session");
  await user.clear(gap);
  await user.type(gap, "20");

  await user.click(button("Save the hours"));

  expect(await screen.findByText("Some sessions keep the pause that they have")).toBeVisible();
  expect(screen.getByText("Mon 6 Jan 2031, 10:00 – 11:00 London")).toBeVisible();
});

test("hours that cannot be read say so, and are read again", async () => {
  signedInAs(aMentor());
  server.use(http.get(HOURS, () => refusal(400, "odd")));
  const page = visit("/app/availability");
  const again = await screen.findByRole("button", { name: "Try again" });
  expect(screen.getByText("req_test")).toBeVisible();
  hoursAre();

  await page.user.click(again);

  expect(await screen.findByLabelText("Monday, from")).toHaveValue("09:00");
});

test("who is no mentor has no hours, and is shown the way", async () => {
  signedInAs();

  visit("/app/availability");

  expect(await screen.findByText("Only mentors have hours")).toBeVisible();
  expect(screen.getByRole("link", { name: "Become a mentor" })).toBeVisible();
});

test("the account menu leads mentors here, and clients not", async () => {
  hoursAre();
  const mentor = await opened();
  await mentor.user.click(button("Account of Ada Adams"));
  expect(await screen.findByRole("menuitem", { name: "Availability" })).toHaveAttribute(
    "href",
    "/app/availability",
  );
  mentor.unmount();

  signedInAs();
  const client = visit("/app/availability");
  await client.user.click(await screen.findByRole("button", { name: "Account of Cora Client" }));

  expect(await screen.findByRole("menuitem", { name: "Sign out" })).toBeVisible();
  expect(screen.queryByRole("menuitem", { name: "Availability" })).not.toBeInTheDocument();
});
