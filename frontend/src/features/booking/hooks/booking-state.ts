// Where a booking stands between the choice of a time and its hold. Pure; the hook calls the API.

import type { SessionOut, SlotOut } from "@/lib/api-types";
import { hasCode } from "@/lib/problem";

export type Booking =
  | { step: "choosing" }
  | { step: "holding"; slot: SlotOut }
  /** Somebody else was quicker: these are free instead. */
  | { step: "lost"; slot: SlotOut; alternatives: SlotOut[] }
  | { step: "refused"; slot: SlotOut; error: unknown }
  | { step: "held"; session: SessionOut };

export type BookingEvent =
  | { type: "hold"; slot: SlotOut }
  | { type: "held"; session: SessionOut }
  | { type: "gone"; slot: SlotOut }
  | { type: "refused"; slot: SlotOut; error: unknown }
  | { type: "choose" };

export const FIRST: Booking = { step: "choosing" };

export function advance(booking: Booking, event: BookingEvent): Booking {
  if (booking.step === "held") return booking; // the end: its page is the payment
  switch (event.type) {
    case "hold":
      return booking.step === "holding" ? booking : { step: "holding", slot: event.slot };
    case "held":
      return { step: "held", session: event.session };
    case "gone":
      return { step: "lost", slot: event.slot, alternatives: [] };
    case "refused":
      return hasCode(event.error, "slot_taken")
        ? { step: "lost", slot: event.slot, alternatives: slotsIn(event.error.more.alternatives) }
        : { step: "refused", slot: event.slot, error: event.error };
    case "choose":
      return booking.step === "holding" ? booking : FIRST;
  }
}

function slotsIn(value: unknown): SlotOut[] {
  return Array.isArray(value) ? value.filter(isSlot) : [];
}

function isSlot(value: unknown): value is SlotOut {
  if (typeof value !== "object" || value === null) return false;
  const { starts_at, ends_at, token } = value as Partial<Record<keyof SlotOut, unknown>>;
  return typeof starts_at === "string" && typeof ends_at === "string" && typeof token === "string";
}
