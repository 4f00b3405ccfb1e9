import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { BackLink } from "@/components/ui/back-link";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { seriesQuery } from "@/features/sessions/api/series";
import { CancelSeriesDialog } from "@/features/sessions/components/cancel-series-dialog";
import { SessionRow } from "@/features/sessions/components/session-row";
import type { SeriesOut, SessionOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { t, tn } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { isAhead, isHeld, isMentorOf } from "@/lib/sessions";
import { formatInstant, formatTime } from "@/lib/time";

/** All sessions of a series in their order: what is to be paid, and cancelling all or the rest. */
export function SeriesPage({ seriesId }: { seriesId: string }) {
  const series = useQuery(seriesQuery(seriesId));
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <BackLink to={paths.sessions()}>{t("All sessions")}</BackLink>
      {series.data ? (
        <Whole series={series.data} />
      ) : (
        <>
          <PageHeading title={t("Series")} />
          {series.isError ? (
            <ErrorState
              error={series.error}
              onRetry={() => void series.refetch()}
              retrying={series.isFetching}
            />
          ) : (
            <Loading what={t("the series")} className="grid gap-4">
              {[0, 1, 2].map((place) => (
                <Skeleton key={place} className="h-44 rounded-lg sm:h-32" />
              ))}
            </Loading>
          )}
        </>
      )}
    </div>
  );
}

function Whole({ series }: { series: SeriesOut }) {
  const reader = useUser();
  const now = serverNow();
  const [first] = series.sessions;
  const ahead = series.sessions.filter((session) => isAhead(session, now) && isToCome(session));
  const whom = first === undefined ? "" : otherOf(first, isMentorOf(first, reader));
  return (
    <>
      <div className="grid gap-1">
        <PageHeading title={t("Series with {name}", { name: whom })} />
        <p className="text-ink-soft">
          {tn(series.every_weeks, "Every week", "Every {count} weeks")},{" "}
          {tn(series.count, "{count} session", "{count} sessions")}
        </p>
      </div>
      <ToPay series={series} now={now} />
      {series.left_out.length > 0 ? (
        <Alert tone="info" title={t("These could not be had and were left out")}>
          <ul className="tabular">
            {series.left_out.map(({ starts_at: at }) => (
              <li key={at}>{formatInstant(at, reader.time_zone)}</li>
            ))}
          </ul>
        </Alert>
      ) : null}
      <h2 className="sr-only">{t("Its sessions")}</h2>
      <ul className="grid gap-4">
        {series.sessions.map((session) => (
          <li key={session.id}>
            <SessionRow session={session} />
          </li>
        ))}
      </ul>
      {ahead.length > 0 ? (
        <div className="grid gap-2">
          <CancelSeriesDialog series={series} ahead={ahead} />
          <p className="text-sm text-ink-soft">
            {t("One session alone is moved or cancelled on its own page.")}
          </p>
        </div>
      ) : null}
    </>
  );
}

function isToCome({ starts_at: at }: SessionOut): boolean {
  return Date.parse(at) > serverNow();
}

function otherOf(session: SessionOut, asMentor: boolean): string {
  return asMentor ? session.client.name : session.mentor.name;
}

/** Each is paid by itself, all before the same instant; the next one is one press away. */
function ToPay({ series, now }: { series: SeriesOut; now: number }) {
  const reader = useUser();
  const held = series.sessions.filter((session) => isHeld(session, now));
  const [next] = held;
  if (next === undefined || next.expires_at === null || isMentorOf(next, reader)) return null;
  return (
    <Alert
      tone="warning"
      title={tn(
        held.length,
        "{count} session waits for its payment",
        "{count} sessions wait for their payment",
      )}
    >
      <p>
        {t(
          "Each is paid by itself, all of them until {time}. What is not paid by then is free again.",
          {
            time: formatTime(next.expires_at, reader.time_zone),
          },
        )}
      </p>
      <Button size="sm" className="mt-3" asChild>
        <Link to={paths.pay(next.id)}>{t("Pay the next one")}</Link>
      </Button>
    </Alert>
  );
}
