import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { FullMeeting, SlotList, SlotOut } from "@/lib/api-types";
import { addDays, type Day, startOfDay } from "@/lib/days";

const TOKENS_STAY_FRESH_MS = 5 * 60_000;

export type SlotRange = { slug: string; type: string; first: Day; last: Day; zone: string };

/**
 * The free slots of whole days of a zone, and the meetings of a group that are full. Read anew on focus, when the zone changes, and often
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
      return answer(
        api.GET("/api/mentors/{slug}/slots", { params: { path: { slug }, query }, signal }),
      );
    },
    staleTime: 0,
    refetchOnWindowFocus: "always",
    refetchInterval: TOKENS_STAY_FRESH_MS,
  });
}

export const itemsOf = ({ items }: SlotList): SlotOut[] => items;
export const fullOf = ({ full }: SlotList): FullMeeting[] => full;
