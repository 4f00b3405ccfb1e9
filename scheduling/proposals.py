"""Propose another time for a session, and answer that: the old time stands until one is accepted.

A mentor proposes freely, also outside the hours that clients see: it is the mentor's own time. A
client asks for a time within them, which the notice need not keep. Whether an accepted start is
still free, the exclusion constraint decides, as for every move. Knows nothing of money.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from kernel.errors import Invalid, NotFound, Refusal
from kernel.texts import typed
from scheduling import booking, lifecycle, messages, queries, rescheduling, seats, slots
from scheduling.booking import SlotNotOffered
from scheduling.diaries import Diary, unix
from scheduling.hours import local_day
from scheduling.models import Meeting, Proposal, Session
from scheduling.models.proposal import MESSAGE_LENGTH, MOST_STARTS
from scheduling.seats import Seat, TimeNotFree
from scheduling.states import ProposalEvent, ProposalState, Side

MOST_PROPOSALS = 12


class ProposalAnswered(Refusal):
    """The proposal was answered or withdrawn, or another one has taken its place."""

    code = "proposal_answered"


class TooManyProposals(Refusal):
    """As many other times were proposed for the session as may be."""

    code = "too_many_proposals"


def propose(
    *,
    session_id: UUID,
    side: Side,
    starts: Sequence[datetime],
    message: str,
    now: datetime,
    within: Callable[[Proposal], None] | None = None,
) -> Proposal:
    """Propose one to three starts to the other one of the session, and tell them by e-mail.

    An open proposal of either side gives way to it. Locks the session; one transaction.

    Raises NotFound, NotMovable, MovesUsedUp (a client), TooManyProposals, Invalid (the number,
    a start that is past or the present one), SlotTaken, SlotNotOffered (a client).
    """
    message = typed(message, name="message", longest=MESSAGE_LENGTH)
    wanted = sorted(set(starts))
    if not 1 <= len(wanted) <= MOST_STARTS:
        raise Invalid(f"Propose one to {MOST_STARTS} times.", pointer="/starts_at")
    with transaction.atomic():
        session = lifecycle.locked(session_id)
        rescheduling.require_movable(session, now=now)
        if side is Side.CLIENT:
            rescheduling.require_moves_left(session)
        if Proposal.objects.filter(session=session).count() >= MOST_PROPOSALS:
            raise TooManyProposals(
                f"{MOST_PROPOSALS} proposals were made for session {session.public_id}. Agree on "
                "a time by messages, or cancel it.",
                session_id=session.public_id,
            )
        for start in wanted:
            _refuse_start(session, start, side, now)
        rescheduling.supersede_proposals(session, now=now)
        proposal = Proposal.objects.create(
            session=session,
            side=side.value,
            starts=wanted,
            message=message,
            refund_cap_bps=rescheduling.cap_at(session, now) if side is Side.CLIENT else None,
            state=ProposalState.OPEN.value,
            created_at=now,
        )
        messages.tell_proposed(
            session, by=side, starts=wanted, message=message, key=proposal.public_id
        )
        if within is not None:
            within(proposal)
    return proposal


def accept(
    *,
    proposal_id: UUID,
    session_id: UUID,
    side: Side,
    start: datetime,
    actor: str,
    now: datetime,
    within: Callable[[Session], None] | None = None,
) -> Session:
    """Move the session to the accepted `start`, and invite both people anew.

    A mentor's proposal counts as no move of the client's and leaves their terms as they are.
    Opens its own transactions, as `rescheduling.reschedule`.

    Raises NotFound (also for the own proposal), ProposalAnswered, Invalid (a start that was not
    proposed), NotMovable, MovesUsedUp, SlotTaken, ClientBusy, BookingBusy.
    """
    session = lifecycle.found(session_id)
    if start <= now:
        raise Invalid("This time has passed; choose another of the proposal.", pointer="/starts_at")
    seat = _seat(session, start, now)
    booking.expire_in_the_way(client=session.client, seat=seat, now=now)

    def attempt() -> Session:
        with transaction.atomic(durable=True):
            session = lifecycle.locked(session_id)
            proposal = _open(session, proposal_id, by=_other(side))
            rescheduling.require_movable(session, now=now)
            if start not in proposal.starts:
                raise Invalid("This time is none of the proposal's.", pointer="/starts_at")
            if proposal.side == Side.CLIENT:
                rescheduling.require_moves_left(session)
            seats.lock_people(client_id=session.client_id, mentor_id=session.mentor_id)
            moved = rescheduling.move(
                session=session,
                seat=_seat(session, start, now),
                by=Side(proposal.side),
                agreed=True,
                cap_bps=_cap(session, proposal),
                actor=actor,
                now=now,
            )
            proposal.answer(ProposalEvent.ACCEPT, now=now, chosen=start)
            if within is not None:
                within(moved)
        return moved

    try:
        return booking.twice(attempt)
    except TimeNotFree as error:
        raise booking.slot_taken(session.session_type, start, now, session) from error


def decline(*, proposal_id: UUID, session_id: UUID, side: Side, now: datetime) -> Proposal:
    """Decline the other one's proposal and tell them: the session stays where it is.

    Raises NotFound (also for the own one), ProposalAnswered.
    """
    with transaction.atomic():
        session = lifecycle.locked(session_id)
        proposal = _open(session, proposal_id, by=_other(side))
        messages.tell_declined(session, by=side, key=proposal.public_id)
        return proposal.answer(ProposalEvent.DECLINE, now=now)


def withdraw(*, proposal_id: UUID, session_id: UUID, side: Side, now: datetime) -> Proposal:
    """Take the own proposal back. Raises NotFound (also for the other one's), ProposalAnswered."""
    with transaction.atomic():
        session = lifecycle.locked(session_id)
        return _open(session, proposal_id, by=side).answer(ProposalEvent.WITHDRAW, now=now)


def _open(session: Session, proposal_id: UUID, *, by: Side) -> Proposal:
    """Return the proposal behind the session's lock, if `by` made it and it is open."""
    proposal = Proposal.objects.filter(session=session, pk=proposal_id, side=by.value).first()
    if proposal is None:
        raise NotFound("There is no such proposal, or it is not yours to answer.")
    if proposal.state != ProposalState.OPEN:
        raise ProposalAnswered(
            f"Proposal {proposal.public_id} is {proposal.state} since "
            f"{proposal.answered_at:%Y-%m-%d %H:%M} UTC. Look at the session again.",
            state=proposal.state,
        )
    return proposal


def _other(side: Side) -> Side:
    return Side.MENTOR if side is Side.CLIENT else Side.CLIENT


def _cap(session: Session, proposal: Proposal) -> int:
    """Return what cancelling gives at most after the move: for a client's wish, as when asked."""
    asked = proposal.refund_cap_bps
    return session.refund_cap_bps if asked is None else min(session.refund_cap_bps, asked)


def _refuse_start(session: Session, start: datetime, side: Side, now: datetime) -> None:
    if start.second or start.microsecond:
        raise Invalid("A session begins on a whole minute.", pointer="/starts_at")
    if start <= now or start == session.starts_at:
        raise Invalid(
            f"{start:%Y-%m-%d %H:%M} UTC is past, or the present time of the session.",
            pointer="/starts_at",
        )
    kind = session.session_type
    diary = queries.diary_of(session_type=kind, at=start, now=now, moving=session)
    if side is Side.CLIENT:
        _refuse_outside_hours(session, diary, start, now)
    lapsed = Session.objects.overdue(now=now).filter(meeting=OuterRef("pk"))
    seat = _seat(session, start, now)
    taken = Meeting.objects.filter(
        Q(session_type__isnull=False) | ~Exists(lapsed),  # a group stands whoever holds a seat
        mentor_id=session.mentor_id,
        live=True,
        blocked__overlap=(start, seat.ends_at + timedelta(minutes=seat.gap_minutes)),
    )
    if taken.exclude(pk=session.meeting_id).exists():
        raise booking.slot_taken(kind, start, now, session)


def _refuse_outside_hours(
    session: Session, diary: Diary | None, start: datetime, now: datetime
) -> None:
    """Refuse what the mentor's rules do not offer, the notice aside: that is what is asked for."""
    kind = session.session_type
    reason = "no_schedule"
    if diary is not None:
        found = slots.why_not(
            availability=diary.availability,
            rules=replace(queries.rules_of(diary, kind, session), notice_minutes=0),
            taken=diary.taken,
            at=unix(start),
            now=unix(now),
        )
        if found is None or found is slots.Reason.TAKEN:
            return
        reason = str(found)
    raise SlotNotOffered(
        f"{kind.mentor.user.name} does not offer {start:%Y-%m-%d %H:%M} UTC. Ask for a time of the "
        "session's own list.",
        reason=reason,
    )


def _seat(session: Session, start: datetime, now: datetime) -> Seat:
    """Return the seat at `start`; both agreed, so that no limit of a day or a week counts."""
    diary = queries.diary_of(session_type=session.session_type, at=start, now=now, moving=session)
    day, gap = None, session.meeting.gap_minutes
    zone = ZoneInfo(diary.schedule.time_zone) if diary else UTC
    if diary is not None:
        day, gap = local_day(diary.availability, unix(start)), diary.schedule.gap_minutes
    ordinal = start.astimezone(zone).toordinal() if day is None else day
    return Seat(
        mentor_id=session.mentor_id,
        starts_at=start,
        ends_at=start + timedelta(minutes=session.duration_minutes),
        gap_minutes=gap,
        day=datetime.fromordinal(ordinal).date(),
        max_per_day=None,
        max_per_week=None,
    )
