import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "react-router";
import { SessionFacts } from "@/components/session/session-facts";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Ticket, TicketBody, TicketStub } from "@/components/ui/ticket";
import { CalendarLink } from "@/features/sessions/components/calendar-link";
import { useUser } from "@/lib/auth";
import type { SessionOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { msg, t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { paths } from "@/lib/paths";
import { policyInWords } from "@/lib/policy";
import { sessionQuery } from "@/lib/sessions";
import { formatInstant } from "@/lib/time";

const TITLE = msg("You are booked");

/** After the payment: the ticket with its stamp, and what happens next. */
export function DonePage({ sessionId }: { sessionId: string }) {
  const session = useQuery(sessionQuery(sessionId));
  if (session.data === undefined) {
    return (
      <div className="mx-auto grid max-w-2xl gap-6">
        {session.isError ? (
          <>
            <PageHeading title={t("Session")} />
            <ErrorState error={session.error} onRetry={() => void session.refetch()} />
          </>
        ) : (
          <Loading what={t("your ticket")} className="grid gap-6">
            <Skeleton className="h-9 w-64" />
            <Skeleton className="h-72 rounded-lg" />
          </Loading>
        )}
      </div>
    );
  }
  const { status, id } = session.data;
  if (status === "pending" || status === "expired") return <Navigate to={paths.pay(id)} replace />;
  if (status !== "confirmed") return <Navigate to={paths.session(id)} replace />;
  return <Booked session={session.data} />;
}

function Booked({ session }: { session: SessionOut }) {
  const reader = useUser();
  const paidAt = session.payment?.paid_at;
  const terms = policyInWords(session.policy, {
    startsAt: session.starts_at,
    zone: reader.time_zone,
    now: serverNow(),
  });
  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <PageHeading title={t(TITLE)} />
      <Ticket asChild>
        <article aria-label={t("Your ticket")}>
          <span className="stamp absolute right-4 bottom-4 z-10 sm:top-4 sm:bottom-auto">
            {t("Paid")}
          </span>
          <TicketBody className="sm:pr-32">
            <SessionFacts session={session} reader={reader} />
          </TicketBody>
          <TicketStub>
            <dl className="ticket__facts">
              <div>
                <dt>{t("Amount")}</dt>
                <dd>{formatMoney(session.price)}</dd>
              </div>
              {paidAt ? (
                <div>
                  <dt>{t("Paid on")}</dt>
                  <dd>{formatInstant(paidAt, reader.time_zone)}</dd>
                </div>
              ) : null}
              <div className="max-sm:col-span-full">
                <dt>{t("Reference")}</dt>
                <dd className="ticket__ref max-sm:pb-12">{session.id}</dd>
              </div>
            </dl>
          </TicketStub>
        </article>
      </Ticket>
      <div className="flex flex-wrap gap-2">
        <CalendarLink session={session} />
        <Button variant="secondary" asChild>
          <Link to={paths.session(session.id)}>{t("See the session")}</Link>
        </Button>
      </div>
      <section className="grid gap-3" aria-labelledby="next">
        <h2 id="next" className="text-xl">
          {t("What happens next")}
        </h2>
        <ol className="grid list-decimal gap-2 pl-5 marker:text-ink-soft">
          <li>{t("We have sent the confirmation to {email}.", { email: reader.email })}</li>
          <li>
            {t(
              session.goals
                ? "{name} sees your booking and your goals and prepares for it."
                : "{name} sees your booking and prepares for it.",
              { name: session.mentor.name },
            )}
          </li>
          <li>{terms.join(" ")}</li>
        </ol>
      </section>
    </div>
  );
}
