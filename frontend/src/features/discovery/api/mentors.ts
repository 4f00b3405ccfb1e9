import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { Filters } from "@/features/discovery/hooks/use-filters";

const PAGE = 12;

/** Pages of the directory; while filters change, the former answer stays on the screen. */
export function useMentors(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ["mentors", "list", filters],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/mentors", {
          params: { query: { ...filters, limit: PAGE, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}
