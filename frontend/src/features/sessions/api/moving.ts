// Moving a session: the times it may move to, the move itself, and other times as proposals.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { AcceptRequest, ProposalRequest, SessionOut, SlotOut } from "@/lib/api-types";
import { addDays, type Day, startOfDay } from "@/lib/days";
import { withKey } from "@/lib/idempotency";
import { ApiError } from "@/lib/problem";
import { sessionKeys, useReadAnew } from "@/lib/sessions";

const TOKENS_STAY_FRESH_MS = 5 * 60_000; // they are good for thirty minutes

type Range = { id: string; first: Day; last: Day; zone: string };

/** On the terms as booked, of whole days of a zone; never so old that a token is refused. */
export function moveSlotsQuery({ id, first, last, zone }: Range) {
  return queryOptions({
    queryKey: [...sessionKeys.all, "slots", id, first, last, zone],
    queryFn: async ({ signal }) => {
      const query = {
        from: startOfDay(first, zone),
        to: startOfDay(addDays(last, 1), zone),
        tz: zone,
      };
      const params = { path: { session_id: id }, query };
      const list = await answer(api.GET("/api/sessions/{session_id}/slots", { params, signal }));
      return list.items;
    },
    staleTime: 0,
    refetchOnWindowFocus: "always",
    refetchInterval: TOKENS_STAY_FRESH_MS,
  });
}

/** What a refused time names instead: `alternatives` of `slot_taken`. */
export function alternativesOf(error: unknown): SlotOut[] {
  const found = error instanceof ApiError ? error.more.alternatives : undefined;
  return Array.isArray(found) ? (found as SlotOut[]) : [];
}

export type Move = ReturnType<typeof useMove>;

export function useMove(id: string) {
  const readAnew = useReadAnew();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (slot: SlotOut) => {
      const body = { slot_token: slot.token };
      return withKey(`sessions_reschedule:${id}`, body, (header) =>
        answer(
          api.POST("/api/sessions/{session_id}/reschedule", {
            body,
            params: { path: { session_id: id }, header },
          }),
        ),
      );
    },
    onSuccess: (moved: SessionOut) => client.setQueryData(sessionKeys.one(id), moved),
    onSettled: readAnew,
  });
}

/** The newest first; the first one is open, or none is. */
export function proposalsQuery(id: string) {
  return queryOptions({
    queryKey: [...sessionKeys.all, "proposals", id],
    queryFn: async ({ signal }) => {
      const params = { path: { session_id: id } };
      const list = await answer(
        api.GET("/api/sessions/{session_id}/proposals", { params, signal }),
      );
      return list.items;
    },
  });
}

export function usePropose(id: string) {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: (body: ProposalRequest) =>
      withKey(`sessions_proposals_make:${id}`, body, (header) =>
        answer(
          api.POST("/api/sessions/{session_id}/proposals", {
            body,
            params: { path: { session_id: id }, header },
          }),
        ),
      ),
    onSuccess: readAnew,
  });
}

type Proposal = { session: string; proposal: string };

export function useAccept({ session, proposal }: Proposal) {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: (body: AcceptRequest) =>
      withKey(`sessions_proposals_accept:${proposal}`, body, (header) =>
        answer(
          api.POST("/api/sessions/{session_id}/proposals/{proposal_id}/accept", {
            body,
            params: { path: { session_id: session, proposal_id: proposal }, header },
          }),
        ),
      ),
    onSuccess: readAnew,
  });
}

/** Decline the other one's, or take the own one back. */
export function useClose({ session, proposal }: Proposal) {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: (how: "decline" | "withdraw") => {
      const params = { path: { session_id: session, proposal_id: proposal } };
      return answer(
        how === "decline"
          ? api.POST("/api/sessions/{session_id}/proposals/{proposal_id}/decline", { params })
          : api.POST("/api/sessions/{session_id}/proposals/{proposal_id}/withdraw", { params }),
      );
    },
    onSuccess: readAnew,
  });
}
