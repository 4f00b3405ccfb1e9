import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import type { AvailabilityOut, CalendarOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, inDays } from "@/test/sessions";

const CALENDARS = `${ORIGIN}/api/mentors/me/calendars`;
const FEED = `${ORIGIN}/api/users/calendar-feed`;
const SECRET = "https://counterfoil.example/calendar/cff_secret.ics";

const GOOD: CalendarOut = {
  id: "cal_1",
  name: "Home",
  status: "good",
  host: "calendar.example.com",
  received_at: "2031-01-06T10:00:00Z",
  read_at: "2031-01-06T10:00:00Z",
  entries: 12,
  busy_times: 3,
  left_out: [],
  checked_at: "2031-01-06T11:00:00Z",
  next_check_at: inDays(1),
  failing_since: null,
  error: null,
};
const FAILING: CalendarOut = {
  ...GOOD,
  id: "cal_2",
  name: "Work",
  status: "failing",
  failing_since: "2031-01-05T10:00:00Z",
  error: "The address answered 404.",
  left_out: ["“Standup” repeats for ever."],
};

const HOURS: AvailabilityOut = {
  time_zone: "Europe/London",
  weekly: [],
  overrides: [],
  time_off: [],
  travel: [],
  rules: {
    step_minutes: 30,
    gap_minutes: 0,
    notice_minutes: 0,
    window_days: 60,
    max_per_day: null,
    max_per_week: null,
  },
};

function calendarsAre(read: () => CalendarOut[], active = false) {
  signedInAs(aMentor());
  server.use(
    http.get(`${ORIGIN}/api/mentors/me/availability`, () =>
      HttpResponse.json(HOURS, { headers: { ETag: '"v1"' } }),
    ),
    http.get(CALENDARS, () => HttpResponse.json({ items: read() })),
    http.get(FEED, () =>
      HttpResponse.json({ active, created_at: active ? "2031-01-06T10:00:00Z" : null }),
    ),
  );
}

const open = () => visit("/app/availability?tab=calendars");
const card = (name: string) => screen.findByRole("article", { name });

test("each calendar says how it stands, in words", async () => {
  calendarsAre(() => [GOOD, FAILING]);
  open();

  const home = within(await card("Home"));
  expect(home.getByText("Read")).toBeVisible();
  expect(
    home.getByText(/blocks 3 times of yours, as of Mon 6 Jan 2031, 05:00 New York/),
  ).toBeVisible();
  const work = within(await card("Work"));
  expect(work.getByText("Cannot be read")).toBeVisible();
  expect(
    work.getByText(/The address answered 404\. What came before keeps counting\.$/),
  ).toBeVisible();
  expect(work.getByText("1 entry was left out")).toBeVisible();
  expect(home.queryByText(/left out/)).not.toBeInTheDocument();
});

