// Documents that are in force, and which of their versions the reader has agreed to.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";

const LOOK_AGAIN_MS = 3_600_000; // a new version is published a few times in a year

export const consentsQuery = queryOptions({
  queryKey: ["users", "consents"],
  queryFn: ({ signal }) => answer(api.GET("/api/users/consents", { signal })),
  staleTime: LOOK_AGAIN_MS,
});

/** Agree to the versions that were shown; one that is in force no more has them read again. */
export function useAgree() {
  const client = useQueryClient();
  return useMutation({
    networkMode: "always",
    mutationFn: (versions: string[]) =>
      answer(api.POST("/api/users/consents", { body: { versions } })),
    onSuccess: (saved) => client.setQueryData(consentsQuery.queryKey, saved),
    onError: () => client.invalidateQueries({ queryKey: consentsQuery.queryKey }),
  });
}
