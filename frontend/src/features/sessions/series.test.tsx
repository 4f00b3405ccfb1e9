import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { SeriesOut, WaitOut } from "@/lib/api-types";
import { ORIGIN, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aSession, inDays, inMinutes, PAID } from "@/test/sessions";

const usd = (amount: number) => ({ amount, currency: "USD" });
const place = (position: number) => ({ id: "srs_1", position, count: 3 });

const SERIES: SeriesOut = {
  id: "srs_1",
  rule: "FREQ=WEEKLY;COUNT=3",
  every_weeks: 1,
  time_zone: "Europe/London",
  asked: 4,
  count: 3,
  created_at: inDays(0),
  left_out: [{ starts_at: inDays(26), reason: "taken", detail: "Taken." }],
  sessions: [
    aSession({ ...PAID, id: "ses_1", series: place(1) }),
    aSession({ id: "ses_2", starts_at: inDays(12), series: place(2) }),
    aSession({ id: "ses_3", starts_at: inDays(19), series: place(3) }),
  ],
};

test("a series says what is to be paid, and cancels what is chosen of it", async () => {
  signedInAs();
  const cancelled: unknown[] = [];
  server.use(
    http.get(`${ORIGIN}/api/series/srs_1`, () => HttpResponse.json(SERIES)),
    http.get(`${ORIGIN}/api/series/srs_1/cancellation-quote`, ({ request }) => {
      const all = new URL(request.url).searchParams.get("since") === "1";
      const parts = { credit: usd(0), prepaid: usd(0), keeps: usd(0), changes_at: null };
      return HttpResponse.json({ refund: usd(all ? 8_000 : 0), ...parts, sessions: [] });
    }),
    http.post(`${ORIGIN}/api/series/srs_1/cancel`, async ({ request }) => {
      cancelled.push(await request.json(), request.headers.has("Idempotency-Key"));
      return HttpResponse.json(SERIES);
    }),
  );
  const { user } = visit("/app/series/srs_1");

  expect(await screen.findByText("2 sessions wait for their payment")).toBeVisible();
  expect(screen.getByText("Pay the next one")).toHaveAttribute("href", "/app/sessions/ses_2/pay");
  expect(screen.getByText("These could not be had and were left out")).toBeVisible();

  await user.click(screen.getByText("Cancel the series or its rest"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(await dialog.findByText("You get $80.00 USD back")).toBeVisible();
  await user.selectOptions(dialog.getByLabelText("Which sessions?"), "3");
  expect(await dialog.findByText("You get nothing back")).toBeVisible();
  await user.click(dialog.getByText("Cancel the sessions"));

  expect(await screen.findByText("The sessions are cancelled.")).toBeVisible();
  expect(cancelled).toEqual([{ since: 3, reason: "" }, true]);
});

test("an offered seat can be taken or declined; a place in a line is left", async () => {
  signedInAs();
  const mentor = aSession().mentor;
  const wait: WaitOut = {
    id: "wtl_1",
    status: "waiting",
    position: 2,
    starts_at: inDays(4),
    ends_at: inDays(5),
    mentor,
    session_type: { id: "sty_g", name: "Peer circle", duration_minutes: 90 },
    session_id: null,
    expires_at: null,
    reason: null,
    joined_at: inDays(-1),
  };
  const offered: WaitOut = {
    ...wait,
    id: "wtl_2",
    status: "offered",
    position: null,
    session_id: "ses_7",
    expires_at: inMinutes(60),
  };
  let waits = [wait, offered, { ...wait, id: "wtl_3", status: "left" as const }];
  server.use(
    http.get(`${ORIGIN}/api/sessions`, () => HttpResponse.json({ items: [], next: null })),
    http.get(`${ORIGIN}/api/waitlist`, () => HttpResponse.json({ items: waits, next: null })),
    http.post(`${ORIGIN}/api/waitlist/:id/leave`, ({ params }) => {
      waits = waits.filter(({ id }) => id !== params.id);
      return HttpResponse.json({ ...wait, status: "left" });
    }),
  );
  const { user } = visit("/app/sessions");

  expect(await screen.findByText("Number 2 in line")).toBeVisible();
  expect(screen.getAllByText("Peer circle with Ada Adams")).toHaveLength(2);
  expect(screen.getByText(/^Take the seat until/)).toHaveAttribute(
    "href",
    "/app/sessions/ses_7/pay",
  );
  await user.click(screen.getByText("Leave the line"));

  expect(await screen.findByText("You left the line.")).toBeVisible();
  expect(screen.queryByText("Number 2 in line")).toBeNull();
});
