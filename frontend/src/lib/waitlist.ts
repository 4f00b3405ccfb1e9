// Waiting for a seat in a full group meeting: where meetings are chosen, and among the sessions.

import { queryOptions, useMutation } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { WaitRequest } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { sessionKeys, useReadAnew } from "@/lib/sessions";

const MOST = 50;
const OFFERS_COME_MS = 60_000;

/** The own places that are open: in a line, or with a seat that was offered. Looked at each minute. */
export const waitsQuery = queryOptions({
  queryKey: [...sessionKeys.all, "waits"],
  queryFn: async ({ signal }) => {
    const query = { limit: MOST };
    const page = await answer(api.GET("/api/waitlist", { params: { query }, signal }));
    return page.items.filter(({ status }) => status === "waiting" || status === "offered");
  },
  refetchInterval: ({ state }) => ((state.data?.length ?? 0) > 0 ? OFFERS_COME_MS : false),
});

export function useWait() {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: (body: WaitRequest) =>
      withKey("waitlist_join", body, (header) =>
        answer(api.POST("/api/waitlist", { body, params: { header } })),
      ),
    onSettled: readAnew,
  });
}

/** Leave the line, or decline the seat that was offered. */
export function useLeave(id: string) {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: () =>
      withKey(`waitlist_leave ${id}`, {}, (header) =>
        answer(
          api.POST("/api/waitlist/{wait_id}/leave", {
            body: {},
            params: { header, path: { wait_id: id } },
          }),
        ),
      ),
    onSettled: readAnew,
  });
}
