"""What the staff do to a session: cancel it for whoever is at fault, cut it short, complete it.

Each is one transaction with its refund, its postings and its audit entry, so that the back office
can rehearse it whole before it does it (`ledger.preview`). Knows no screen and calls no gateway.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings

from billing import cancellations, giving_back
from billing.cancellations import AlreadyCancelled
from billing.fees import Split
from billing.models import Refund
from billing.own_case import refuse_own_case
from billing.settlement import locks
from kernel import audit
from kernel.errors import Invalid
from kernel.money import divide_half_up
from scheduling import endings, messages, visits
from scheduling.attendance import Outcome
from scheduling.endings import NotCompletable
from scheduling.lifecycle import found, locked
from scheduling.models import Incident, Session
from scheduling.policies import Part, part_not_held
from scheduling.queries import Quote
from scheduling.states import CancelledBy, State

REASON_LENGTH = 500
_WHOLE = Part(1, 1)


class Fault(StrEnum):
    """Whose doing a cancellation is. Nobody's: what was held of it is paid for."""

    CLIENT = "client"
    MENTOR = "mentor"
    PLATFORM = "platform"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Intervened:
    """What became of the session, and what each one has of its price, before and after."""

    session: Session
    was: str
    before: Split
    after: Split
    terms: giving_back.Terms | None = None
    refund: Refund | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    # Those that were open when it began, by their public ids; what is done may close them.
    open_reports: tuple[str, ...] = ()

    def resting_on(self) -> dict[str, Any]:
        """Return what a person who looked at it relies on, beside what is posted."""
        terms = self.terms
        return {
            "status": self.was,
            "starts": self.session.starts_at.isoformat(),
            "price": self.session.price_minor,
            "back to the client": self.refund.amount_minor if self.refund else 0,
            "back to credit": terms.parts.credit_minor if terms and terms.parts else 0,
            "back to the package": terms.prepaid_minor if terms else 0,
            "the mentor keeps": self.after.mentor_minor,
            "the commission keeps": self.after.commission_minor,
            "open reports": ", ".join(self.open_reports) or "none",
            **self.facts,
        }


def cancel(
    *,
    session_id: UUID,
    fault: Fault,
    by: str,
    reason: str,
    now: datetime,
    held_minutes: int | None = None,
) -> Intervened:
    """Cancel a session, before its start or while it runs, and promise what goes back.

    Before the start: a client's doing by the policy, a mentor's or ours with everything back.
    After it: a mentor's or ours with everything back, nobody's by the minutes that were held.
    `by` is the public id of whoever decides.

    Raises: NotFound, Invalid (no reason, minutes that it did not have), OwnCase, AlreadyCancelled,
    NotCancellable, RowBusy.
    """
    said = said_why(reason)
    with locks():
        session = locked(session_id)
        refuse_own_case(session, by=by)
        reports = open_reports(session)
        was, before = session.state, giving_back.kept_of(session)
        if session.state == State.CANCELLED:
            raise AlreadyCancelled(
                f"Session {session.public_id} was cancelled by the {session.cancelled_by} at "
                f"{session.cancelled_at:%Y-%m-%d %H:%M} UTC. There is nothing left to do.",
                session_id=session.public_id,
            )
        if endings.has_begun(session, now=now):
            done = cut_short(
                session, fault=fault, by=by, reason=said, now=now, held_minutes=held_minutes
            )
        else:
            if fault is Fault.NOBODY:
                raise Invalid(
                    "Before the start nothing was held: say whose doing it is.", pointer="/fault"
                )
            # Of a meeting that was withdrawn it is not the client's doing: as `cancel` reckons.
            doer = cancellations.doer(session, CancelledBy(fault), now)
            terms = giving_back.by_policy(session=session, by=doer, now=now)
            cancelled = cancellations.cancel(
                session_id=session.pk,
                by=doer,
                actor=by,
                reason=said,
                now=now,
                by_staff=True,
            )
            done = Intervened(
                cancelled.session,
                was,
                before,
                giving_back.kept_of(cancelled.session),
                terms,
                cancelled.refund,
            )
        done = replace(done, open_reports=reports)
        write_down(
            done,
            "session.cancelled",
            by=by,
            reason=said,
            fault=fault.value,
            doing=done.session.cancelled_by,
        )
    return done


def open_reports(session: Session) -> tuple[str, ...]:
    """Return the public ids of what is reported of a locked session and undecided, sorted."""
    return tuple(sorted(one.public_id for one in Incident.objects.open().filter(session=session)))


