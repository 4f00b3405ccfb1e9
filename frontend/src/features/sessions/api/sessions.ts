// The lists of a person's sessions, a session's money, and its cancellation.

import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { ReviewRequest } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { sessionKeys, useReadAnew } from "@/lib/sessions";

export type When = "upcoming" | "past";

const PAGE = 10;

export function sessionsQuery(when: When) {
  return infiniteQueryOptions({
    queryKey: [...sessionKeys.all, "list", when],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/sessions", {
          params: {
            query: { when, limit: PAGE, ...(pageParam === "" ? {} : { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
}

/** What cancelling now would give back: never an old answer. */
export function quoteQuery(id: string) {
  return queryOptions({
    queryKey: [...sessionKeys.all, "quote", id],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/sessions/{session_id}/cancellation-quote", {
          params: { path: { session_id: id } },
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });
}

/** Get a pass into the room and lead the tab there; one that was not allowed leaves a link. */
export function useJoin(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (tab: Window | null) => {
      const { url } = await answer(
        api.POST("/api/sessions/{session_id}/join", { params: { path: { session_id: id } } }),
      );
      tab?.location.replace(url);
      return { url, isOpened: tab !== null };
    },
    onError: (_, tab) => {
      tab?.close();
      // It may have been cancelled, or moved.
      return client.invalidateQueries({ queryKey: sessionKeys.all });
    },
  });
}

export function useCancel(id: string) {
  return useMutation({
    mutationFn: (body: { reason: string }) =>
      withKey(`sessions_cancel:${id}`, body, (header) =>
        answer(
          api.POST("/api/sessions/{session_id}/cancel", {
            body,
            params: { path: { session_id: id }, header },
          }),
        ),
      ),
    onSettled: useReadAnew(),
  });
}

/** Once, and public from then on. */
export function useReview(id: string) {
  return useMutation({
    mutationFn: (body: ReviewRequest) =>
      answer(
        api.POST("/api/sessions/{session_id}/review", {
          body,
          params: { path: { session_id: id } },
        }),
      ),
    onSuccess: useReadAnew(),
  });
}
