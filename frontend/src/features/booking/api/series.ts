import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { SeriesRequest } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { sessionKeys } from "@/lib/sessions";

/** Hold several sessions at once, all or (where asked for) those that can be had. */
export function useHoldSeries() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SeriesRequest) =>
      withKey("series_create", body, (header) =>
        answer(api.POST("/api/series", { body, params: { header } })),
      ),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["mentors", "slots"] });
      void client.invalidateQueries({ queryKey: sessionKeys.all });
    },
  });
}
