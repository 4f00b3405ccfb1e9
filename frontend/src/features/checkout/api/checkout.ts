// The calls of a checkout: the intent to pay, what became of it, and another time where it is gone.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { ConfirmOut, IntentOut, IntentRequest, SessionOut, SlotOut } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { mayHeal } from "@/lib/problem";
import { sessionKeys, useReadAnew } from "@/lib/sessions";

/** The gateways by which something can be paid; to the payer they are ways of paying. */
export type Way = IntentRequest["gateway"];

/**
 * What the gateway's fields need. The same hold and gateway have the same payment and secret;
 * `useCredit` counts at the first call for a hold, which fixes its price.
 */
export function intentQuery(sessionId: string, gateway: Way, useCredit = false) {
  return intentOptions(["session", sessionId, gateway], () => {
    const body = { session_id: sessionId, gateway, ...(useCredit ? { use_credit: true } : {}) };
    return withKey("payments_create_intent", body, (header) =>
      answer(api.POST("/api/payments/create-intent", { body, params: { header } })),
    );
  });
}

/** The same for a package: one payment while it can be paid. */
export function packageIntentQuery(offerId: string, gateway: Way) {
  return intentOptions(["package", offerId, gateway], async () => {
    const body = { offer_id: offerId, gateway };
    const begun = await withKey("packages_buy", body, (header) =>
      answer(api.POST("/api/packages", { body, params: { header } })),
    );
    packageAttempt.write(offerId, begun.payment_id);
    return begun;
  });
}

function intentOptions(key: readonly string[], begin: () => Promise<IntentOut>) {
  return queryOptions({
    queryKey: ["checkout", "intent", ...key],
    queryFn: begin,
    staleTime: Infinity,
    gcTime: 0, // a client secret is not kept longer than its form
  });
}

/** Which payment was begun for an offer: who comes back from a bank's page is to find it. */
export const packageAttempt = {
  read: (offerId: string) => sessionStorage.getItem(ATTEMPT + offerId),
  write: (offerId: string, paymentId: string) =>
    sessionStorage.setItem(ATTEMPT + offerId, paymentId),
  forget: (offerId: string) => sessionStorage.removeItem(ATTEMPT + offerId),
};
const ATTEMPT = "counterfoil.package:";

/** Pay for a held session with a credit of a package. */
export function useCreditOfPackage(sessionId: string) {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: (packageId: string) => {
      const body = { session_id: sessionId };
      const path = { package_id: packageId };
      return withKey(`packages_use ${packageId}`, body, (header) =>
        answer(api.POST("/api/packages/{package_id}/use", { body, params: { header, path } })),
      );
    },
    onSettled: readAnew,
  });
}

/** Settle a held session with the own credit, where it pays all of it. */
export function useCover(sessionId: string) {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: () => {
      const body = { session_id: sessionId };
      return withKey("payments_cover", body, (header) =>
        answer(api.POST("/api/payments/cover", { body, params: { header } })),
      );
    },
    onSettled: readAnew,
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
