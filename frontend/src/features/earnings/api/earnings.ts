// A mentor's money: what there is, what moved it, month by month, and a statement of each payout.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { Month } from "@/lib/days";

const PAGE = 20;

export const earningsKey = ["earnings"] as const;

function page(cursor: string) {
  return { limit: PAGE, ...(cursor === "" ? {} : { cursor }) };
}

/** Each page brings the balances as well; those of the first are shown. */
export const earningsQuery = infiniteQueryOptions({
  queryKey: [...earningsKey, "lines"],
  queryFn: ({ pageParam, signal }) =>
    answer(api.GET("/api/mentors/me/earnings", { params: { query: page(pageParam) }, signal })),
  initialPageParam: "",
  getNextPageParam: (read) => read.next,
});

/** From that month on until the present one, by the mentor's clock. */
export function analyticsQuery(since: Month) {
  return queryOptions({
    queryKey: [...earningsKey, "analytics", since],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/mentors/me/earnings/analytics", { params: { query: { since } }, signal }),
      ),
  });
}

export const statementsQuery = infiniteQueryOptions({
  queryKey: [...earningsKey, "statements"],
  queryFn: ({ pageParam, signal }) =>
    answer(api.GET("/api/mentors/me/statements", { params: { query: page(pageParam) }, signal })),
  initialPageParam: "",
  getNextPageParam: (read) => read.next,
});

export function statementQuery(id: string) {
  return queryOptions({
    queryKey: [...earningsKey, "statement", id],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/mentors/me/statements/{statement_id}", {
          params: { path: { statement_id: id } },
          signal,
        }),
      ),
  });
}
