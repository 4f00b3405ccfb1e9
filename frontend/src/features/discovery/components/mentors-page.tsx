import { useEffect } from "react";
import { Picture } from "@/components/picture";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { useMentors } from "@/features/discovery/api/mentors";
import { ActiveFilters } from "@/features/discovery/components/active-filters";
import { FilterDialog } from "@/features/discovery/components/filter-dialog";
import { FilterPanel } from "@/features/discovery/components/filter-panel";
import { Results, ResultsSkeleton } from "@/features/discovery/components/results";
import { SearchBox } from "@/features/discovery/components/search-box";
import { SortSelect } from "@/features/discovery/components/sort-select";
import { useFilters } from "@/features/discovery/hooks/use-filters";
import type { MentorPage } from "@/lib/api-types";
import { t, tn } from "@/lib/i18n";
import { forgetPicture } from "@/lib/picture";
import { useArrived } from "@/lib/use-arrived";
import { useMedia } from "@/lib/use-media";

export function MentorsPage() {
  const { filters, change, clear } = useFilters();
  const mentors = useMentors(filters);
  const arrived = useArrived(mentors.data !== undefined);
  useEffect(() => {
    if (arrived) forgetPicture();
  }, [arrived]);
  const beside = useMedia("(width >= 64rem)"); // as `lg:` below: elsewhere the filters have a dialog
  const first = mentors.data?.pages[0];
  const facets = first?.facets ?? {};
  const panel = { filters, facets, onChange: change };

  return (
    <div className="grid gap-6">
      <div className="grid gap-4 sm:flex sm:items-end sm:justify-between">
        <PageHeading title={t("Find a mentor")} />
        <p role="status" className="min-h-6 text-ink-soft">
          {first ? countWords(first) : ""}
        </p>
      </div>
      <div className="grid items-start gap-8 lg:grid-cols-[16.5rem_minmax(0,1fr)]">
        {beside ? (
          <aside
            aria-label={t("Filters")}
            className="sticky top-24 -m-1 max-h-[calc(100dvh-7rem)] overflow-y-auto p-1"
          >
            <FilterPanel {...panel} />
          </aside>
        ) : null}
        <div className="grid gap-4">
          <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[minmax(0,1fr)_auto_auto]">
            <SearchBox
              value={filters.q ?? ""}
              onSearch={(q) => change({ q }, { replace: true })}
              className="col-span-2 sm:col-span-1"
            />
            <SortSelect value={filters.sort} onChange={(sort) => change({ sort })} />
            <FilterDialog {...panel} total={first?.total} onClear={clear} />
          </div>
          <ActiveFilters filters={filters} onChange={change} onClear={clear} />
          {mentors.isError && mentors.data === undefined ? (
            <ErrorState
              error={mentors.error}
              title={t("The mentors could not be loaded")}
              onRetry={() => void mentors.refetch()}
              retrying={mentors.isFetching}
            />
          ) : mentors.data === undefined || !arrived ? (
            <Picture of="mentors" className="tickets grid gap-4" otherwise={<ResultsSkeleton />} />
          ) : (
            <Results
              pages={mentors.data.pages}
              stale={mentors.isPlaceholderData}
              onClear={clear}
              more={
                mentors.hasNextPage
                  ? {
                      load: () => void mentors.fetchNextPage(),
                      loading: mentors.isFetchingNextPage,
                      error: mentors.error,
                    }
                  : null
              }
            />
          )}
        </div>
      </div>
    </div>
  );
}

function countWords({ total, total_is_exact, relaxed, corrected }: MentorPage): string {
  const mentors = total_is_exact
    ? tn(total, "{count} mentor", "{count} mentors")
    : tn(total, "more than {count} mentor", "more than {count} mentors");
  if (corrected === null) {
    return relaxed.length > 0 ? t("{mentors} near to what you asked", { mentors }) : mentors;
  }
  return relaxed.length > 0
    ? t("{mentors} near to what you asked for “{words}”", { mentors, words: corrected })
    : t("{mentors} for “{words}”", { mentors, words: corrected });
}
