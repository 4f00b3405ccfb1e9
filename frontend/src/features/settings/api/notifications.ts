// Which e-mails the reader gets: read with their version, changed on that version.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { NotificationsOut } from "@/lib/api-types";
import { hasCode } from "@/lib/problem";

export type Kind = keyof NotificationsOut;

/** What the server has said last, and the ETag that it said it under. */
type Switches = { on: NotificationsOut; tag: string };

type Outcome = { data?: NotificationsOut; error?: unknown; response: Response };

async function tagged(call: Promise<Outcome>): Promise<Switches> {
  const on = await answer(call);
  return { on, tag: (await call).response.headers.get("ETag") ?? "" };
}

export const switchesQuery = queryOptions({
  queryKey: ["notifications"],
  queryFn: ({ signal }) => tagged(api.GET("/api/users/notifications", { signal })),
});

/**
 * One switch. While a change is on its way the screen shows `variables`; what failed is gone from
 * there, so the switch stands again as the server has it. Changes go one after the other, each on
 * the version that the one before it made; what was switched elsewhere meanwhile is kept.
 */
export function useSwitch(kind: Kind) {
  const client = useQueryClient();
  const change = (on: boolean, seen: Switches) =>
    tagged(
      api.PUT("/api/users/notifications", {
        body: { ...seen.on, [kind]: on },
        headers: { "If-Match": seen.tag },
      }),
    );
  return useMutation({
    scope: { id: "notifications" },
    networkMode: "always",
    mutationFn: async (on: boolean) => {
      try {
        return await change(on, await client.query({ ...switchesQuery, staleTime: "static" }));
      } catch (error) {
        if (!hasCode(error, "precondition_failed")) throw error;
        return change(on, await client.query({ ...switchesQuery, staleTime: 0 }));
      }
    },
    onSuccess: async (saved) => {
      await client.cancelQueries({ queryKey: switchesQuery.queryKey });
      client.setQueryData(switchesQuery.queryKey, saved);
    },
  });
}
