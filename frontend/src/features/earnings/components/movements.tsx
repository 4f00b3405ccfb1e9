import { useInfiniteQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/ui/error-state";
import { ShowMore } from "@/components/ui/show-more";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { earningsQuery } from "@/features/earnings/api/earnings";
import { LinesTable } from "@/features/earnings/components/lines-table";
import { Part } from "@/features/earnings/components/part";
import { t } from "@/lib/i18n";

/** What moved the available money, the newest first. */
export function Movements() {
  const earnings = useInfiniteQuery(earningsQuery);
  return (
    <Part title={t("What moved your available money")}>
      {earnings.data === undefined ? (
        earnings.isError ? (
          <ErrorState
            error={earnings.error}
            title={t("What moved it could not be read")}
            onRetry={() => void earnings.refetch()}
            retrying={earnings.isFetching}
          />
        ) : (
          <Loading what={t("what moved your money")} className="grid gap-3">
            {[0, 1, 2, 3].map((row) => (
              <Skeleton key={row} className="h-16 w-full" />
            ))}
          </Loading>
        )
      ) : (
        <Lines />
      )}
    </Part>
  );
}

function Lines() {
  const earnings = useInfiniteQuery(earningsQuery);
  const lines = earnings.data?.pages.flatMap((page) => page.lines) ?? [];
  if (lines.length === 0) {
    return (
      <p className="text-ink-soft">
        {t("Nothing yet. A session stands here as soon as its money is available.")}
      </p>
    );
  }
  return (
    <div className="grid gap-4">
      <LinesTable caption={t("What moved your available money, the newest first")} lines={lines} />
      {earnings.isError ? (
        <ErrorState error={earnings.error} onRetry={() => void earnings.fetchNextPage()} />
      ) : null}
      <ShowMore list={earnings}>{t("Show more")}</ShowMore>
    </div>
  );
}
