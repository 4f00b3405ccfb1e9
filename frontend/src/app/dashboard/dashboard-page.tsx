import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import { NextSessions, NextSessionsSkeleton } from "@/app/dashboard/next-sessions";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { answer, api } from "@/lib/api";
import { useUser } from "@/lib/auth";
import { paths } from "@/lib/paths";
import { cityOf, formatDay, formatTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";

const SHOWN = 3;

/** What comes next, and the way to more. */
export function DashboardPage() {
  const user = useUser();
  const now = useNow();
  const sessions = useQuery({
    queryKey: ["sessions", "list", "upcoming", SHOWN],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/sessions", { params: { query: { when: "upcoming", limit: SHOWN } }, signal }),
      ),
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
      {user.mentor !== null && user.mentor.status !== "live" ? <NotLive /> : null}
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <section aria-labelledby="next" className="grid gap-4">
          <div className="flex items-baseline justify-between gap-4">
            <h2 id="next" className="text-xl">
              Next sessions
            </h2>
            <Link
              to={paths.sessions()}
              className="inline-flex min-h-6 items-center gap-1 font-medium text-accent underline-offset-4 hover:underline"
            >
              All sessions
              <ArrowRight aria-hidden="true" className="size-4" />
            </Link>
          </div>
          {sessions.isPending ? (
            <NextSessionsSkeleton />
          ) : sessions.data === undefined ? (
            <ErrorState
              error={sessions.error}
              title="Your sessions could not be loaded"
              onRetry={() => void sessions.refetch()}
              retrying={sessions.isFetching}
            />
          ) : (
            <NextSessions sessions={sessions.data.items} user={user} />
          )}
        </section>
        {user.can_book ? <FindMentor /> : null}
      </div>
    </div>
  );
}

function FindMentor() {
  return (
    <Card className="grid gap-4">
      <h2 className="text-xl">Find a mentor</h2>
      <p className="text-ink-soft">
        Search by topic, price and language, or see who is free when you are.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <Link to={paths.mentors()}>Browse mentors</Link>
        </Button>
        <Button variant="secondary" asChild>
          <Link to={paths.mentors({ sort: "soonest" })}>Free soonest</Link>
        </Button>
      </div>
    </Card>
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
      We look at each profile before it can be booked, and write to you when it is live.
    </Alert>
  );
}
