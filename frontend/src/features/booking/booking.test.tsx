import { act, screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import type { MentorDetail, SlotOut } from "@/lib/api-types";
import { ADA_DETAIL, heldSession, slotAt } from "@/test/answers";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const SIX = "2027-03-02T18:00:00Z"; // 13:00 in New York, where Cora is
const CHOSEN = "/app/mentors/ada/book?at=2027-03-02T18%3A00%3A00.000Z&date=2027-03-02";
const BOOK = { name: "Book Tue 13:00 · $80.00" };

type Booking = { key: string | null; slot_token: string; goals: string };
let booked: Booking[] = [];
let asked: URLSearchParams[] = [];

/** What the mentor offers now; the last answer holds from then on. */
function offers(...lists: SlotOut[][]): void {
  server.use(
    http.get(`${ORIGIN}/api/mentors/ada/slots`, ({ request }) => {
      const query = new URL(request.url).searchParams;
      const items = lists[Math.min(asked.length, lists.length - 1)] ?? [];
      asked.push(query);
      return HttpResponse.json({ time_zone: query.get("tz"), items });
    }),
  );
}

/** How the attempts to book end, one after the other. */
function bookingEnds(...ends: (() => Response)[]): void {
  server.use(
    http.post(`${ORIGIN}/api/sessions`, async ({ request }) => {
      const body = (await request.json()) as Omit<Booking, "key">;
      booked.push({ key: request.headers.get("Idempotency-Key"), ...body });
      return ends[booked.length - 1]?.() ?? refusal(500, "unexpected");
    }),
  );
}

const held = () => HttpResponse.json(heldSession(), { status: 201 });

function mentorIs(detail: MentorDetail): void {
  server.use(http.get(`${ORIGIN}/api/mentors/ada`, () => HttpResponse.json(detail)));
}

beforeEach(() => {
  booked = [];
  asked = [];
  vi.useFakeTimers({ now: new Date("2027-03-01T10:00:00Z"), toFake: ["Date"] });
  signedInAs();
  mentorIs(ADA_DETAIL);
  server.use(
    http.get(`${ORIGIN}/api/sessions`, () =>
      HttpResponse.json({ items: [], next: null, prev: null }),
    ),
    http.get(`${ORIGIN}/api/sessions/ses_1`, () => HttpResponse.json(heldSession())),
  );
  return () => vi.useRealTimers();
});

test("a day, a time, a look at the terms, one click, and on to the payment", async () => {
  offers([slotAt(SIX), slotAt("2027-03-04T15:00:00Z")]);
  bookingEnds(held);
  const { user, address } = visit("/app/mentors/ada/book?type=sty_hour");

  await user.click(await screen.findByRole("button", { name: /Thursday 4 March 2027, 1 time/ }));
  expect(await screen.findByRole("button", { name: "10:00" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: /Tuesday 2 March 2027, 1 time/ }));
  await user.click(await screen.findByRole("button", { name: "13:00" }));

  expect(await screen.findByText("Tue 2 Mar, 13:00 – 14:00 New York")).toBeVisible();
  expect(screen.getByText("Tue 2 Mar, 18:00 – 19:00 London")).toBeVisible();
  expect(screen.getByText("Cancel free until Mon 1 Mar, 13:00 New York.")).toBeVisible();
  await user.type(screen.getByLabelText(/What do you want to get out of it/), "A new job");
  await user.click(screen.getByRole("button", BOOK));

  await waitFor(() => expect(address()).toBe("/app/sessions/ses_1/pay"));
  expect(booked).toEqual([
    { key: expect.any(String) as string, slot_token: `token ${SIX}`, goals: "A new job" },
  ]);
});

test("the slots are asked for by days of my zone, and anew in another one", async () => {
  offers([slotAt(SIX)]);
  const { user, address } = visit("/app/mentors/ada/book");
  await screen.findByRole("button", { name: "13:00" });

  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    session_type: "sty_hour",
    from: "2027-03-01T05:00:00.000Z",
    to: "2027-04-05T04:00:00.000Z", // 5 weeks on, and summer time since 14 March
    tz: "America/New_York",
  });
  await user.selectOptions(screen.getByLabelText("Times shown in"), "Europe/London");

  expect(await screen.findByRole("button", { name: "18:00" })).toBeVisible();
  expect(asked.at(-1)?.get("tz")).toBe("Europe/London");
  expect(address()).toContain("tz=Europe%2FLondon");
});

