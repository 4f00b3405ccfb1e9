import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useReducer } from "react";
import { holdSlot } from "@/features/booking/api/sessions";
import { advance, FIRST, type Booking } from "@/features/booking/hooks/booking-state";
import type { SlotOut } from "@/lib/api-types";
import { hasCode } from "@/lib/problem";

type UseHold = {
  booking: Booking;
  hold: (slot: SlotOut, goals: string) => Promise<void>;
  chooseAgain: () => void;
};

/**
 * Take a slot and say how it went. `renewed` finds the same start with a fresh token, or null
 * where it is not offered any more on the terms on the screen: a token that grew old in an open
 * tab is no reason to send the person away.
 */
export function useHold(renewed: (slot: SlotOut) => Promise<SlotOut | null>): UseHold {
  const client = useQueryClient();
  const [booking, dispatch] = useReducer(advance, FIRST);

  const hold = useCallback(
    async (slot: SlotOut, goals: string) => {
      dispatch({ type: "hold", slot });
      try {
        const session = await holdOnce(slot, goals, renewed);
        dispatch(session === null ? { type: "gone", slot } : { type: "held", session });
      } catch (error) {
        dispatch({ type: "refused", slot, error });
      }
      // What was free or held before is not any more.
      void client.invalidateQueries({ queryKey: ["mentors", "slots"] });
      void client.invalidateQueries({ queryKey: ["sessions"] });
    },
    [client, renewed],
  );
  const chooseAgain = useCallback(() => dispatch({ type: "choose" }), []);
  return { booking, hold, chooseAgain };
}

async function holdOnce(
  slot: SlotOut,
  goals: string,
  renewed: (slot: SlotOut) => Promise<SlotOut | null>,
) {
  try {
    return await holdSlot({ slot_token: slot.token, goals });
  } catch (error) {
    if (!hasCode(error, "slot_token_expired", "slot_token_invalid")) throw error;
    const fresh = await renewed(slot);
    return fresh === null ? null : await holdSlot({ slot_token: fresh.token, goals });
  }
}