def cut_short(
    session: Session,
    *,
    fault: Fault,
    by: str,
    reason: str,
    now: datetime,
    held_minutes: int | None = None,
    outcome: Outcome | None = None,
    reported: bool = False,
) -> Intervened:
    """End a locked session that runs. A mentor at fault gives all back and bears the fee.

    `outcome` says so of one who was absent. `reported`: it is the decision on a report, which can
    wait for a bank that holds the money, so it does. Expects the transaction; raises as `cancel`,
    and PaymentDisputed of what was reported.
    """
    if fault is Fault.CLIENT:
        raise Invalid(
            f"Session {session.public_id} has begun, and the policy ends with the start. Decide "
            "by the minutes that were held, or complete it.",
            pointer="/fault",
        )
    part = part_of(session, held_minutes) if fault is Fault.NOBODY else _WHOLE
    was, before = session.state, giving_back.kept_of(session)
    doer = CancelledBy.MENTOR if fault is Fault.MENTOR else CancelledBy.PLATFORM
    terms = terms_of(session, part, bearer=doer)
    if reported:
        giving_back.refuse_held(terms)
    ended = endings.cut_short(
        session_id=session.pk,
        by=doer,
        actor=by,
        reason=reason,
        refund_bps=part.bps,
        now=now,
        outcome=outcome,
        held_minutes=held_minutes if fault is Fault.NOBODY else None,
    )
    cause = Refund.Cause.MENTOR_FAULT if outcome else cancellations.CAUSES[doer]
    refund = giving_back.promise(session=ended, terms=terms, cause=cause, actor=by, now=now)
    giving_back.earn_what_is_kept(ended, now=now)
    messages.tell_decided(
        ended,
        decided=outcome.value if outcome else fault.value,
        reason=reason,
        held_minutes=held_minutes if fault is Fault.NOBODY else None,
        way=giving_back.way_back(terms),
    )
    facts = {"minutes held": held_minutes} if fault is Fault.NOBODY else {}
    return Intervened(ended, was, before, giving_back.kept_of(ended), terms, refund, facts)


def part_of(session: Session, held_minutes: int | None) -> Part:
    """Return the part of the price that was not held. Raises Invalid for no or other minutes."""
    if held_minutes is None:
        raise Invalid("Say how many minutes were held.", pointer="/held_minutes")
    return part_not_held(held_minutes=held_minutes, of_minutes=session.duration_minutes)


def terms_of(session: Session, part: Part, *, bearer: CancelledBy) -> giving_back.Terms:
    """Return the terms that give `part` of the price back, what went back before counted in."""
    gross = divide_half_up(session.price_minor * part.above, part.below)
    basis = Quote(
        refund_bps=part.bps,
        refund_minor_gross=gross,
        currency=session.currency,
        bearer=bearer.value,
        changes_at=None,
        next_refund_bps=None,
    )
    return giving_back.terms(session=session, basis=basis, part=(part.above, part.below))


def complete(*, session_id: UUID, by: str, reason: str, now: datetime) -> Intervened:
    """Complete a session whose time is over, and earn its commission at once.

    What its room shows of who came is its outcome. One to which the mentor never came, as the room
    shows, is not completed: it is refunded.

    Raises: NotFound, Invalid (no reason), OwnCase, NotCompletable, RowBusy.
    """
    said = said_why(reason)
    with locks():
        session = locked(session_id)
        refuse_own_case(session, by=by)
        was, before = session.state, giving_back.kept_of(session)
        reported = Incident.objects.open().filter(session=session).first()
        if reported is not None:
            raise NotCompletable(
                f"Report {reported.public_id} of session {session.public_id} is open: decide on "
                "it instead.",
                session_id=session.public_id,
                state=session.state,
            )
        room = visits.findings([session], now=now)[session.pk]
        shown = room.outcome
        if not room.final and endings.has_ended(session, now=now):
            raise NotCompletable(
                f"The room of session {session.public_id} may still be told who came, until "
                f"{session.ends_at + settings.ROOM_SETTLING:%Y-%m-%d %H:%M} UTC. Complete it then.",
                session_id=session.public_id,
                state=session.state,
            )
        if shown is Outcome.MENTOR_ABSENT and endings.has_ended(session, now=now):
            raise NotCompletable(
                f"The room of session {session.public_id} shows that the mentor never came: it "
                "is cancelled with everything back, by itself. Cancel it as the mentor's doing "
                "if that takes too long.",
                session_id=session.public_id,
                state=session.state,
            )
        ended = completed(session, outcome=shown, by=by, reason=said, now=now)
        done = Intervened(ended, was, before, giving_back.kept_of(ended))
        write_down(done, "session.completed", by=by, reason=said)
    return done


def completed(
    session: Session, *, outcome: Outcome | None, by: str, reason: str, now: datetime
) -> Session:
    """Complete a locked session and earn its commission; expects the transaction."""
    ended = endings.complete(
        session_id=session.pk, actor=by, reason=reason, now=now, outcome=outcome
    )
    giving_back.earn_what_is_kept(ended, now=now)
    return found(ended.pk)


def write_down(done: Intervened, action: str, *, by: str, reason: str, **data: Any) -> None:
    """Append the audit entry of an intervention: who, why, and what it came to."""
    audit.record(
        actor=by,
        action=action,
        object_type="session",
        object_id=done.session.public_id,
        data={"reason": reason, "currency": done.session.currency, **data, **done.resting_on()},
    )


def said_why(reason: str) -> str:
    """Return the reason, shortened to what is kept. Raises Invalid where there is none."""
    said = reason.strip()[:REASON_LENGTH]
    if not said:
        raise Invalid("Say why: it stays with the session.", pointer="/reason")
    return said
