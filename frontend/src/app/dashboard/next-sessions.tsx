import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { SessionRow } from "@/features/sessions/components/session-row";
import type { SessionOut, UserOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

type NextSessionsProps = { sessions: readonly SessionOut[]; user: UserOut };

export function NextSessions({ sessions, user }: NextSessionsProps) {
  if (sessions.length === 0) {
    return user.can_book ? (
      <EmptyState
        title={t("Nothing booked yet")}
        action={
          <Button asChild>
            <Link to={paths.mentors()}>{t("Find a mentor")}</Link>
          </Button>
        }
      >
        {t("Your next session will be here, with its time in your zone.")}
      </EmptyState>
    ) : (
      <EmptyState title={t("No sessions yet")}>
        {t("Sessions that clients book with you will be here.")}
      </EmptyState>
    );
  }
  return (
    <ul className="grid gap-4">
      {sessions.map((session) => (
        <li key={session.id}>
          <SessionRow session={session} />
        </li>
      ))}
    </ul>
  );
}

export function NextSessionsSkeleton() {
  return (
    <Loading what={t("your sessions")} className="tickets grid gap-4">
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