test("coming back to the tab reads the slots anew", async () => {
  offers([slotAt(SIX)], [slotAt("2027-03-02T20:00:00Z")]);
  visit("/app/mentors/ada/book");
  await screen.findByRole("button", { name: "13:00" });

  act(() => {
    window.dispatchEvent(new Event("visibilitychange"));
  });

  expect(await screen.findByRole("button", { name: "15:00" })).toBeVisible();
});

test("a reload finds the chosen time again", async () => {
  offers([slotAt(SIX)]);

  visit(CHOSEN);

  expect(await screen.findByRole("button", BOOK)).toBeVisible();
});

test("a slot lost to another offers three that are free, each one click away", async () => {
  const alternatives = ["19:00", "20:00", "21:00"].map((time) => slotAt(`2027-03-02T${time}:00Z`));
  offers([slotAt(SIX)]);
  bookingEnds(() => refusal(409, "slot_taken", { alternatives }), held);
  const { user, address } = visit(CHOSEN);

  await user.type(await screen.findByLabelText(/What do you want/), "A new job");
  await user.click(screen.getByRole("button", BOOK));

  const told = await screen.findByRole("heading", { name: "Tue 13:00 is no longer available" });
  await waitFor(() => expect(told).toHaveFocus());
  expect(
    screen.getAllByRole("button", { name: /^Book / }).map((button) => button.textContent),
  ).toEqual(["Book Tue 14:00 · $80.00", "Book Tue 15:00 · $80.00", "Book Tue 16:00 · $80.00"]);
  await user.click(screen.getByRole("button", { name: "Book Tue 15:00 · $80.00" }));

  await waitFor(() => expect(address()).toBe("/app/sessions/ses_1/pay"));
  expect(booked[1]).toEqual({
    key: expect.any(String) as string,
    slot_token: "token 2027-03-02T20:00:00Z",
    goals: "A new job",
  });
  expect(booked[1]?.key).not.toBe(booked[0]?.key);
});

test("a token that grew old is replaced without a word, on the same terms", async () => {
  offers([slotAt(SIX, "old")], [slotAt(SIX, "fresh")]);
  bookingEnds(() => refusal(409, "slot_token_expired"), held);
  const { user, address } = visit(CHOSEN);

  await user.click(await screen.findByRole("button", BOOK));

  await waitFor(() => expect(address()).toBe("/app/sessions/ses_1/pay"));
  expect(booked.map(({ slot_token }) => slot_token)).toEqual(["old", "fresh"]);
});

test("an old token is not replaced where the price is another one by now", async () => {
  offers([slotAt(SIX, "old")], [slotAt(SIX, "fresh")]);
  bookingEnds(() => refusal(409, "slot_token_expired"), held);
  const { user } = visit(CHOSEN);
  await screen.findByRole("button", BOOK);
  const dearer = ADA_DETAIL.session_types.map((type) => ({
    ...type,
    price: { amount: 9000, currency: "USD" },
  }));
  mentorIs({ ...ADA_DETAIL, session_types: dearer });

  await user.click(screen.getByRole("button", BOOK));

  expect(await screen.findByRole("heading", { name: /no longer available/ })).toBeVisible();
  expect(booked).toHaveLength(1);
});

