"""Cancel a session and give back what its policy says: the quote and the act, by one sum.

`giving_back` says what goes back and promises it. This module joins that with the session's own
transition in one transaction, and calls no gateway.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from billing import giving_back, payments
from billing.models import Payment, Refund
from billing.settlement import locks
from billing.states import PaymentState
from kernel.errors import NotFound, Refusal
from kernel.money import Money
from kernel.tasks import enqueue
from scheduling import lifecycle, visits
from scheduling.models import Meeting, Session
from scheduling.seats import SYSTEM
from scheduling.states import CancelledBy, State

logger = logging.getLogger(__name__)

CAUSES = {
    CancelledBy.CLIENT: Refund.Cause.CLIENT_CANCELLED,
    CancelledBy.MENTOR: Refund.Cause.MENTOR_CANCELLED,
    CancelledBy.PLATFORM: Refund.Cause.PLATFORM_CANCELLED,
    CancelledBy.SYSTEM: Refund.Cause.PLATFORM_CANCELLED,
}


class AlreadyCancelled(Refusal):
    """The session was cancelled before; what was given back then stands."""

    code = "already_cancelled"


@dataclass(frozen=True, slots=True)
class CancellationQuote:
    """What a cancellation gives back now, in cents, and when that next becomes less.

    `refund` is what the client gets; `keeps` what stays of the payment after it. `bearer` bears
    the gateway's fee (`platform`, `mentor` or `client`). The parts say who gives how much;
    `fee_waived_minor` is the fee that stays with the platform because another bears it. The
    share still holds at `changes_at` itself; `next_refund` is what the client gets after it.
    `credit` is what goes back besides to the client's credit, which had paid that part; `prepaid`
    what goes back to the package that paid, whose credit can be used again if that is all of it.
    """

    refund: Money
    keeps: Money
    refund_bps: int
    bearer: str
    mentor_minor: int
    commission_minor: int
    fee_minor: int
    fee_waived_minor: int
    changes_at: datetime | None
    next_refund: Money | None
    credit: Money
    prepaid: Money


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The cancelled session, and the refund where money goes back."""

    session: Session
    refund: Refund | None


def quote(*, session: Session, by: CancelledBy, now: datetime) -> CancellationQuote:
    """Say what cancelling at `now` gives back, to the cent: `cancel` refunds exactly that.

    A session that was not paid gives nothing back and keeps nothing. Writes nothing. Refuses
    where `cancel` would refuse whoever asks: AlreadyCancelled, NotCancellable.
    """
    _refuse_cancelled(session)
    by = doer(session, by, now)
    terms = giving_back.by_policy(session=session, by=by, now=now)
    paid = terms.payment.refundable_minor if terms.payment else 0
    back = terms.refunded_minor
    following = None
    if terms.basis.changes_at is not None:
        after = terms.basis.changes_at + timedelta(microseconds=1)
        later = giving_back.by_policy(session=session, by=by, now=after)
        following = Money(later.refunded_minor, session.currency)
    return CancellationQuote(
        refund=Money(back, session.currency),
        keeps=Money(paid - back, session.currency),
        refund_bps=terms.basis.refund_bps,
        bearer=terms.basis.bearer,
        mentor_minor=terms.parts.mentor_minor if terms.parts else 0,
        commission_minor=terms.parts.commission_minor if terms.parts else 0,
        fee_minor=terms.parts.fee_minor if terms.parts else 0,
        fee_waived_minor=terms.parts.fee_waived_minor if terms.parts else 0,
        changes_at=terms.basis.changes_at,
        next_refund=following,
        credit=Money(terms.parts.credit_minor if terms.parts else 0, session.currency),
        prepaid=Money(terms.prepaid_minor, session.currency),
    )


def doer(session: Session, by: CancelledBy, now: datetime) -> CancelledBy:
    """Return whose doing it is: a meeting that was withdrawn is not its client's to cancel.

    Raises NotCancellable where `by` may not cancel at `now`.
    """
    lifecycle.require_cancellable(session=session, by=by, now=now)
    if session.meeting.withdrawn_at is None or by is not CancelledBy.CLIENT:
        return by
    by_mentor = session.meeting.withdrawn_by == Meeting.Withdrawer.MENTOR
    return CancelledBy.MENTOR if by_mentor else CancelledBy.PLATFORM


