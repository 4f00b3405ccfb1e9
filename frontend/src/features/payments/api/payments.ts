// The reader's payments: those that they made, and a mentor's for their sessions.

import { infiniteQueryOptions, useMutation } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { ReferralRequest } from "@/lib/api-types";
import { paymentKeys } from "@/lib/payments";

const PAGE = 20;

export const paymentsQuery = infiniteQueryOptions({
  queryKey: [...paymentKeys.all, "list"],
  queryFn: ({ pageParam, signal }) =>
    answer(
      api.GET("/api/payments", {
        params: { query: { limit: PAGE, ...(pageParam === "" ? {} : { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next,
});

/** Say who brought the reader: once, and before the first purchase. */
export function useReferral() {
  return useMutation({
    mutationFn: (body: ReferralRequest) => answer(api.POST("/api/credit/referral", { body })),
  });
}
