// The own page: what visitors see, what waits, and changes on the version that was read.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { OwnPageChange, OwnPageOut } from "@/lib/api-types";
import { type Tagged, tagged } from "@/lib/tagged";

export const pageQuery = queryOptions({
  queryKey: ["profile", "page"],
  queryFn: ({ signal }) => tagged(api.GET("/api/mentors/me/page", { signal })),
  // What is typed rests on it: it changes where the reader asks for it, and behind a change.
  refetchOnWindowFocus: false,
});

function useKept() {
  const client = useQueryClient();
  return (saved: Tagged<OwnPageOut>) => {
    client.setQueryData(pageQuery.queryKey, saved);
    void client.invalidateQueries({ queryKey: ["mentors"] });
  };
}

/** Words wait for a reviewer, facts are public at once. 412 where it is another page by now. */
export function useChangePage() {
  const kept = useKept();
  return useMutation({
    mutationFn: ({ body, tag }: { body: OwnPageChange; tag: string }) =>
      tagged(api.PATCH("/api/mentors/me/page", { body, headers: { "If-Match": tag } })),
    onSuccess: kept,
  });
}

export function useTakeBack() {
  const kept = useKept();
  return useMutation({
    mutationFn: () => tagged(api.POST("/api/mentors/me/page/withdraw")),
    onSuccess: kept,
  });
}

export function usePreviewLink() {
  return useMutation({ mutationFn: () => answer(api.POST("/api/mentors/me/page/preview")) });
}
