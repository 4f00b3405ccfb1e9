// A mentor's own reviews and their replies; and reports of what should not stand there.

import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { ReplyRequest, ReviewReportRequest } from "@/lib/api-types";
import { sessionKeys } from "@/lib/sessions";

const PAGE = 10;
const OWN = ["reviews", "own"] as const;

export type Which = "all" | "unanswered";

export function ownReviewsQuery(which: Which) {
  return infiniteQueryOptions({
    queryKey: [...OWN, which],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/mentors/me/reviews", {
          params: {
            query: {
              limit: PAGE,
              ...(which === "unanswered" ? { answered: false } : {}),
              ...(pageParam === "" ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
}

/** Once, in public; the lists and the first page are read anew. */
export function useReply(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ReplyRequest) =>
      answer(
        api.POST("/api/reviews/{review_id}/reply", { body, params: { path: { review_id: id } } }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: OWN });
      void client.invalidateQueries({ queryKey: [...sessionKeys.all, "dashboard"] });
    },
  });
}

export function useReportReview(id: string) {
  return useMutation({
    mutationFn: (body: ReviewReportRequest) =>
      answer(
        api.POST("/api/reviews/{review_id}/report", { body, params: { path: { review_id: id } } }),
      ),
  });
}
