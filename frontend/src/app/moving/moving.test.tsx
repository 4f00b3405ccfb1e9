import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { SessionOut } from "@/lib/api-types";
import { formatBrief, formatInstant, nameOfDay } from "@/lib/time";
import { slotAt } from "@/test/answers";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aSession, inDays, PAID, sessionIs } from "@/test/sessions";

const SESSION = "/app/sessions/ses_1";
const MOVE = `${SESSION}/move`;
const ZONE = CLIENT.time_zone;
const OLD = inDays(5);
const NEW = inDays(6);

let session: SessionOut;
let bodies: unknown[];

beforeEach(() => {
  session = aSession({ ...PAID, payment: null, starts_at: OLD, moves_left: 1 });
  bodies = [];
  signedInAs();
  sessionIs(() => session);
  server.use(
    http.get(`${ORIGIN}/api/sessions/ses_1/slots`, ({ request }) => {
      const from = new URL(request.url).searchParams.get("from") ?? "";
      const to = new URL(request.url).searchParams.get("to") ?? "";
      const items = [OLD, NEW].map((at) => slotAt(at));
      return HttpResponse.json({
        time_zone: ZONE,
        items: items.filter(({ starts_at: at }) => at >= from && at < to),
      });
    }),
    http.post(`${ORIGIN}/api/sessions/ses_1/reschedule`, async ({ request }) => {
      bodies.push([request.headers.has("Idempotency-Key"), await request.json()]);
      session = { ...session, starts_at: NEW, sequence: 1, moves_left: 0 };
      return HttpResponse.json(session);
    }),
  );
});

function refuses(code: string, more: Record<string, unknown> = {}): void {
  server.use(http.post(`${ORIGIN}/api/sessions/ses_1/reschedule`, () => refusal(409, code, more)));
}

test("a client moves a session: which times, what is left, and what cancelling gives then", async () => {
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("link", { name: "Move the session" }));

  expect(await screen.findByRole("heading", { name: "Move your session" })).toBeInTheDocument();
  expect(screen.getByText(/^You may move it once more\./)).toBeVisible();
  expect(screen.getByText("New York time")).toBeVisible();
  // The present time is not among them: that would be no move.
  await page.user.click(await screen.findByRole("button", { name: /^\d\d:\d\d$/ }));

  expect(await screen.findByRole("heading", { name: "Is this right?" })).toBeVisible();
  const dayBefore = formatInstant(inDays(5), ZONE);
  expect(screen.getByText(`Cancel free until ${dayBefore}. After that, no refund.`)).toBeVisible();
  await page.user.click(screen.getByRole("button", { name: `Move to ${formatBrief(NEW, ZONE)}` }));

  await waitFor(() => expect(page.address()).toBe(SESSION));
  expect(bodies).toEqual([[true, { slot_token: `token ${NEW}` }]]);
  expect(await screen.findByText(/You have moved it as often as possible/)).toBeVisible();
  expect(screen.queryByRole("link", { name: "Move the session" })).not.toBeInTheDocument();
});

test("a late move says that it gives back no more than a cancellation now", async () => {
  const policy = { ...session.policy, tiers: [{ hours_before: 0, refund_bps: 5_000 }] };
  session = { ...session, policy };

  visit(`${MOVE}?at=${NEW}`);

  expect(await screen.findByText("Cancel 50% back until it starts.")).toBeVisible();
  expect(screen.getByText(/^At most 50%, because that is what/)).toBeVisible();
});

test("a time that somebody took meanwhile: nothing moved, and others are one press away", async () => {
  const other = slotAt(inDays(7));
  refuses("slot_taken", { alternatives: [other] });
  const page = visit(`${MOVE}?at=${NEW}`);
  await page.user.click(await screen.findByRole("button", { name: /^Move to/ }));

  expect(await screen.findByText("This time is no longer free")).toBeVisible();
  expect(screen.getByText(/^Nothing has moved: your session is still on/)).toBeVisible();
  const take = screen.getByRole("button", {
    name: `Take ${formatInstant(other.starts_at, ZONE)}`,
  });
  await page.user.click(take);

  await waitFor(() => expect(page.address()).toContain(encodeURIComponent(other.starts_at)));
});

test("inside the notice the mentor is asked for that very time", async () => {
  refuses("inside_notice", { notice_minutes: 120 });
  const asked: unknown[] = [];
  server.use(
    http.post(`${ORIGIN}/api/sessions/ses_1/proposals`, async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json({}, { status: 201 });
    }),
  );
  const page = visit(`${MOVE}?at=${NEW}`);
  await page.user.click(await screen.findByRole("button", { name: /^Move to/ }));

  expect(await screen.findByRole("heading", { name: "Ada Adams has to agree" })).toBeVisible();
  await page.user.type(screen.getByLabelText(/^A few words for Ada Adams/), "My train is late");
  await page.user.click(screen.getByRole("button", { name: `Ask for ${formatBrief(NEW, ZONE)}` }));

  await waitFor(() => expect(page.address()).toBe(SESSION));
  expect(asked).toEqual([{ starts_at: [NEW], message: "My train is late" }]);
});

test("any other refusal is told, and the choice is kept", async () => {
  refuses("client_busy");
  const page = visit(`${MOVE}?at=${NEW}`);
  await page.user.click(await screen.findByRole("button", { name: /^Move to/ }));

  expect(await screen.findByText("The detail of client_busy.")).toBeVisible();
  expect(screen.getByText("Your session was not moved")).toBeVisible();
  expect(page.address()).toBe(`${MOVE}?at=${NEW}`);
});

test("no free time says so and leads on; a failed list is read again", async () => {
  const slots = `${ORIGIN}/api/sessions/ses_1/slots`;
  server.use(http.get(slots, () => refusal(400, "bad_range"), { once: true }));
  const page = visit(MOVE);
  const again = await screen.findByRole("button", { name: "Try again" });
  server.use(http.get(slots, () => HttpResponse.json({ time_zone: ZONE, items: [] })));

  await page.user.click(again);

  expect(await screen.findByText("Nothing free in these weeks")).toBeVisible();
  expect(screen.getByRole("button", { name: "Look further ahead" })).toBeVisible();
});

test.each([
  ["a cancelled one", { status: "cancelled" }, "Only a confirmed session moves."],
  ["one that has begun", { starts_at: inDays(-1) }, "It has begun."],
  ["one that was moved twice", { moves_left: 0 }, /You have moved it as often as possible/],
] as const)("what cannot move says why: %s", async (_, more, words) => {
  session = { ...session, ...more };

  visit(MOVE);

  const title = await screen.findByText("This session cannot be moved here");
  expect(title.parentElement).toHaveTextContent(words);
});

test("a day is chosen in the calendar", async () => {
  const page = visit(MOVE);
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(NEW));

  await page.user.click(
    await screen.findByRole("button", { name: new RegExp(`^${nameOfDay(day)}.*, 1 time free$`) }),
  );

  expect(page.address()).toBe(`${MOVE}?date=${day}`);
});
