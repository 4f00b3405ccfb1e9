// What the mentor sells beside single sessions: packages of them, and seats in group meetings.

import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { GroupTypeRequest, MeetingRequest, OfferRequest } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";

const PAGE = 20;
const MEETINGS = ["profile", "meetings"] as const;

/** Visitors see each change at once: whatever shows it in the app is read anew. */
function useSeen() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["mentors"] });
    void client.invalidateQueries({ queryKey: ["profile"] });
  };
}

export function useOfferPackage() {
  const seen = useSeen();
  return useMutation({
    mutationFn: (body: OfferRequest) =>
      withKey("packages_offer", body, (header) =>
        answer(api.POST("/api/packages/offers", { body, params: { header } })),
      ),
    onSuccess: seen,
  });
}

/** Those that were bought stay as they are. */
export function useWithdrawPackage(id: string) {
  const seen = useSeen();
  return useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/packages/offers/{offer_id}/withdraw", {
          params: { path: { offer_id: id } },
        }),
      ),
    onSettled: seen,
  });
}

export const meetingsQuery = infiniteQueryOptions({
  queryKey: MEETINGS,
  queryFn: ({ pageParam, signal }) =>
    answer(
      api.GET("/api/mentors/me/meetings", {
        params: { query: { limit: PAGE, ...(pageParam === "" ? {} : { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next,
});

export function useMakeGroupType() {
  const seen = useSeen();
  return useMutation({
    mutationFn: (body: GroupTypeRequest) =>
      withKey("group_type", body, (header) =>
        answer(api.POST("/api/mentors/me/group-types", { body, params: { header } })),
      ),
    onSuccess: seen,
  });
}

export function useOfferMeeting() {
  const seen = useSeen();
  return useMutation({
    mutationFn: (body: MeetingRequest) =>
      withKey("meeting", body, (header) =>
        answer(api.POST("/api/mentors/me/meetings", { body, params: { header } })),
      ),
    onSuccess: seen,
  });
}

/** Every client gets everything back, and reads the reason. */
export function useWithdrawMeeting(id: string) {
  const seen = useSeen();
  return useMutation({
    mutationFn: (body: { reason: string }) =>
      withKey(`meeting_withdraw ${id}`, body, (header) =>
        answer(
          api.POST("/api/mentors/me/meetings/{meeting_id}/withdraw", {
            body,
            params: { header, path: { meeting_id: id } },
          }),
        ),
      ),
    onSettled: seen,
  });
}
