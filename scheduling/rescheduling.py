"""Move a session to another time: the same row, the same meeting, the same payment.

The rules say whether a start is offered, the exclusion constraint who gets it, exactly as for a
booking; the time that the session has counts as free for it. Knows nothing of money, except that
a client who moves a session keeps no better terms for cancelling it than they had by then.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from kernel.errors import Refusal
from scheduling import booking, lifecycle, messages, policies, queries, seats, slot_tokens
from scheduling.booking import MentorNotLive, SlotNotOffered
from scheduling.diaries import Diary
from scheduling.models import Proposal, Session
from scheduling.models.session import MOST_CLIENT_MOVES
from scheduling.seats import LimitReached, Seat, TimeNotFree
from scheduling.slot_tokens import SlotOffer
from scheduling.slots import Reason
from scheduling.states import CancelledBy, ProposalEvent, ProposalState, Side, State

EVENT = "reschedule"


class NotMovable(Refusal):
    """Only a confirmed session of one client, before its start, moves to another time."""

    code = "not_movable"


class MovesUsedUp(Refusal):
    """The client has moved the session as often as a client may."""

    code = "moves_used_up"


class InsideNotice(Refusal):
    """The start is nearer than the mentor's notice: moving it takes the mentor's consent."""

    code = "inside_notice"


class OtherTerms(Refusal):
    """The token is of another mentor, session type, length or price than the session."""

    code = "other_terms"


class SameTime(Refusal):
    """The session is at that time already."""

    code = "same_time"


def reschedule(
    *,
    session_id: UUID,
    slot_token: str,
    actor: str,
    now: datetime,
    within: Callable[[Session], None] | None = None,
) -> Session:
    """Move the session to the token's time for its client, and invite both people anew.

    Opens its own transactions: overdue holds in the way are expired first, then the session's
    meeting moves under the constraint; `within` is called with the session before that commits.

    Raises NotFound, SlotTokenInvalid, SlotTokenExpired, NotMovable, MovesUsedUp, InsideNotice,
    OtherTerms, SameTime, MentorNotLive, SlotNotOffered, SlotTaken, ClientBusy, BookingBusy.
    """
    offer = slot_tokens.read(slot_token, now)
    session = lifecycle.found(session_id)
    _refuse_other_terms(session, offer)
    _refuse_unmovable(session, offer, now)
    seat = _offered_seat(session, offer, now)
    booking.expire_in_the_way(client=session.client, seat=seat, now=now)

    def attempt() -> Session:
        with transaction.atomic(durable=True):
            session = lifecycle.locked(session_id)
            _refuse_unmovable(session, offer, now)
            moved = _take(session, offer, seat, actor=actor, now=now)
            if within is not None:
                within(moved)
        return moved

    try:
        return booking.twice(attempt)
    except TimeNotFree as error:
        raise booking.slot_taken(session.session_type, offer.starts_at, now, session) from error
    except LimitReached as error:
        raise SlotNotOffered(error.detail, **error.facts) from error


def move(
    *,
    session: Session,
    seat: Seat,
    by: Side,
    agreed: bool,
    cap_bps: int,
    actor: str,
    now: datetime,
) -> Session:
    """Move a locked session to `seat`, write the event and tell both people.

    `by` is who wanted it; a client's wish counts among theirs, and `cap_bps` is the most that a
    cancellation of theirs gives back from now on. `agreed`: the other one consented. Expects
    `seats.lock_people`. Raises TimeNotFree, ClientBusy, LimitReached.
    """
    was = session.starts_at
    moves = session.client_moves + (by is Side.CLIENT)
    seats.shift(
        session=session,
        seat=seat,
        event=EVENT,
        actor=actor,
        now=now,
        data={
            "by": by.value,
            "agreed": agreed,
            "from": was.isoformat(),
            "to": seat.starts_at.isoformat(),
            "refund_cap_bps": cap_bps,
        },
        client_moves=moves,
        refund_cap_bps=cap_bps,
    )
    messages.tell_moved(session, was=was, by=by, agreed=agreed, now=now)
    return session


def cap_at(session: Session, now: datetime) -> int:
    """Return the share that the client's cancelling gives back now: the cap of a move of theirs.

    Moving is no way out of a late cancellation (docs/adr/0020).
    """
    return policies.outcome(
        policy=session.policy,
        state=State(session.state),
        by=CancelledBy.CLIENT,
        starts_at=session.starts_at,
        now=now,
        cap_bps=session.refund_cap_bps,
    ).refund_bps


def require_movable(session: Session, *, now: datetime) -> None:
    """Raise NotMovable unless the session is confirmed, one client's own, and has not begun."""
    when = f"{session.starts_at:%Y-%m-%d %H:%M} UTC"
    if session.state == State.PENDING:
        why = "is not paid yet; cancel it and hold another time"
    elif session.state == State.CONFIRMED and session.starts_at <= now:
        why = f"began at {when}; report what happened instead"
    elif session.state != State.CONFIRMED:
        why = f"is {session.state}, and only a confirmed session moves"
    elif session.meeting.capacity > 1:
        why = "is a seat in a group's meeting, which does not move; cancel it and book another"
    else:
        return
    raise NotMovable(
        f"Session {session.public_id} {why}.", session_id=session.public_id, state=session.state
    )


