import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useSearchParams } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Select } from "@/components/ui/select";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { analyticsQuery } from "@/features/earnings/api/earnings";
import { CurrencyMonths } from "@/features/earnings/components/currency-months";
import { Part } from "@/features/earnings/components/part";
import { SoldTypes } from "@/features/earnings/components/sold-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { addMonths, dayOf, monthOf } from "@/lib/days";
import { msg, t } from "@/lib/i18n";

const PERIODS = [
  { months: 3, label: msg("Last 3 months") },
  { months: 6, label: msg("Last 6 months") },
  { months: 12, label: msg("Last 12 months") },
  { months: 24, label: msg("Last 2 years") },
  { months: 60, label: msg("Last 5 years") },
];
const USUAL = 12;
const LONGEST = 60;

/** How far back the address asks, and the months from there to the present one. */
export function useAnalytics() {
  const { time_zone: zone } = useUser();
  const asked = Number(useSearchParams()[0].get("months"));
  const months = PERIODS.some((period) => period.months === asked) ? asked : USUAL;
  const present = monthOf(dayOf(new Date(serverNow()), zone));
  return { months, analytics: useQuery(analyticsQuery(addMonths(present, 1 - months))) };
}

/** What came in, month by month; how far back lies in the address. */
export function AnalyticsCard() {
  const id = useId();
  const [, setSearch] = useSearchParams();
  const { months } = useAnalytics();
  const choose = (chosen: number) =>
    setSearch(chosen === USUAL ? {} : { months: String(chosen) }, { preventScrollReset: true });
  return (
    <Part
      title={t("Month by month")}
      beside={
        <div className="print:hidden">
          <label htmlFor={id} className="sr-only">
            {t("Period")}
          </label>
          <Select id={id} value={months} onChange={(event) => choose(Number(event.target.value))}>
            {PERIODS.map((period) => (
              <option key={period.months} value={period.months}>
                {t(period.label)}
              </option>
            ))}
          </Select>
        </div>
      }
    >
      <Months onLonger={() => choose(LONGEST)} />
    </Part>
  );
}

function Months({ onLonger }: { onLonger: () => void }) {
  const { months, analytics } = useAnalytics();
  if (analytics.isPending) {
    return (
      <Loading what={t("your months")} className="grid gap-5">
        <Skeleton className="h-60 w-full" />
        <Skeleton className="h-32 w-full" />
      </Loading>
    );
  }
  if (analytics.data === undefined) {
    return (
      <ErrorState
        error={analytics.error}
        title={t("Your months could not be read")}
        onRetry={() => void analytics.refetch()}
        retrying={analytics.isFetching}
      />
    );
  }
  const { totals, session_types: types } = analytics.data;
  if (totals.length === 0) {
    return (
      <EmptyState
        title={t("Nothing in these months")}
        action={
          months === LONGEST ? null : (
            <Button variant="secondary" onClick={onLonger}>
              {t("Show the last 5 years")}
            </Button>
          )
        }
      >
        {t("A session counts in the month in which its money became available.")}
      </EmptyState>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
      {totals.map((total) => (
        <CurrencyMonths key={total.currency} total={total} analytics={analytics.data} />
      ))}
      {types.length === 0 ? null : <SoldTypes types={types} />}
    </div>
  );
}