def cancel(
    *,
    session_id: UUID,
    by: CancelledBy,
    actor: str,
    reason: str,
    now: datetime,
    within: Callable[[Cancelled], None] | None = None,
    by_staff: bool = False,
) -> Cancelled:
    """Cancel a session by its frozen policy and promise the refund, in one transaction.

    Locks session → purchase → payment. What is kept is earned at once. The refund is ordered at
    the gateway after the commit, the intent of an unpaid session is cancelled there after the
    commit; both are jobs with a sweep behind them. `within` is called inside the transaction
    (the API keeps its recovery point there). Money that arrives after this is refunded in full
    by `settle`.

    Raises: NotFound, AlreadyCancelled, NotCancellable (scheduling), RowBusy.
    """
    with locks():
        found = Session.objects.select_for_update(of=("self",)).select_related("meeting")
        session = found.filter(pk=session_id).first()
        if session is None:
            raise NotFound(f"There is no session {session_id}.")
        _refuse_cancelled(session)
        by = doer(session, by, now)
        terms = giving_back.by_policy(session=session, by=by, now=now)
        session = lifecycle.cancel(
            session_id=session_id,
            by=by,
            actor=actor,
            reason=reason,
            refund_bps=terms.basis.refund_bps,
            now=now,
            by_staff=by_staff,
        )
        refund = giving_back.promise(
            session=session, terms=terms, cause=CAUSES[by], actor=actor, now=now
        )
        cancelled = Cancelled(session=session, refund=refund)
        giving_back.earn_what_is_kept(session, now=now)
        _close_open_payments(session)
        if within is not None:
            within(cancelled)
        return cancelled


def cancel_absent(*, session_id: UUID, now: datetime) -> Cancelled | None:
    """Cancel a session whose mentor never came to its room, and promise all of it back.

    Decided anew under the session's lock, which the clock's completion takes too: whichever comes
    first, the other finds it done. None where the room does not show it (any more). Raises RowBusy.
    """
    with locks():
        session = Session.objects.select_for_update().filter(pk=session_id).first()
        if session is None or not visits.is_mentor_absent(session, now=now):
            return None
        terms = giving_back.by_policy(session=session, by=CancelledBy.MENTOR, now=now)
        session = lifecycle.cancel_absent(
            session_id=session_id, refund_bps=terms.basis.refund_bps, now=now
        )
        refund = giving_back.promise(
            session=session, terms=terms, cause=Refund.Cause.MENTOR_FAULT, actor=SYSTEM, now=now
        )
        return Cancelled(session=session, refund=refund)


def refund_absences(*, now: datetime) -> int:
    """Cancel every session whose mentor never came to its room; return how many.

    One transaction each; one that is locked elsewhere, or fails, does not stop the others.
    """
    done = 0
    for session_id in visits.mentors_absent(now=now):
        try:
            done += cancel_absent(session_id=session_id, now=now) is not None
        except Refusal as refusal:
            logger.warning("absence in session %s: %s", session_id, refusal)
        except Exception:
            logger.exception("absence in session %s could not be refunded", session_id)
    return done


def _refuse_cancelled(session: Session) -> None:
    if session.state == State.CANCELLED:
        raise AlreadyCancelled(
            f"Session {session.public_id} was cancelled by the {session.cancelled_by} at "
            f"{session.cancelled_at:%Y-%m-%d %H:%M} UTC. There is nothing left to do.",
            session_id=session.public_id,
        )


def _close_open_payments(session: Session) -> None:
    """Have the intent of an unpaid session cancelled; `settle` does it, as nobody can pay now."""
    for payment_id in Payment.objects.filter(
        purchase__session=session, state__in=[PaymentState.CREATED, PaymentState.PENDING]
    ).values_list("pk", flat=True):
        enqueue(payments.settle_payment, payment_id=str(payment_id), dedupe_key=str(payment_id))