test("one is added by its address, and read again until it has come", async () => {
  let items: CalendarOut[] = [];
  const bodies: unknown[] = [];
  calendarsAre(() => items);
  server.use(
    http.post(CALENDARS, async ({ request }) => {
      bodies.push(await request.json());
      const made = { ...GOOD, status: "waiting" as const, received_at: null, busy_times: 0 };
      items = [made];
      return HttpResponse.json(made, { status: 201 });
    }),
  );
  const { user } = open();
  expect(await screen.findByText("No other calendar yet")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Add a calendar" }));
  const dialog = await screen.findByRole("dialog", { name: "Add a calendar" });
  await user.type(within(dialog).getByLabelText("Address"), "http://calendar.example.com/a.ics");
  await user.click(within(dialog).getByRole("button", { name: "Add the calendar" }));
  expect(within(dialog).getByText("Give it a name.")).toBeVisible();
  expect(within(dialog).getByText(/begins with https:\/\//)).toBeVisible();
  expect(bodies).toEqual([]);

  await user.type(within(dialog).getByLabelText("Name"), "Home");
  await user.clear(within(dialog).getByLabelText("Address"));
  await user.type(within(dialog).getByLabelText("Address"), "https://calendar.example.com/a.ics");
  await user.click(within(dialog).getByRole("button", { name: "Add the calendar" }));

  expect(within(await card("Home")).getByText("Being read")).toBeVisible();
  expect(screen.getByText("Home is added, and is being read.")).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("button", { name: "Add a calendar" })).toHaveFocus());
  expect(bodies).toEqual([{ name: "Home", url: "https://calendar.example.com/a.ics" }]);
  items = [GOOD];
  expect(await screen.findByText("Read")).toBeVisible();
});

test("an address that is refused is told at its field, and kept", async () => {
  calendarsAre(() => []);
  server.use(
    http.post(CALENDARS, () =>
      refusal(422, "calendar_address", {
        errors: [
          { code: "odd", pointer: "#/url", parameter: null, detail: "Nobody answers there." },
        ],
      }),
    ),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Add a calendar" }));
  const dialog = await screen.findByRole("dialog", { name: "Add a calendar" });
  await user.type(within(dialog).getByLabelText("Name"), "Home");
  await user.type(within(dialog).getByLabelText("Address"), "https://nowhere.example/a.ics");

  await user.click(within(dialog).getByRole("button", { name: "Add the calendar" }));

  const address = within(dialog).getByLabelText("Address");
  await waitFor(() => expect(address).toBeInvalid());
  expect(within(dialog).getByText("Nobody answers there.")).toBeVisible();
  expect(address).toHaveValue("https://nowhere.example/a.ics");
});

test("one is read on demand; a refusal says so beside it", async () => {
  calendarsAre(() => [GOOD]);
  let asked = 0;
  server.use(
    http.post(`${CALENDARS}/cal_1/refresh`, () => {
      asked += 1;
      return asked === 1
        ? HttpResponse.json(GOOD, { status: 202 })
        : refusal(409, "too_many_looks");
    }),
  );
  const { user } = open();
  const home = within(await card("Home"));

  await user.click(home.getByRole("button", { name: "Read it now: Home" }));
  await waitFor(() => expect(asked).toBe(1));
  expect(home.queryByRole("alert")).not.toBeInTheDocument();
  await user.click(home.getByRole("button", { name: "Read it now: Home" }));

  expect(await home.findByText("The detail of too_many_looks.")).toBeVisible();
});

test("one is removed after a question; a no leaves it", async () => {
  let items = [GOOD];
  let removed = 0;
  calendarsAre(() => items);
  server.use(
    http.delete(`${CALENDARS}/cal_1`, () => {
      removed += 1;
      items = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = open();
  const remove = within(await card("Home")).getByRole("button", { name: "Remove Home" });
  await user.click(remove);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(remove).toHaveFocus());
  expect(removed).toBe(0);

  await user.click(remove);
  const dialog = await screen.findByRole("dialog", { name: "Remove Home?" });
  await user.click(within(dialog).getByRole("button", { name: "Remove it" }));

  expect(await screen.findByText("No other calendar yet")).toBeVisible();
  expect(screen.getByText("Home is removed.")).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("button", { name: "Add a calendar" })).toHaveFocus());
  expect(removed).toBe(1);
});

test("a removal that fails is told in the dialog, and the calendar stays", async () => {
  calendarsAre(() => [GOOD]);
  server.use(http.delete(`${CALENDARS}/cal_1`, () => refusal(503, "unavailable")));
  const { user } = open();
  await user.click(within(await card("Home")).getByRole("button", { name: "Remove Home" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove Home?" });

  await user.click(within(dialog).getByRole("button", { name: "Remove it" }));

  expect(await within(dialog).findByText("req_test")).toBeVisible();
});

test("calendars that cannot be read say so, and are read again", async () => {
  calendarsAre(() => [GOOD]);
  server.use(http.get(CALENDARS, () => refusal(400, "odd")));
  const { user } = open();
  await screen.findByText("Your calendars could not be read");
  server.use(http.get(CALENDARS, () => HttpResponse.json({ items: [GOOD] })));

  await user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await card("Home")).toBeVisible();
});

function feedIsMade(): { made: number; closed: number } {
  const count = { made: 0, closed: 0 };
  server.use(
    http.post(FEED, () => {
      count.made += 1;
      return HttpResponse.json(
        {
          active: true,
          created_at: "2031-01-06T10:00:00Z",
          url: SECRET,
          webcal_url: SECRET.replace("https", "webcal"),
        },
        { status: 201 },
      );
    }),
    http.delete(FEED, () => {
      count.closed += 1;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return count;
}

test("an address for the own sessions is made, copied and closed", async () => {
  calendarsAre(() => []);
  const count = feedIsMade();
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Make an address" }));

  expect(await screen.findByLabelText("The address")).toHaveValue(SECRET);
  expect(screen.getByText("The address is secret")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Copy the address" }));
  expect(await screen.findByText("The address is copied.")).toBeVisible();
  expect(await navigator.clipboard.readText()).toBe(SECRET);
  expect(screen.getByRole("link", { name: "Open it in my calendar" })).toHaveAttribute(
    "href",
    "webcal://counterfoil.example/calendar/cff_secret.ics",
  );

  await user.click(screen.getByRole("button", { name: "Close the address" }));
  const dialog = await screen.findByRole("dialog", { name: "Close the address?" });
  await user.click(within(dialog).getByRole("button", { name: "Close it" }));

  expect(await screen.findByText("Your calendar has no address")).toBeVisible();
  expect(screen.queryByLabelText("The address")).not.toBeInTheDocument();
  expect(count).toEqual({ made: 1, closed: 1 });
});

test("an address that was made before is not shown, and is made anew after a question", async () => {
  calendarsAre(() => [], true);
  const count = feedIsMade();
  const { user } = open();
  expect(await screen.findByText(/^Made Mon 6 Jan 2031, 05:00 New York/)).toBeVisible();
  expect(screen.queryByLabelText("The address")).not.toBeInTheDocument();

  await user.click(screen.getByRole("button", { name: "Make a new address" }));
  const dialog = await screen.findByRole("dialog", { name: "Make a new address?" });
  expect(count.made).toBe(0);
  await user.click(within(dialog).getByRole("button", { name: "Make a new one" }));

  expect(await screen.findByLabelText("The address")).toHaveValue(SECRET);
  expect(count.made).toBe(1);
});

test("where the browser does not copy, the address is selected and that is said", async () => {
  calendarsAre(() => []);
  feedIsMade();
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Make an address" }));
  await screen.findByLabelText("The address");
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("no"));

  await user.click(screen.getByRole("button", { name: "Copy the address" }));

  expect(await screen.findByText(/^Your browser does not let this page copy/)).toBeVisible();
  vi.restoreAllMocks();
});
