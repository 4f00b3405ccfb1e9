import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { WaitLine } from "@/components/session/wait-line";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { ShowMore } from "@/components/ui/show-more";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { sessionsQuery, type When } from "@/features/sessions/api/sessions";
import { SessionRow } from "@/features/sessions/components/session-row";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { Unreachable } from "@/lib/problem";
import { waitsQuery } from "@/lib/waitlist";

/** The reader's sessions, those to come and those that were; which of both lies in the address. */
export function SessionsPage() {
  const [search, setSearch] = useSearchParams();
  const when: When = search.get("when") === "past" ? "past" : "upcoming";
  return (
    <div className="mx-auto grid max-w-3xl gap-4">
      <PageHeading title={t("Sessions")} />
      <Tabs
        value={when}
        onValueChange={(chosen) => setSearch(chosen === "past" ? { when: "past" } : {})}
      >
        <TabsList aria-label={t("Which sessions")}>
          <TabsTrigger value="upcoming">{t("Upcoming")}</TabsTrigger>
          <TabsTrigger value="past">{t("Past")}</TabsTrigger>
        </TabsList>
        <TabsContent value={when}>
          {when === "upcoming" ? <Waits /> : null}
          <SessionList key={when} when={when} />
        </TabsContent>
      </Tabs>
    </div>
  );
}

/** Seats that the reader waits for, or that are offered; who waits for none sees nothing of it. */
function Waits() {
  const { can_book: client } = useUser();
  const waits = useQuery({ ...waitsQuery, enabled: client });
  if (waits.isError && waits.data === undefined) {
    if (waits.error instanceof Unreachable) return null; // the list below says it, once for both
    return (
      <ErrorState
        className="mb-4"
        error={waits.error}
        title={t("What you wait for could not be read")}
        onRetry={() => void waits.refetch()}
        retrying={waits.isFetching}
      />
    );
  }
  if (waits.data === undefined || waits.data.length === 0) return null;
  return (
    <section aria-labelledby="waits" className="mb-6 grid gap-2">
      <h2 id="waits" className="text-lg">
        {t("You wait for a seat")}
      </h2>
      <ul className="divide-y divide-line border-y border-line">
        {waits.data.map((wait) => (
          <li key={wait.id}>
            <WaitLine wait={wait} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SessionList({ when }: { when: When }) {
  const sessions = useInfiniteQuery(sessionsQuery(when));
  if (sessions.isPending) {
    return (
      <Loading what={t("sessions")} className="grid gap-4">
        {[0, 1, 2].map((place) => (
          <Skeleton key={place} className="h-44 rounded-lg sm:h-32" />
        ))}
      </Loading>
    );
  }
  if (sessions.data === undefined) {
    return <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />;
  }
  const items = sessions.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <NoSessions when={when} />;
  return (
    <div className="grid gap-4">
      <h2 className="sr-only">{when === "past" ? t("Past sessions") : t("Upcoming sessions")}</h2>
      <ul className="grid gap-4">
        {items.map((session) => (
          <li key={session.id}>
            <SessionRow session={session} />
          </li>
        ))}
      </ul>
      {sessions.isError ? (
        <ErrorState error={sessions.error} onRetry={() => void sessions.fetchNextPage()} />
      ) : null}
      <ShowMore list={sessions} className="justify-self-center">
        {t("Show more sessions")}
      </ShowMore>
    </div>
  );
}

function NoSessions({ when }: { when: When }) {
  const { mentor, can_book: canBook } = useUser();
  if (when === "past") {
    return (
      <EmptyState title={t("No past sessions yet")}>
        <p>
          {t("Sessions that have ended or were cancelled stay here, with what was paid for them.")}
        </p>
      </EmptyState>
    );
  }
  if (mentor !== null && !canBook) {
    return (
      <EmptyState
        title={t("Nobody has booked you yet")}
        action={
          <Button variant="secondary" asChild>
            <a href={paths.public.mentor(mentor.slug)}>{t("See your public page")}</a>
          </Button>
        }
      >
        <p>{t("Bookings appear here as soon as a client holds one of your times.")}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={t("Nothing is booked")}
      action={
        <Button asChild>
          <Link to={paths.mentors()}>{t("Find a mentor")}</Link>
        </Button>
      }
    >
      <p>{t("Choose a mentor and a time; the session appears here as soon as you hold it.")}</p>
    </EmptyState>
  );
}