def require_moves_left(session: Session) -> None:
    """Raise MovesUsedUp where the client has moved the session as often as a client may."""
    if session.client_moves >= MOST_CLIENT_MOVES:
        raise MovesUsedUp(
            f"You have moved session {session.public_id} {session.client_moves} times, and no "
            "more are possible. Ask the mentor to propose a time, or cancel it.",
            session_id=session.public_id,
        )


def _refuse_other_terms(session: Session, offer: SlotOffer) -> None:
    shown = [offer.mentor_id, offer.session_type_id, offer.duration_minutes]
    shown += [offer.price_minor, offer.currency]
    booked = [session.mentor_id, session.session_type_id, session.duration_minutes]
    booked += [session.price_minor, session.currency]
    if shown != booked:
        raise OtherTerms(
            f"The slot is not on the terms of session {session.public_id}: the same mentor, "
            "session type, length and price. Take a slot from the session's own list.",
            session_id=session.public_id,
        )


def _refuse_unmovable(session: Session, offer: SlotOffer, now: datetime) -> None:
    require_movable(session, now=now)
    require_moves_left(session)
    if offer.starts_at == session.starts_at:
        raise SameTime(
            f"Session {session.public_id} is at {offer.starts_at:%Y-%m-%d %H:%M} UTC already. "
            "Choose another time.",
            session_id=session.public_id,
        )


def _offered_seat(session: Session, offer: SlotOffer, now: datetime) -> Seat:
    """Return the seat that the token names, if the rules offer it to this session now."""
    kind = session.session_type
    if not kind.mentor.is_live:
        raise MentorNotLive(f"{kind.mentor.user.name} takes no bookings at present.")
    explanation, diary = queries.consider(
        session_type=kind, at=offer.starts_at, now=now, moving=session
    )
    if diary is not None:
        _refuse_inside_notice(session, diary, now)
    if explanation.reason == Reason.TAKEN:
        busy = booking.own_session_there(session.client, offer, now, session)
        raise busy or booking.slot_taken(kind, offer.starts_at, now, session)
    if not explanation.offered or diary is None:
        raise SlotNotOffered(explanation.detail, reason=explanation.reason)
    return booking.seat_by_rules(kind, offer, diary)


def _refuse_inside_notice(session: Session, diary: Diary, now: datetime) -> None:
    notice = diary.rules(session.session_type).notice_minutes
    if session.starts_at < now + timedelta(minutes=notice):
        raise InsideNotice(
            f"Session {session.public_id} begins at {session.starts_at:%Y-%m-%d %H:%M} UTC, "
            f"within the mentor's notice of {notice} minutes. Ask for another time by a proposal, "
            "which the mentor accepts or declines.",
            session_id=session.public_id,
            notice_minutes=notice,
        )


def supersede_proposals(session: Session, *, now: datetime) -> None:
    """Close the open proposal of a locked session: something else has taken its place."""
    for proposal in Proposal.objects.filter(session=session, state=ProposalState.OPEN):
        proposal.answer(ProposalEvent.SUPERSEDE, now=now)


def _take(session: Session, offer: SlotOffer, seat: Seat, *, actor: str, now: datetime) -> Session:
    schedule = seats.lock_people(client_id=session.client_id, mentor_id=session.mentor_id)
    if schedule is not None and schedule.version != seat.schedule_version:
        # The mentor wrote other hours or rules meanwhile: they decide, and stay as they are now.
        seat = _offered_seat(session, offer, now)
    supersede_proposals(session, now=now)
    return move(
        session=session,
        seat=seat,
        by=Side.CLIENT,
        agreed=False,
        cap_bps=cap_at(session, now),
        actor=actor,
        now=now,
    )
