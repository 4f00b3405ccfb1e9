import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import { addDays, type Day, startOfDay } from "@/lib/days";

const TOKENS_STAY_FRESH_MS = 5 * 60_000;

export type SlotRange = { slug: string; type: string; first: Day; last: Day; zone: string };

/**
 * The free slots of whole days of a zone. Read anew on focus, when the zone changes, and often
 * enough that no token on the screen grows old (they are good for 30 minutes).
 */
export function slotsQuery({ slug, type, first, last, zone }: SlotRange) {
  return queryOptions({
    queryKey: ["mentors", "slots", slug, type, first, last, zone],
    queryFn: async ({ signal }) => {
      const query = {
        session_type: type,
        from: startOfDay(first, zone),
        to: startOfDay(addDays(last, 1), zone),
        tz: zone,
      };
      const list = await answer(
        api.GET("/api/mentors/{slug}/slots", { params: { path: { slug }, query }, signal }),
      );
      return list.items;
    },
    staleTime: 0,
    refetchOnWindowFocus: "always",
    refetchInterval: TOKENS_STAY_FRESH_MS,
  });
}
