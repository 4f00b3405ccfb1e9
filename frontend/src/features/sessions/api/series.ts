// A series of sessions: read, what cancelling would give back, and cancelling it or its rest.

import { queryOptions, useMutation } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { SeriesCancelRequest } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { sessionKeys, useReadAnew } from "@/lib/sessions";

export function seriesQuery(id: string) {
  return queryOptions({
    queryKey: [...sessionKeys.all, "series", id],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/series/{series_id}", { params: { path: { series_id: id } }, signal })),
  });
}

/** From the position `since` on; 1 is all of it. Asked each time: it changes by the minute. */
export function seriesQuoteQuery(id: string, since: number) {
  return queryOptions({
    queryKey: [...sessionKeys.all, "series", id, "quote", since],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/series/{series_id}/cancellation-quote", {
          params: { path: { series_id: id }, query: { since } },
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });
}

export function useCancelSeries(id: string) {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: (body: SeriesCancelRequest) =>
      withKey(`series_cancel ${id}`, body, (header) =>
        answer(
          api.POST("/api/series/{series_id}/cancel", {
            body,
            params: { header, path: { series_id: id } },
          }),
        ),
      ),
    onSettled: readAnew,
  });
}
