import { act, screen, waitFor } from "@testing-library/react";
import { type DefaultBodyType, HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SessionOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aSession, PAID, sessionIs } from "@/test/sessions";

const SESSION = "/app/sessions/ses_1";
const PASS = "http://127.0.0.1:8001/rooms/3f2a?jwt=pass";
const START = "2031-01-14T20:00:00Z"; // 15:00 in the reader's New York
const OPENS = Date.parse("2031-01-14T19:50:00Z");
const CLOSES = Date.parse("2031-01-14T21:05:00Z");

type Tab = { opener: unknown; location: { replace: (url: string) => void }; close: () => void };

beforeEach(() => {
  signedInAs();
  server.use(http.get(`${ORIGIN}/api/payments/pay_1`, () => refusal(404, "not_found")));
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Live at an instant from which time goes on. */
function liveAt(instant: number): void {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: instant });
}

function booked(more: Partial<SessionOut> = {}): SessionOut {
  const room = {
    opens_at: new Date(OPENS).toISOString(),
    closes_at: new Date(CLOSES).toISOString(),
  };
  return aSession({ ...PAID, payment: null, starts_at: START, room, ...more });
}

/** What the browser does when a page opens a tab: here it lets it, or not. */
function tabs({ allowed = true } = {}) {
  const went: string[] = [];
  const closed = vi.fn<() => void>();
  const tab: Tab = {
    opener: window,
    location: { replace: (url) => went.push(url) },
    close: closed,
  };
  const opened = vi.spyOn(window, "open");
  opened.mockReturnValue(allowed ? (tab as unknown as Window) : null);
  return { tab, went, closed, opened };
}

function answers(answer: () => HttpResponse<DefaultBodyType>): { count: number } {
  const asked = { count: 0 };
  server.use(
    http.post(`${ORIGIN}/api/sessions/ses_1/join`, () => {
      asked.count += 1;
      return answer();
    }),
  );
  return asked;
}

const admission = () =>
  HttpResponse.json({
    url: PASS,
    token: "pass",
    provider: "jitsi",
    opens_at: new Date(OPENS).toISOString(),
    closes_at: new Date(CLOSES).toISOString(),
  });

test("before the room opens the button says from when, in the reader's zone", async () => {
  liveAt(OPENS - 3_600_000);
  sessionIs(() => booked());

  visit(SESSION);

  expect(await screen.findByRole("button", { name: "Join" })).toBeDisabled();
  expect(screen.getByText("The room opens at 14:50 New York.")).toBeVisible();
});

test("days before it names the day as well", async () => {
  liveAt(OPENS - 3 * 86_400_000);
  sessionIs(() => booked());

  visit(SESSION);

  expect(await screen.findByText("The room opens on Tue 14 Jan, 14:50 New York.")).toBeVisible();
});

test("the button opens by itself when the time comes, and is gone when the room closes", async () => {
  liveAt(OPENS - 2_000);
  sessionIs(() => booked());
  visit(SESSION);
  const button = await screen.findByRole("button", { name: "Join" });
  expect(button).toBeDisabled();

  await waitFor(() => expect(button).toBeEnabled(), { timeout: 5_000 });
  expect(screen.getByText("The room is open until 16:05 New York.")).toBeVisible();

  vi.setSystemTime(CLOSES);
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(screen.queryByRole("button", { name: "Join" })).not.toBeInTheDocument();
});

test("join leads a new tab into the room, and that tab knows nothing of this one", async () => {
  liveAt(OPENS);
  sessionIs(() => booked());
  const { tab, went, opened } = tabs();
  const asked = answers(admission);
  const page = visit(SESSION);

  await page.user.click(await screen.findByRole("button", { name: "Join" }));

  await waitFor(() => expect(went).toEqual([PASS]));
  expect(opened).toHaveBeenCalledWith("", "_blank");
  expect([asked.count, tab.opener]).toEqual([1, null]);
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("where no tab may be opened there is a link", async () => {
  liveAt(OPENS);
  sessionIs(() => booked());
  tabs({ allowed: false });
  answers(admission);
  const page = visit(SESSION);

  await page.user.click(await screen.findByRole("button", { name: "Join" }));

  const link = await screen.findByRole("link", { name: "Open the room" });
  expect(link).toHaveAttribute("href", PASS);
  expect(link).toHaveAttribute("rel", "noreferrer");
});

test("a refusal closes the tab, says why, and can be tried again", async () => {
  liveAt(OPENS);
  sessionIs(() => booked());
  const { went, closed } = tabs();
  answers(() => refusal(409, "room_not_open"));
  const page = visit(SESSION);

  await page.user.click(await screen.findByRole("button", { name: "Join" }));

  expect(await screen.findByText("The detail of room_not_open.")).toBeVisible();
  expect(screen.getByText("The room could not be opened")).toBeVisible();
  expect(closed).toHaveBeenCalledOnce();
  answers(admission);
  await page.user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(went).toEqual([PASS]));
  expect(screen.queryByText("The room could not be opened")).not.toBeInTheDocument();
});

test("a session that was cancelled meanwhile is read again, and its door is gone", async () => {
  liveAt(OPENS);
  let session = booked();
  sessionIs(() => session);
  tabs();
  answers(() => {
    session = booked({
      status: "cancelled",
      cancelled_at: START,
      cancelled_by: "mentor",
      room: null,
    });
    return refusal(409, "room_closed");
  });
  const page = visit(SESSION);

  await page.user.click(await screen.findByRole("button", { name: "Join" }));

  expect(await screen.findByText("Cancelled by Ada Adams")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Join" })).not.toBeInTheDocument();
});

test("what is not booked has no door", async () => {
  sessionIs(() => aSession());

  visit(SESSION);

  await screen.findByRole("heading", { name: "Session with Ada Adams" });
  expect(screen.queryByRole("button", { name: "Join" })).not.toBeInTheDocument();
});

test.each([
  ["open", OPENS, 1],
  ["closed", OPENS - 60_000, 0],
])("a list says which room is open: %s", async (_, instant, count) => {
  liveAt(instant);
  server.use(
    http.get(`${ORIGIN}/api/sessions`, () =>
      HttpResponse.json({ items: [booked()], next: null, prev: null }),
    ),
  );

  visit("/app/sessions");

  await screen.findByRole("article");
  expect(screen.queryAllByText("The room is open")).toHaveLength(count);
});

test("who reads of an absence reads who did not come", async () => {
  sessionIs(() =>
    booked({
      status: "cancelled",
      cancelled_at: START,
      cancelled_by: "mentor",
      outcome: "mentor_absent",
      room: null,
    }),
  );

  visit(SESSION);

  expect(await screen.findByText("Ada Adams did not come")).toBeVisible();
  expect(screen.queryByText(/^Cancelled by/)).not.toBeInTheDocument();
});
