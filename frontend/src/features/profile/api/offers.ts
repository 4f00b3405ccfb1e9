// What the mentor sells: each is read with its version before it is changed.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { OwnOfferChange, OwnOfferRequest } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { tagged } from "@/lib/tagged";

const OFFERS = ["profile", "offers"] as const;

export const offersQuery = queryOptions({
  queryKey: OFFERS,
  queryFn: ({ signal }) => answer(api.GET("/api/mentors/me/offers", { signal })),
});

export function offerQuery(id: string) {
  return queryOptions({
    queryKey: [...OFFERS, id],
    queryFn: ({ signal }) =>
      tagged(
        api.GET("/api/mentors/me/offers/{session_type}", {
          params: { path: { session_type: id } },
          signal,
        }),
      ),
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** Visitors see each change at once: whatever shows it in the app is read anew. */
function useSeen() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: OFFERS });
    void client.invalidateQueries({ queryKey: ["mentors"] });
  };
}

export function useMakeOffer() {
  const seen = useSeen();
  return useMutation({
    mutationFn: (body: OwnOfferRequest) =>
      withKey("offer", body, (header) =>
        answer(api.POST("/api/mentors/me/offers", { body, params: { header } })),
      ),
    onSuccess: seen,
  });
}

export function useChangeOffer(id: string) {
  const client = useQueryClient();
  const seen = useSeen();
  return useMutation({
    /** Without a tag: on whatever it is now, for what overwrites nothing that was typed. */
    mutationFn: async ({ body, tag }: { body: OwnOfferChange; tag?: string }) =>
      answer(
        api.PATCH("/api/mentors/me/offers/{session_type}", {
          body,
          params: { path: { session_type: id } },
          headers: { "If-Match": tag ?? (await client.query(offerQuery(id))).tag },
        }),
      ),
    onSuccess: seen,
  });
}
