// Where payouts go: what is known of it here, and the way to the gateway's own form.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { earningsKey, earningsQuery } from "@/features/earnings/api/earnings";
import { answer, api } from "@/lib/api";
import type { PayoutAccountRequest } from "@/lib/api-types";
import { leaveFor } from "@/lib/elsewhere";
import { sessionKeys } from "@/lib/sessions";
import { tagged } from "@/lib/tagged";

/** With the ETag that a change of the destination needs. */
export const payoutAccountQuery = queryOptions({
  queryKey: [...earningsKey, "account"],
  queryFn: ({ signal }) => tagged(api.GET("/api/mentors/me/payout-account", { signal })),
});

/** Have the gateway asked how the account stands, and read anew what depends on it. */
export function useCheckAccount(onSettled: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.POST("/api/mentors/me/payout-account/check")),
    onSettled: async () => {
      void client.invalidateQueries({ queryKey: [...sessionKeys.all, "dashboard"] });
      void client.invalidateQueries({ queryKey: earningsQuery.queryKey });
      await client.invalidateQueries({ queryKey: payoutAccountQuery.queryKey });
      onSettled();
    },
  });
}

type Wish = { body: PayoutAccountRequest; tag?: string };

/** Open the account, go on with its form, or change to another; then leave for the gateway. */
export function useOpenAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, tag }: Wish) =>
      answer(
        api.POST("/api/mentors/me/payout-account", {
          body,
          ...(tag === undefined ? {} : { headers: { "If-Match": tag } }),
        }),
      ),
    onSuccess: ({ onboarding_url }) => leaveFor(onboarding_url),
    // Also after a refusal: the account may be open although its form is not, or be another one.
    onSettled: () => {
      void client.invalidateQueries({ queryKey: payoutAccountQuery.queryKey });
      void client.invalidateQueries({ queryKey: [...sessionKeys.all, "dashboard"] });
    },
  });
}
