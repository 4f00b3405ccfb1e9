import { expect, test } from "vitest";
import { advance, type Booking, FIRST } from "@/features/booking/hooks/booking-state";
import type { SessionOut, SlotOut } from "@/lib/api-types";
import { ApiError } from "@/lib/problem";

const slot: SlotOut = { starts_at: "2026-11-24T18:00Z", ends_at: "2026-11-24T19:00Z", token: "t" };
const other: SlotOut = { ...slot, starts_at: "2026-11-24T20:00Z" };
const session = { id: "ses_1" } as SessionOut;
const holding: Booking = { step: "holding", slot };

function refused(code: string, more = {}): ApiError {
  return new ApiError({ code, ...more }, new Response(null, { status: 409 }));
}

test("a choice is held, and the hold is the end of it", () => {
  expect(advance(FIRST, { type: "hold", slot })).toEqual(holding);
  expect(advance(holding, { type: "held", session })).toEqual({ step: "held", session });
  expect(advance({ step: "held", session }, { type: "hold", slot })).toEqual({
    step: "held",
    session,
  });
});

test("a second click while the first is under way changes nothing", () => {
  expect(advance(holding, { type: "hold", slot: other })).toBe(holding);
  expect(advance(holding, { type: "choose" })).toBe(holding);
});

test("a taken slot is lost, with its alternatives as far as they can be read", () => {
  const error = refused("slot_taken", { alternatives: [other, { starts_at: 5 }, "x"] });

  expect(advance(holding, { type: "refused", slot, error })).toEqual({
    step: "lost",
    slot,
    alternatives: [other],
  });
});

test("a slot that is not offered any more is lost without alternatives", () => {
  expect(advance(holding, { type: "gone", slot })).toEqual({
    step: "lost",
    slot,
    alternatives: [],
  });
});

test("every other refusal is told as it is, and a new choice begins anew", () => {
  const error = refused("too_many_holds");
  const told = advance(holding, { type: "refused", slot, error });

  expect(told).toEqual({ step: "refused", slot, error });
  expect(advance(told, { type: "choose" })).toEqual(FIRST);
});
