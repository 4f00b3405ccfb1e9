import { fireEvent, screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { AvailabilityOut, OwnOffer, OwnSlotExplanation, UserOut } from "@/lib/api-types";
import { addDays, dayOf, weekdayOf } from "@/lib/days";
import { slotAt } from "@/test/answers";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, aSession } from "@/test/sessions";

const HOURS: AvailabilityOut = {
  time_zone: "Europe/London",
  weekly: [],
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

const OFFER: OwnOffer = {
  id: "sty_1",
  name: "Interview rehearsal",
  description: "",
  duration_minutes: 60,
  price: { amount: 8_000, currency: "USD" },
  capacity: 1,
  active: true,
  policy: aSession().policy,
};
const LONG = { ...OFFER, id: "sty_2", name: "Deep review", duration_minutes: 90 };

function seen(offers: OwnOffer[] = [OFFER], mentor: UserOut = aMentor()) {
  signedInAs(mentor);
  server.use(
    http.get(`${ORIGIN}/api/mentors/me/availability`, () =>
      HttpResponse.json(HOURS, { headers: { ETag: '"v1"' } }),
    ),
    http.get(`${ORIGIN}/api/mentors/me/offers`, () => HttpResponse.json({ items: offers })),
  );
}

/** What is offered in the weeks that are asked for; returns the questions. */
function slotsAre(starts: readonly string[]): URL[] {
  const asked: URL[] = [];
  server.use(
    http.get(`${ORIGIN}/api/mentors/ada/slots`, ({ request }) => {
      const url = new URL(request.url);
      asked.push(url);
      const [from, to] = [url.searchParams.get("from") ?? "", url.searchParams.get("to") ?? ""];
      const items = starts
        .filter((at) => Date.parse(at) >= Date.parse(from) && Date.parse(at) < Date.parse(to))
        .map((at) => slotAt(at));
      return HttpResponse.json({ time_zone: "Europe/London", items, full: [] });
    }),
  );
  return asked;
}

function explains(more: Partial<OwnSlotExplanation>): URL[] {
  const asked: URL[] = [];
  server.use(
    http.get(`${ORIGIN}/api/mentors/me/explain`, ({ request }) => {
      const url = new URL(request.url);
      asked.push(url);
      const at = url.searchParams.get("at") ?? "";
      return HttpResponse.json({
        at,
        offered: false,
        reason: "closed",
        detail: "",
        advice: "",
        ...more,
      });
    }),
  );
  return asked;
}

async function ask(day: string, time: string) {
  const page = visit("/app/availability?tab=seen");
  await screen.findByRole("heading", { name: "Why is a time not offered?" });
  fireEvent.change(screen.getByLabelText("Day"), { target: { value: day } });
  fireEvent.change(screen.getByLabelText("Time (London time)"), { target: { value: time } });
  await page.user.click(screen.getByRole("button", { name: "Ask" }));
  return page;
}

test("a start that is not offered is explained, with what would help", async () => {
  seen();
  slotsAre([]);
  const asked = explains({
    detail: "You are not open for the whole of it.",
    advice: "Add weekly hours.",
  });

  await ask("2031-07-01", "18:00");

  expect(await screen.findByText("You are not open for the whole of it.")).toBeVisible();
  expect(screen.getByText("Add weekly hours.")).toBeVisible();
  expect(screen.getByText(/^Clients are not offered/)).toHaveTextContent(
    "Clients are not offered Tue 1 Jul 2031, 18:00 London",
  );
  expect(asked[0]?.searchParams.get("at")).toBe("2031-07-01T17:00:00.000Z");
  expect(asked[0]?.searchParams.get("session_type")).toBe("sty_1");
});

test("a start that is offered is said to be", async () => {
  seen();
  slotsAre([]);
  explains({ offered: true, reason: "" });

  await ask("2031-07-01", "09:00");

  expect(await screen.findByText("Nothing stands in the way of this start.")).toBeVisible();
  expect(screen.queryByText(/^Clients are not offered/)).not.toBeInTheDocument();
});

test("a question without a day or a time is not asked", async () => {
  seen();
  slotsAre([]);
  const asked = explains({});

  await ask("", "");

  expect(screen.getByText("Choose the day.")).toBeVisible();
  expect(screen.getByText("Write the time.")).toBeVisible();
  expect(asked).toEqual([]);
});

test("a question that fails can be asked again", async () => {
  seen();
  slotsAre([]);
  server.use(http.get(`${ORIGIN}/api/mentors/me/explain`, () => refusal(400, "odd")));
  const page = await ask("2031-07-01", "09:00");
  const again = await screen.findByRole("button", { name: "Try again" });
  explains({ offered: true, reason: "" });

  await page.user.click(again);

  expect(await screen.findByText("Nothing stands in the way of this start.")).toBeVisible();
});

test("next week stands day by day in the mentor's zone, and the week after can be looked at", async () => {
  seen([OFFER, LONG]);
  const today = dayOf(new Date(), "Europe/London");
  const monday = addDays(today, 7 - weekdayOf(today));
  const asked = slotsAre([`${monday}T12:00:00Z`, `${addDays(monday, 9)}T12:00:00Z`]);
  const page = visit("/app/availability?tab=seen");

  const week = await screen.findByRole("region", { name: "A week as clients see it" });
  expect(await within(week).findAllByText("Nothing")).toHaveLength(6);
  const [term] = within(week).getAllByRole("term");
  expect(term).toHaveTextContent(/^Mon /);
  expect(within(week).getAllByRole("time")).toHaveLength(1);
  expect(within(week).getByText(/in London time/)).toBeVisible();

  await page.user.click(within(week).getByRole("button", { name: "The week after" }));
  expect(await within(week).findAllByText("Nothing")).toHaveLength(6);
  await page.user.selectOptions(screen.getByLabelText("Session"), "sty_2");
  await within(week).findAllByText("Nothing");

  expect(asked.map((url) => url.searchParams.get("session_type"))).toContain("sty_2");
  expect(asked.every((url) => url.searchParams.get("tz") === "Europe/London")).toBe(true);
});

test("a week with nothing says where to ask; one that fails says so", async () => {
  seen();
  slotsAre([]);
  const page = visit("/app/availability?tab=seen");
  expect(await screen.findByText(/^Clients are offered nothing in this week/)).toBeVisible();
  server.use(http.get(`${ORIGIN}/api/mentors/ada/slots`, () => refusal(400, "odd")));

  await page.user.click(screen.getByRole("button", { name: "The week after" }));

  expect(await screen.findByText("The week could not be read")).toBeVisible();
});

test("who offers nothing is led to the offers", async () => {
  seen([{ ...OFFER, active: false }]);

  visit("/app/availability?tab=seen");

  expect(await screen.findByRole("link", { name: "Offer a session" })).toHaveAttribute(
    "href",
    "/app/profile?tab=offers",
  );
});

test("who is not public yet is told so, and may ask all the same", async () => {
  const mentor = aMentor();
  const applied = { ...mentor, mentor: { id: "mnt_1", slug: "ada", status: "applied" as const } };
  seen([OFFER], applied);

  visit("/app/availability?tab=seen");

  expect(await screen.findByText("Clients see no times of yours yet")).toBeVisible();
  expect(screen.getByRole("button", { name: "Ask" })).toBeVisible();
});