test.each([
  ["too_many_holds", {}, "You hold several times already", "See what you hold"],
  ["client_busy", { session_id: "ses_9" }, "You have a session at that time", "See that session"],
  ["mentor_not_live", {}, "Not bookable at present", "Find another mentor"],
])("%s is said plainly, with what to do", async (code, more, title, action) => {
  offers([slotAt(SIX)]);
  bookingEnds(() => refusal(409, code, more));
  const { user } = visit(CHOSEN);

  await user.click(await screen.findByRole("button", BOOK));

  const told = await screen.findByRole("heading", { name: title });
  await waitFor(() => expect(told).toHaveFocus());
  expect(screen.getByRole("alert")).toHaveTextContent("Nothing was booked");
  expect(screen.getByRole("link", { name: action })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Choose another time" }));

  expect(await screen.findByRole("button", { name: "13:00" })).toBeVisible();
});

test("a busy server is asked again under the same key", async () => {
  offers([slotAt(SIX)]);
  bookingEnds(() => refusal(503, "booking_busy"), held);
  const { user, address } = visit(CHOSEN);

  await user.click(await screen.findByRole("button", BOOK));
  await user.click(await screen.findByRole("button", { name: "Try again" }));

  await waitFor(() => expect(address()).toBe("/app/sessions/ses_1/pay"));
  expect(booked[1]).toEqual(booked[0]);
});

test("an address whose time went to another says so", async () => {
  offers([slotAt("2027-03-02T20:00:00Z")]);

  visit(CHOSEN);

  expect(await screen.findByText("Tue 2 Mar, 13:00 New York is no longer free")).toBeVisible();
  expect(screen.getByRole("button", { name: "15:00" })).toBeVisible();
});

test("whoever comes back to a time of their own is led on to the payment", async () => {
  offers([]);
  server.use(
    http.get(`${ORIGIN}/api/sessions`, () =>
      HttpResponse.json({ items: [heldSession()], next: null, prev: null }),
    ),
  );

  visit(CHOSEN);

  expect(await screen.findByText("You hold Tue 2 Mar, 13:00 New York")).toBeVisible();
  expect(screen.getByRole("link", { name: "Go on to the payment" })).toHaveAttribute(
    "href",
    "/app/sessions/ses_1/pay",
  );
});

test("days are walked by the keyboard; days without a time are no choice", async () => {
  offers([slotAt(SIX), slotAt("2027-03-09T18:00:00Z")]);
  const { user } = visit("/app/mentors/ada/book");
  const tuesday = await screen.findByRole("button", { name: /Tuesday 2 March 2027, 1 time/ });

  tuesday.focus();
  await user.keyboard("{ArrowDown}");

  await waitFor(() =>
    expect(screen.getByRole("button", { name: /Tuesday 9 March 2027, 1 time/ })).toHaveFocus(),
  );
  await user.keyboard("{ArrowRight}");
  await waitFor(() =>
    expect(screen.getByRole("button", { name: /10 March 2027, nothing free/ })).toHaveFocus(),
  );
  expect(screen.getByText("Nothing is free on this day. Choose a coloured one.")).toBeVisible();
});

test("where nothing is free it says when there is", async () => {
  mentorIs({ ...ADA_DETAIL, next_free_at: "2027-05-04T14:00:00Z" });
  offers([], [slotAt("2027-05-04T14:00:00Z")]);
  const { user } = visit("/app/mentors/ada/book?date=2027-03-02");

  await user.click(await screen.findByRole("button", { name: "Go to Tue 4 May, 10:00" }));

  expect(await screen.findByRole("button", { name: "10:00" })).toBeVisible();
});

test("slots that cannot be loaded can be asked for again", async () => {
  server.use(
    http.get(
      `${ORIGIN}/api/mentors/ada/slots`,
      () => refusal(404, "session_type_not_found", { request_id: "req_5" }),
      { once: true },
    ),
  );
  const { user } = visit("/app/mentors/ada/book");
  expect(await screen.findByText("req_5")).toBeVisible();
  offers([slotAt(SIX)]);

  await user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("button", { name: "13:00" })).toBeVisible();
});
