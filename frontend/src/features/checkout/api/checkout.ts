// The calls of a checkout: the intent to pay, what became of it, and another time where it is gone.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { ConfirmOut, IntentRequest, SessionOut, SlotOut } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { mayHeal } from "@/lib/problem";
import { sessionKeys } from "@/lib/sessions";

/** What the gateway's fields need. The same hold and gateway have the same payment and secret. */
export function intentQuery(sessionId: string, gateway: IntentRequest["gateway"]) {
  return queryOptions({
    queryKey: ["checkout", "intent", sessionId, gateway],
    queryFn: () => {
      const body = { session_id: sessionId, gateway };
      return withKey("payments_create_intent", body, (header) =>
        answer(api.POST("/api/payments/create-intent", { body, params: { header } })),
      );
    },
    staleTime: Infinity,
    gcTime: 0, // a client secret is not kept longer than its form
  });
}

/** Undecided: neither money, nor an end, nor a try that failed. */
export function isUndecided(found: ConfirmOut): boolean {
  const open = found.payment.status === "pending" || found.payment.status === "created";
  return open && found.payment.failure === null;
}

const PAUSES_MS = [700, 1_000, 1_500, 2_000, 3_000, 5_000] as const;
const LONGEST_PAUSE_MS = 8_000;

/** Have the server look at the gateway, again and again until it is decided. */
export function settlementQuery(paymentId: string) {
  return queryOptions({
    queryKey: ["checkout", "settlement", paymentId],
    queryFn: ({ signal }) =>
      answer(api.POST("/api/payments/confirm", { body: { payment_id: paymentId }, signal })),
    staleTime: 0,
    gcTime: 0,
    retry: (failures, error) => failures < 8 && mayHeal(error),
    refetchIntervalInBackground: true,
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUndecided(state.data)
        ? (PAUSES_MS[state.dataUpdateCount - 1] ?? LONGEST_PAUSE_MS)
        : false,
  });
}

const DAY_MS = 86_400_000;
const OFFERED = 3;

/** The free times nearest to the one that was held, in the order of time. */
export function nearestSlotsQuery(session: SessionOut, now: number) {
  return queryOptions({
    queryKey: ["checkout", "nearest", session.id],
    queryFn: async ({ signal }) => {
      const held = Date.parse(session.starts_at);
      const from = new Date(Math.max(now, held - 7 * DAY_MS));
      const found = await answer(
        api.GET("/api/mentors/{slug}/slots", {
          params: {
            path: { slug: session.mentor.slug },
            query: {
              session_type: session.session_type.id,
              from: from.toISOString(),
              to: new Date(from.getTime() + 14 * DAY_MS).toISOString(),
            },
          },
          signal,
        }),
      );
      return nearest(found.items, held);
    },
  });
}

export function nearest(slots: readonly SlotOut[], held: number): SlotOut[] {
  const distance = (slot: SlotOut) => Math.abs(Date.parse(slot.starts_at) - held);
  return [...slots]
    .sort((one, other) => distance(one) - distance(other))
    .slice(0, OFFERED)
    .sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
}

/** Hold another time with the same goals. */
export function useHoldAnother(session: SessionOut) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (slot: { token: string }) => {
      const body = { slot_token: slot.token, goals: session.goals };
      return withKey("sessions_create", body, (header) =>
        answer(api.POST("/api/sessions", { body, params: { header } })),
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: sessionKeys.all }),
  });
}
