// Reading a payment, for every screen that shows one.

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import { sessionKeys } from "@/lib/sessions";

export const paymentKeys = { all: [...sessionKeys.all, "payment"] as const };

/** Receipt and refunds; while a refund is on its way, looked at again. */
export function paymentQuery(id: string) {
  return queryOptions({
    queryKey: [...paymentKeys.all, id],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/payments/{payment_id}", { params: { path: { payment_id: id } }, signal }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.refunds.some(({ status }) => status === "created" || status === "pending")
        ? 4_000
        : false,
  });
}
