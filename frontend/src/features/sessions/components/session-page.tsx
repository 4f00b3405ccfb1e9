import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { MessageSquare } from "lucide-react";
import { Link } from "react-router";
import { SessionFacts } from "@/components/session/session-facts";
import { SessionStatus } from "@/components/session/session-status";
import { BackLink } from "@/components/ui/back-link";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { incidentsQuery } from "@/features/sessions/api/incidents";
import { proposalsQuery } from "@/features/sessions/api/moving";
import { JoinRoom } from "@/features/sessions/components/join-room";
import { Actions, Proposed, Reported } from "@/features/sessions/components/session-actions";
import { SessionMoney } from "@/features/sessions/components/session-money";
import { timelineOf } from "@/features/sessions/timeline";
import { useUser } from "@/lib/auth";
import type { IncidentOut, ProposalOut, SessionOut, UserOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { paymentQuery } from "@/lib/payments";
import { paths } from "@/lib/paths";
import { isMentorOf, sessionQuery } from "@/lib/sessions";
import { formatInstant } from "@/lib/time";

/** One session from every side: what, when, its state, its money, and what can still be done. */
export function SessionPage({ sessionId }: { sessionId: string }) {
  const session = useQuery(sessionQuery(sessionId));
  // Asked for at once: whatever stands above the money must not come later than the page.
  const proposals = useQuery(proposalsQuery(sessionId));
  const incidents = useQuery(incidentsQuery(sessionId));
  const reader = useUser();
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <BackLink to={paths.sessions()}>{t("All sessions")}</BackLink>
      {session.data && proposals.isFetched && incidents.isFetched ? (
        <Whole session={session.data} reader={reader} proposals={proposals} incidents={incidents} />
      ) : (
        <>
          <PageHeading title={t("Session")} />
          {session.isError ? (
            <ErrorState error={session.error} onRetry={() => void session.refetch()} />
          ) : (
            <Loading what={t("the session")} className="grid gap-4">
              <Skeleton className="h-56 rounded-lg" />
              <Skeleton className="h-32 rounded-lg" />
            </Loading>
          )}
        </>
      )}
    </div>
  );
}

type SideProps = { session: SessionOut; reader: UserOut };
type WholeProps = SideProps & {
  proposals: UseQueryResult<ProposalOut[]>;
  incidents: UseQueryResult<IncidentOut[]>;
};

function Whole({ session, reader, proposals, incidents }: WholeProps) {
  const now = serverNow();
  const asMentor = isMentorOf(session, reader);
  const whom = asMentor ? session.client.name : session.mentor.name;
  const gone = session.status === "cancelled" || session.status === "expired";
  const paid = session.payment?.id;
  const money = useQuery({ ...paymentQuery(paid ?? ""), enabled: paid !== undefined });
  return (
    <>
      <PageHeading title={t("Session with {name}", { name: whom })} />
      <Ticket asChild className={cn(gone && "ticket--void")}>
        <article aria-label={t("Ticket")}>
          <TicketBody>
            <SessionFacts session={session} reader={reader} />
          </TicketBody>
          <TicketStub className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
            <SessionStatus session={session} now={now} />
            <span className="ticket__amount">{formatMoney(session.price)}</span>
            <span className="ticket__ref w-full">{session.id}</span>
          </TicketStub>
        </article>
      </Ticket>
      {session.series === null ? null : (
        <p>
          <Link
            to={paths.series(session.series.id)}
            className="font-medium text-accent underline underline-offset-4"
          >
            {t("Session {position} of {count} of a series", {
              position: session.series.position,
              count: session.series.count,
            })}
          </Link>
        </p>
      )}
      <JoinRoom session={session} />
      <Proposed session={session} reader={reader} proposals={proposals} />
      <Actions session={session} reader={reader} incidents={incidents.data ?? []} />
      <Reported session={session} reader={reader} incidents={incidents} />
      <Button variant="secondary" asChild className="justify-self-start">
        <Link to={paths.write({ session: session.id })}>
          <MessageSquare aria-hidden="true" />
          {t("Message {name}", { name: whom.split(" ")[0] ?? "" })}
        </Link>
      </Button>
      {session.goals ? (
        <section className="grid gap-2" aria-labelledby="goals">
          <h2 id="goals" className="text-xl">
            {asMentor
              ? t("What {name} wants from it", { name: session.client.name })
              : t("Your goals")}
          </h2>
          <p className="whitespace-pre-line text-pretty">{session.goals}</p>
          {asMentor || gone ? null : (
            <Link
              to={paths.goals({ from: session.id })}
              className="justify-self-start font-medium text-accent underline-offset-4 hover:underline"
            >
              {t("Follow this as a goal")}
            </Link>
          )}
        </section>
      ) : null}
      {session.payment ? (
        <SessionMoney paymentId={session.payment.id} zone={reader.time_zone} />
      ) : null}
      {/* Below the money, of which nobody knows yet how many lines it has; offline it is not awaited. */}
      {paid !== undefined && money.isPending && money.fetchStatus !== "paused" ? null : (
        <History session={session} reader={reader} />
      )}
    </>
  );
}

function History({ session, reader }: SideProps) {
  return (
    <section className="grid gap-3" aria-labelledby="history">
      <h2 id="history" className="text-xl">
        {t("History")}
      </h2>
      <ol className="grid gap-3 border-l-2 border-line pl-4">
        {timelineOf(session, reader, serverNow()).map(({ at, what, note }) => (
          <li key={at + what} className="grid gap-0.5">
            <p className="font-medium">{what}</p>
            {note ? <p className="text-pretty">{t("“{words}”", { words: note })}</p> : null}
            <time dateTime={at} className="tabular text-sm text-ink-soft">
              {formatInstant(at, reader.time_zone)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
