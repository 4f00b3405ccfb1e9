// Packages, for every screen that sells, shows or uses one; and the client's own credit.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { PackageOut } from "@/lib/api-types";
import { sessionKeys } from "@/lib/sessions";

export const packageKeys = {
  // Among the sessions: whatever changes one may use a credit, or give it back.
  all: [...sessionKeys.all, "packages"] as const,
  offers: (slug: string) => ["mentors", "packages", slug] as const,
};

const PAGE = 20;
const MOST = 100;

/** What a mentor offers now. */
export function packageOffersQuery(slug: string) {
  return queryOptions({
    queryKey: packageKeys.offers(slug),
    queryFn: async ({ signal }) => {
      const query = { mentor: slug };
      return (await answer(api.GET("/api/packages/offers", { params: { query }, signal }))).items;
    },
  });
}

/** The reader's own, the newest first. */
export const packagesQuery = infiniteQueryOptions({
  queryKey: [...packageKeys.all, "list"],
  queryFn: ({ pageParam, signal }) =>
    answer(
      api.GET("/api/packages", {
        params: { query: { limit: PAGE, ...(pageParam === "" ? {} : { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next,
});

/** Those that can pay for a session of this type; the one that ends first before. */
export function usablePackagesQuery(typeId: string) {
  return queryOptions({
    queryKey: [...packageKeys.all, "usable", typeId],
    queryFn: async ({ signal }) => {
      const query = { limit: MOST };
      const page = await answer(api.GET("/api/packages", { params: { query }, signal }));
      return page.items
        .filter((one) => one.session_type.id === typeId && one.credits_left > 0)
        .sort((one, other) => endOf(one) - endOf(other));
    },
  });
}

function endOf({ expires_at: ends }: PackageOut): number {
  return ends === null ? Infinity : Date.parse(ends);
}

/** The reader's money credit in each currency, its newest movements, and the own referral code. */
export const creditQuery = queryOptions({
  queryKey: [...sessionKeys.all, "credit"],
  queryFn: ({ signal }) => answer(api.GET("/api/credit", { signal })),
});
