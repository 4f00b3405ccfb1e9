import { Link } from "react-router";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Portrait } from "@/components/ui/portrait";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { ZonedTime } from "@/components/ui/zoned-time";
import type { SessionOut, UserOut } from "@/lib/api-types";
import { paths } from "@/lib/paths";
import { formatRelative, formatTime } from "@/lib/time";

type NextSessionsProps = { sessions: readonly SessionOut[]; user: UserOut };

export function NextSessions({ sessions, user }: NextSessionsProps) {
  if (sessions.length === 0) {
    return user.can_book ? (
      <EmptyState
        title="Nothing booked yet"
        action={
          <Button asChild>
            <Link to={paths.mentors()}>Find a mentor</Link>
          </Button>
        }
      >
        Your next session will be here, with its time in your zone.
      </EmptyState>
    ) : (
      <EmptyState title="No sessions yet">
        Sessions that clients book with you will be here.
      </EmptyState>
    );
  }
  return (
    <ul className="tickets grid gap-4">
      {sessions.map((session) => (
        <li key={session.id}>
          <SessionTicket session={session} user={user} />
        </li>
      ))}
    </ul>
  );
}

const STATES: Partial<Record<SessionOut["status"], [string, Tone]>> = {
  pending: ["Held, not paid", "warning"],
  confirmed: ["Confirmed", "success"],
  in_progress: ["Running now", "info"],
};

function SessionTicket({ session, user }: { session: SessionOut; user: UserOut }) {
  const [state, tone] = STATES[session.status] ?? [session.status, "quiet" as const];
  const asMentor = user.mentor?.slug === session.mentor.slug;
  const other = asMentor ? session.client.name : session.mentor.name;
  const held = session.status === "pending" && !asMentor;
  return (
    <Ticket asChild className="ticket--wide ticket--link">
      <article>
        <TicketBody className="flex gap-4">
          {asMentor ? null : <Portrait url={session.mentor.portrait_url} size={56} />}
          <div className="grid min-w-0 content-start gap-1">
            <h3 className="text-lg">
              <Link
                to={held ? paths.pay(session.id) : paths.session(session.id)}
                className="after:absolute after:inset-0"
              >
                {session.session_type.name} with {other}
              </Link>
            </h3>
            <ZonedTime
              start={session.starts_at}
              end={session.ends_at}
              zone={user.time_zone}
              className="font-medium"
            />
            <p className="text-sm text-ink-soft">{formatRelative(session.starts_at)}</p>
          </div>
        </TicketBody>
        <TicketStub className="flex flex-wrap items-center justify-between gap-2 sm:flex-col sm:items-start sm:justify-center">
          <Badge tone={tone}>{state}</Badge>
          {held && session.expires_at !== null ? (
            <p className="tabular text-sm font-medium text-accent">
              Pay until {formatTime(session.expires_at, user.time_zone)}
            </p>
          ) : null}
        </TicketStub>
      </article>
    </Ticket>
  );
}

export function NextSessionsSkeleton() {
  return (
    <Loading what="your sessions" className="tickets grid gap-4">
      {[0, 1].map((row) => (
        <Ticket key={row} className="ticket--wide">
          <TicketBody className="flex min-h-28 gap-4">
            <Skeleton className="size-14 shrink-0 rounded-md" />
            <div className="grid flex-1 content-start gap-2">
              <Skeleton className="h-6 w-64 max-w-full" />
              <Skeleton className="h-5 w-72 max-w-full" />
              <Skeleton className="h-5 w-24" />
            </div>
          </TicketBody>
          <TicketStub className="grid content-center">
            <Skeleton className="h-6 w-28" />
          </TicketStub>
        </Ticket>
      ))}
    </Loading>
  );
}
