import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "react-router";
import { ClientSide } from "@/app/dashboard/client-side";
import { KeptSessions } from "@/app/dashboard/kept-sessions";
import { MentorSide } from "@/app/dashboard/mentor-side";
import { NextSessionsSkeleton } from "@/app/dashboard/next-sessions";
import { Columns } from "@/app/dashboard/parts";
import { Alert } from "@/components/ui/alert";
import { Anchor } from "@/components/ui/anchor";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Words } from "@/components/words";
import { answer, api } from "@/lib/api";
import type { DashboardOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t, tn } from "@/lib/i18n";
import { kept } from "@/lib/kept";
import { paths } from "@/lib/paths";
import { sessionKeys } from "@/lib/sessions";
import { cityOf, formatDay, formatTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";

/** What comes next, what waits, and the way to more, for each side that the person is on. */
export function DashboardPage() {
  const user = useUser();
  const now = useNow();
  const dashboard = useQuery({
    // Among the sessions: whatever changes one changes this.
    queryKey: [...sessionKeys.all, "dashboard"],
    queryFn: ({ signal }) => answer(api.GET("/api/dashboard", { signal })),
  });
  const { data } = dashboard;
  useEffect(() => {
    if (data !== undefined) kept.write(user, data, dashboard.dataUpdatedAt);
  }, [user, data, dashboard.dataUpdatedAt]);
  return (
    <div className="grid gap-8">
      <div className="grid gap-1">
        <PageHeading title={t("Dashboard")}>
          {t("Hello, {name}", { name: user.name.split(" ")[0] ?? "" })}
        </PageHeading>
        <p className="tabular text-ink-soft">
          {t("It is {day}, {time} in {city}.", {
            day: formatDay(now, user.time_zone),
            time: formatTime(now, user.time_zone),
            city: cityOf(user.time_zone),
          })}
        </p>
      </div>
      {user.role === "staff" ? <BackOffice /> : null}
      {user.mentor?.status === "applied" ? <NotLive /> : null}
      {dashboard.data ? (
        <Sides dashboard={dashboard.data} />
      ) : dashboard.isError ? (
        <KeptSessions
          error={dashboard.error}
          onRetry={() => void dashboard.refetch()}
          retrying={dashboard.isFetching}
        />
      ) : (
        <Columns aside={<AsideSkeleton />}>
          <Skeleton className="h-7 w-40" />
          <NextSessionsSkeleton />
        </Columns>
      )}
    </div>
  );
}

function Sides({ dashboard }: { dashboard: DashboardOut }) {
  const { client, mentor, unread_messages: unread } = dashboard;
  const both = client !== null && mentor !== null;
  return (
    <>
      {unread > 0 ? (
        <Alert tone="info">
          <Link to={paths.messages()}>
            {tn(unread, "{count} unread message", "{count} unread messages")}
          </Link>
        </Alert>
      ) : null}
      {mentor === null ? null : <MentorSide mentor={mentor} named={both} />}
      {client === null ? null : <ClientSide client={client} named={both} />}
    </>
  );
}

function AsideSkeleton() {
  return (
    <Loading what={t("your dashboard")} className="grid gap-6">
      <Skeleton className="h-44 rounded-lg" />
      <Skeleton className="h-44 rounded-lg" />
    </Loading>
  );
}

function BackOffice() {
  return (
    <Alert tone="info" title={t("You are signed in as staff")}>
      <Words
        text="Your tools are in <office>the back office</office>."
        parts={{ office: <Anchor href="/cms/" /> }}
      />
    </Alert>
  );
}

function NotLive() {
  return (
    <Alert tone="info" title={t("Your profile is not public yet")}>
      <Words
        text="We look at each profile before it can be booked, and write to you when it is live. Where it stands is under <application>your application</application>."
        parts={{ application: <Link to={paths.apply()} /> }}
      />
    </Alert>
  );
}
