// What is asked of the directory. The address holds all of it, under the API's own names.

import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { operations } from "@/lib/api-types";
import { msg } from "@/lib/i18n";

export type Sort = NonNullable<
  NonNullable<operations["mentors_list"]["parameters"]["query"]>["sort"]
>;

export type Filters = {
  q?: string;
  price_min?: number;
  price_max?: number;
  currency?: string;
  rating_min?: number;
  location?: string;
  language?: string;
  duration?: number;
  free_from?: string;
  free_to?: string;
  sort?: Sort;
};

export const SORTS: Record<Sort, string> = {
  relevance: msg("Best match"),
  soonest: msg("Soonest free"),
  price: msg("Lowest price"),
  rating: msg("Best rated"),
};

/** Read the filters from an address; what makes no sense there is as good as not there. */
export function readFilters(search: URLSearchParams): Filters {
  const text = (name: string, pattern = /^.{1,200}$/s) => {
    const value = search.get(name)?.trim() ?? "";
    return pattern.test(value) ? value : undefined;
  };
  const integer = (name: string, low: number, high: number) => {
    const value = search.get(name) ?? "";
    return /^\d{1,13}$/.test(value) && Number(value) >= low && Number(value) <= high
      ? Number(value)
      : undefined;
  };
  const instant = (name: string) => {
    const value = text(name, /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/);
    return value !== undefined && !Number.isNaN(Date.parse(value)) ? value : undefined;
  };
  const rating = Number(text("rating_min", /^[0-5](\.\d)?$/) ?? 0);
  const sort = search.get("sort") ?? "";
  return known({
    q: text("q"),
    price_min: integer("price_min", 0, 1e12),
    price_max: integer("price_max", 0, 1e12),
    currency: text("currency", /^[A-Z]{3}$/),
    rating_min: rating > 0 && rating <= 5 ? rating : undefined,
    location: text("location", /^.{1,80}$/),
    language: text("language", /^[A-Za-z0-9-]{1,35}$/),
    duration: integer("duration", 5, 1440),
    free_from: instant("free_from"),
    free_to: instant("free_to"),
    sort: sort !== "relevance" && sort in SORTS ? (sort as Sort) : undefined,
  });
}

/** The filters without those that ask for nothing. */
function known(filters: Filters): Filters {
  const entries: [string, unknown][] = Object.entries(filters);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ""));
}

export type ChangeFilters = (change: Partial<Filters>, how?: { replace?: boolean }) => void;

export function useFilters(): {
  filters: Filters;
  change: ChangeFilters;
  clear: () => void;
} {
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => readFilters(search), [search]);

  const change = useCallback<ChangeFilters>(
    (next, { replace = false } = {}) => {
      setSearch(
        (present) => {
          const merged = known({ ...readFilters(present), ...next });
          const entries = Object.entries(merged).map(([name, value]) => [name, String(value)]);
          return new URLSearchParams(entries);
        },
        { replace, preventScrollReset: true },
      );
    },
    [setSearch],
  );
  const clear = useCallback(
    () => setSearch(filters.sort ? { sort: filters.sort } : {}, { preventScrollReset: true }),
    [setSearch, filters.sort],
  );
  return { filters, change, clear };
}
