// Reading a payment, for every screen that shows one.

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { PaymentOut } from "@/lib/api-types";
import { sessionKeys } from "@/lib/sessions";

export const paymentKeys = {
  // Among the sessions: whatever changes one may move money.
  all: [...sessionKeys.all, "payment"] as const,
  one: (id: string) => [...sessionKeys.all, "payment", "one", id] as const,
};

const ON_THE_WAY: readonly string[] = ["created", "pending"];

/** Receipt and refunds; while it, or a refund, is on its way, looked at again. */
export function paymentQuery(id: string) {
  return queryOptions({
    queryKey: paymentKeys.one(id),
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/payments/{payment_id}", { params: { path: { payment_id: id } }, signal }),
      ),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isOnTheWay(state.data) ? 4_000 : false,
  });
}

function isOnTheWay({ status, refunds }: PaymentOut): boolean {
  return [status, ...refunds.map((refund) => refund.status)].some((one) =>
    ON_THE_WAY.includes(one),
  );
}
