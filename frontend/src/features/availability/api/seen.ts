// What clients are offered by the saved rules, and why a start is not among it.

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import { addDays, type Day, startOfDay } from "@/lib/days";

/** What the mentor sells; only what is offered can be booked. */
export const offeredQuery = queryOptions({
  queryKey: ["profile", "offers"],
  queryFn: ({ signal }) => answer(api.GET("/api/mentors/me/offers", { signal })),
});

export type Start = { type: string; at: string };

export function explainQuery({ type, at }: Start) {
  return queryOptions({
    queryKey: ["availability", "seen", "explain", type, at],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/mentors/me/explain", {
          params: { query: { session_type: type, at } },
          signal,
        }),
      ),
    staleTime: 0,
  });
}

export type Week = { slug: string; type: string; first: Day; zone: string };

/** The free starts of seven days of the mentor's zone, as visitors get them. */
export function weekQuery({ slug, type, first, zone }: Week) {
  return queryOptions({
    queryKey: ["availability", "seen", "week", slug, type, first, zone],
    queryFn: async ({ signal }) => {
      const query = {
        session_type: type,
        from: startOfDay(first, zone),
        to: startOfDay(addDays(first, 7), zone),
        tz: zone,
      };
      const list = await answer(
        api.GET("/api/mentors/{slug}/slots", { params: { path: { slug }, query }, signal }),
      );
      return list.items;
    },
    staleTime: 0,
  });
}
