// The own hours: read with their version, replaced whole on that version.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Outgoing } from "@/features/availability/draft";
import { api } from "@/lib/api";
import { tagged } from "@/lib/tagged";

export const availabilityQuery = queryOptions({
  queryKey: ["availability", "hours"],
  queryFn: ({ signal }) => tagged(api.GET("/api/mentors/me/availability", { signal })),
  // What is typed rests on it: it is read when the page opens, and where the reader asks for it.
  staleTime: Infinity,
  gcTime: 0,
  refetchOnWindowFocus: false,
});

/** Everything at once, or nothing; 412 where the hours are others by now. */
export function useSaveAvailability() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, tag }: Outgoing & { tag: string }) =>
      tagged(api.PUT("/api/mentors/me/availability", { body, headers: { "If-Match": tag } })),
    onSuccess: (saved) => {
      client.setQueryData(availabilityQuery.queryKey, saved);
      void client.invalidateQueries({ queryKey: ["mentors"] });
      void client.invalidateQueries({ queryKey: ["sessions"] });
      void client.invalidateQueries({ queryKey: ["availability", "seen"] });
    },
  });
}
