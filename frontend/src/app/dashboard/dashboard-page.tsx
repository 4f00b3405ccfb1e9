import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { ClientSide } from "@/app/dashboard/client-side";
import { MentorSide } from "@/app/dashboard/mentor-side";
import { NextSessionsSkeleton } from "@/app/dashboard/next-sessions";
import { Columns } from "@/app/dashboard/parts";
import { Alert } from "@/components/ui/alert";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { answer, api } from "@/lib/api";
import type { DashboardOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { paths } from "@/lib/paths";
import { sessionKeys } from "@/lib/sessions";
import { cityOf, formatDay, formatTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { counted } from "@/lib/words";

/** What comes next, what waits, and the way to more, for each side that the person is on. */
export function DashboardPage() {
  const user = useUser();
  const now = useNow();
  const dashboard = useQuery({
    // Among the sessions: whatever changes one changes this.
    queryKey: [...sessionKeys.all, "dashboard"],
    queryFn: ({ signal }) => answer(api.GET("/api/dashboard", { signal })),
  });
  return (
    <div className="grid gap-8">
      <div className="grid gap-1">
        <PageHeading title="Dashboard">Hello, {user.name.split(" ")[0]}</PageHeading>
        <p className="tabular text-ink-soft">
          It is {formatDay(now, user.time_zone)}, {formatTime(now, user.time_zone)} in{" "}
          {cityOf(user.time_zone)}.
        </p>
      </div>
      {user.role === "staff" ? <BackOffice /> : null}
      {user.mentor?.status === "applied" ? <NotLive /> : null}
      {dashboard.data ? (
        <Sides dashboard={dashboard.data} />
      ) : dashboard.isError ? (
        <ErrorState
          error={dashboard.error}
          title="Your dashboard could not be loaded"
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
          <Link to={paths.messages()}>{counted(unread, "unread message")}</Link>
        </Alert>
      ) : null}
      {mentor === null ? null : <MentorSide mentor={mentor} named={both} />}
      {client === null ? null : <ClientSide client={client} named={both} />}
    </>
  );
}

function AsideSkeleton() {
  return (
    <Loading what="your dashboard" className="grid gap-6">
      <Skeleton className="h-44 rounded-lg" />
      <Skeleton className="h-44 rounded-lg" />
    </Loading>
  );
}

function BackOffice() {
  return (
    <Alert tone="info" title="You are signed in as staff">
      Your tools are in <a href="/cms/">the back office</a>.
    </Alert>
  );
}

function NotLive() {
  return (
    <Alert tone="info" title="Your profile is not public yet">
      We look at each profile before it can be booked, and write to you when it is live. Where it
      stands is under <Link to={paths.apply()}>your application</Link>.
    </Alert>
  );
}
