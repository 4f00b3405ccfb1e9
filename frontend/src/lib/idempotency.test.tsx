import { expect, test } from "vitest";
import { withKey } from "@/lib/idempotency";
import { ApiError, Unreachable } from "@/lib/problem";

function refusal(status: number, code: string, headers: Record<string, string> = {}): ApiError {
  return new ApiError({ code }, new Response(null, { status, headers }));
}

/** Call once under the operation's key, which is returned whatever came of it. */
async function keyOf(body: unknown, outcome: () => Promise<unknown>): Promise<string> {
  let seen = "";
  await withKey("op", body, ({ "Idempotency-Key": key }) => {
    seen = key;
    return outcome();
  }).catch(() => undefined);
  return seen;
}

const answered = () => Promise.resolve("done");
const lost = () => Promise.reject(new Unreachable(null));

test("an unanswered call is repeated under its key, an answered one never is", async () => {
  const first = await keyOf({ slot: 1 }, lost);
  const second = await keyOf({ slot: 1 }, answered);
  const third = await keyOf({ slot: 1 }, answered);

  expect(second).toBe(first);
  expect(third).not.toBe(second);
});

test("another body is another wish", async () => {
  expect(await keyOf({ slot: 1 }, lost)).not.toBe(await keyOf({ slot: 2 }, lost));
});

test.each([
  [409, "slot_taken", false],
  [422, "goals_too_long", false],
  [401, "session_ended", true],
  [429, "too_many_requests", true],
  [503, "booking_busy", true],
])("after %i %s the key is kept: %s", async (status, code, kept) => {
  const first = await keyOf({ slot: 1 }, () => Promise.reject(refusal(status, code)));
  const second = await keyOf({ slot: 1 }, answered);

  expect(second === first).toBe(kept);
});

test("while its twin still runs, the call waits as long as it is told", async () => {
  const outcomes = [
    () => Promise.reject(refusal(409, "request_in_flight", { "Retry-After": "0" })),
    () => Promise.resolve("done"),
  ];

  const answer = await withKey("op", {}, () => outcomes.shift()?.() ?? Promise.resolve("late"));

  expect(answer).toBe("done");
});
