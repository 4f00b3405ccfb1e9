import type { UseQueryResult } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";
import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Words } from "@/components/words";
import { CalendarLink } from "@/features/sessions/components/calendar-link";
import { CancelDialog } from "@/features/sessions/components/cancel-dialog";
import { Incidents, reportable } from "@/features/sessions/components/incidents";
import { Proposals } from "@/features/sessions/components/proposals";
import { ProposeDialog } from "@/features/sessions/components/propose-dialog";
import { ReportDialog } from "@/features/sessions/components/report-dialog";
import { ReviewDialog } from "@/features/sessions/components/review-dialog";
import type { IncidentOut, ProposalOut, SessionOut, UserOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { paths } from "@/lib/paths";
import { policyInWords } from "@/lib/policy";
import { isHeld, isMentorOf } from "@/lib/sessions";

/** On a phone each deed has a row of its own; where there is room they stand side by side. */
const SIDE_BY_SIDE = "grid gap-2 sm:flex sm:flex-wrap";

type SideProps = { session: SessionOut; reader: UserOut };
type ActionsProps = SideProps & { incidents: readonly IncidentOut[] };
type ReportedProps = SideProps & { incidents: UseQueryResult<IncidentOut[]> };
type ProposedProps = SideProps & { proposals: UseQueryResult<ProposalOut[]> };

/** What was proposed, while the session can still move. */
export function Proposed({ session, reader, proposals }: ProposedProps) {
  if (!isToCome(session, serverNow())) return null;
  if (proposals.data === undefined) {
    return (
      <ErrorState
        error={proposals.error}
        title={t("Proposed times could not be loaded")}
        onRetry={() => void proposals.refetch()}
        retrying={proposals.isFetching}
      />
    );
  }
  return <Proposals session={session} reader={reader} proposals={proposals.data} />;
}

function isToCome(session: SessionOut, now: number): boolean {
  return session.status === "confirmed" && Date.parse(session.starts_at) > now;
}

/** What the reader can do with the session now. */
export function Actions({ session, reader, incidents }: ActionsProps) {
  const now = serverNow();
  const asMentor = isMentorOf(session, reader);
  if (session.replaced_by !== null) {
    return (
      <Alert tone="info" title={t("Your payment took this time again")}>
        <p>
          <Words
            text="It came after the hold had ended, and the time was still free. <session>See the session</session>."
            parts={{ session: <Link to={paths.session(session.replaced_by)} /> }}
          />
        </p>
      </Alert>
    );
  }
  if (isHeld(session, now)) {
    return (
      <div className={SIDE_BY_SIDE}>
        {asMentor ? null : (
          <Button asChild>
            <Link to={paths.pay(session.id)}>
              {t("Pay {price}", { price: formatMoney(session.price, { code: false }) })}
            </Link>
          </Button>
        )}
        <CancelDialog session={session} />
      </div>
    );
  }
  if (!isToCome(session, now)) {
    return <Begun session={session} reader={reader} incidents={incidents} />;
  }
  const terms = policyInWords(session.policy, {
    startsAt: session.starts_at,
    zone: reader.time_zone,
    now,
    capBps: session.refund_cap_bps,
  });
  return (
    <div className="grid gap-3">
      <div className={SIDE_BY_SIDE}>
        <CalendarLink session={session} />
        {asMentor ? <ProposeDialog session={session} /> : <MoveLink session={session} />}
        <CancelDialog session={session} />
      </div>
      <p className="text-sm text-ink-soft">
        {asMentor ? t("If you cancel, the client gets all of it back.") : terms.join(" ")}
        {!asMentor && session.moves_left === 0
          ? ` ${t("You have moved it as often as possible; ask {name} to propose a time.", {
              name: session.mentor.name,
            })}`
          : null}
      </p>
    </div>
  );
}

/** Twice at most; then a time of the mentor's choice is what is left. */
function MoveLink({ session }: { session: SessionOut }) {
  if (session.moves_left === 0) return null;
  return (
    <Button variant="secondary" asChild>
      <Link to={paths.move(session.id)}>
        <CalendarClock aria-hidden="true" />
        {t("Move the session")}
      </Link>
    </Button>
  );
}

/** It runs or is over: say how it was, report what went wrong, book again. */
function Begun({ session, reader, incidents }: ActionsProps) {
  const asMentor = isMentorOf(session, reader);
  const whom = asMentor ? session.client.name : session.mentor.name;
  const side = asMentor ? "mentor" : "client";
  const kinds = reportable(session, incidents, { side, now: serverNow() });
  if (asMentor && kinds.length === 0) return null;
  return (
    <div className="grid gap-3">
      <div className={SIDE_BY_SIDE}>
        {!asMentor && session.status === "completed" ? <ReviewDialog session={session} /> : null}
        {asMentor ? null : (
          <Button variant="secondary" asChild>
            <Link to={paths.book(session.mentor.slug, { type: session.session_type.id })}>
              {t("Book {name} again", { name: session.mentor.name })}
            </Link>
          </Button>
        )}
        {kinds.length > 0 ? <ReportDialog session={session} whom={whom} kinds={kinds} /> : null}
      </div>
      {!asMentor && session.status === "reviewed" ? (
        <p className="text-sm text-ink-soft">
          <Words
            text="You reviewed this session. Your review is on <page>{name}’s page</page>, with the answer as soon as there is one."
            values={{ name: session.mentor.name }}
            parts={{
              page: (
                <Link
                  to={paths.mentor(session.mentor.slug)}
                  className="text-accent underline underline-offset-4"
                />
              ),
            }}
          />
        </p>
      ) : null}
    </div>
  );
}

/** What was reported of the session, or that this could not be read. */
export function Reported({ session, reader, incidents }: ReportedProps) {
  if (incidents.data === undefined) {
    return (
      <ErrorState
        error={incidents.error}
        title={t("Reports could not be loaded")}
        onRetry={() => void incidents.refetch()}
        retrying={incidents.isFetching}
      />
    );
  }
  return <Incidents session={session} reader={reader} incidents={incidents.data} />;
}
