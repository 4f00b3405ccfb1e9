"""Wait for a seat in a full group meeting, in the order of joining; a freed one is offered in turn.

An offer is a hold: a pending session of the first who waits, which expires. So a seat on offer is
taken by its number and its counter, is paid and given up like any, and late money finds the
usual way. The line is owed every free seat: no other booking gets one, by trigger, whether or not
the sweep has been there.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from accounts.models import Client, User
from kernel.errors import NotFound, Refusal
from scheduling import booking, group_slots, groups, messages, queries, seats
from scheduling.booking import SlotNotOffered
from scheduling.group_slots import GroupReason
from scheduling.models import Meeting, Session, SessionType, WaitlistEntry
from scheduling.models.waitlist import MOST_WAITS, WaitlistQuerySet
from scheduling.seats import SYSTEM, ClientBusy, Seat, SeatsTaken
from scheduling.states import WaitEvent, WaitState

logger = logging.getLogger(__name__)

SHORTEST_OFFER = timedelta(minutes=5)
Reason = WaitlistEntry.Reason


class SeatsFree(Refusal):
    """The meeting has a seat to book: there is nothing to wait for."""

    code = "seats_free"


class TooManyWaits(Refusal):
    """The client waits for as many meetings as one person may."""

    code = "too_many_waits"


class _Step(Enum):
    """What one look at the head of a line came to."""

    OFFERED = "offered"
    MOVED_ON = "moved on"
    DONE = "done"


def join(
    *,
    session_type: SessionType,
    starts_at: datetime,
    client: Client,
    now: datetime,
    within: Callable[[WaitlistEntry], None] | None = None,
) -> WaitlistEntry:
    """Have the client wait for a seat in the full meeting of a group type that begins then.

    Who waits there already keeps the place. `within` is called before the transaction commits.
    Raises NotFound, SlotNotOffered, SeatsFree, ClientBusy, TooManyWaits.
    """
    slot = group_slots.look(session_type=session_type, at=starts_at, now=now)
    if slot is None:
        raise NotFound(f"There is no meeting of {session_type.name} at that time.")
    with transaction.atomic():
        seats.lock_people(client_id=client.pk, mentor_id=session_type.mentor_id)
        meeting = groups.locked(slot.meeting.pk)
        if meeting is None:
            raise NotFound(f"There is no meeting of {session_type.name} at that time.")
        entry = WaitlistEntry.objects.waiting().filter(meeting=meeting, client=client).first()
        if entry is None:
            _refuse_waiting(meeting, session_type, client, now)
            last = WaitlistEntry.objects.filter(meeting=meeting).aggregate(n=Max("number"))["n"]
            entry = WaitlistEntry.objects.create(
                meeting=meeting,
                client=client,
                number=(last or 0) + 1,
                state=WaitState.WAITING.value,
                created_at=now,
            )
        if within is not None:
            within(entry)
    return entry


def _refuse_waiting(meeting: Meeting, kind: SessionType, client: Client, now: datetime) -> None:
    at = meeting.during.lower
    if kind.mentor.user_id == client.user_id:
        raise SlotNotOffered("This is your own meeting: you are in it.", reason="own_time")
    why = queries.explain(session_type=kind, at=at, now=now)
    if why.offered:
        raise SeatsFree(
            f"The meeting at {at:%Y-%m-%d %H:%M} UTC has a seat that is free. Book it from the "
            "mentor's slots."
        )
    if why.reason != GroupReason.FULL:
        raise SlotNotOffered(why.detail, reason=why.reason)
    if busy := _busy(client, meeting, now):
        raise busy
    if WaitlistEntry.objects.waiting().filter(client=client).count() >= MOST_WAITS:
        raise TooManyWaits(
            f"You wait for {MOST_WAITS} meetings, and no more are possible. Leave one of the lists."
        )


def _busy(client: Client, meeting: Meeting, now: datetime) -> ClientBusy | None:
    return booking.own_session_at(client, meeting.during.lower, meeting.during.upper, now)


def leave(*, entry_id: UUID, client: Client, now: datetime) -> WaitlistEntry:
    """Take the client out of the line; whoever does not wait any more stays what they are.

    An offer is a session, and cancelled as one. Raises NotFound.
    """
    found = WaitlistEntry.objects.filter(pk=entry_id, client=client)
    with transaction.atomic():
        meeting_id = found.values_list("meeting_id", flat=True).first()
        if meeting_id is None or groups.locked(meeting_id) is None:
            raise NotFound("There is no such place in a line of yours.")
        entry = found.select_related("session").get()
        if entry.state == WaitState.WAITING:
            entry.move(WaitEvent.LEAVE, now=now)
    return entry


def part(one: User, other: User, *, now: datetime) -> None:
    """Take each of two people out of every line for a seat at the other; others are not concerned.

    Who has an offer already keeps it: it is a hold. A transaction for each line.
    """
    theirs = Q(client__user=one, meeting__mentor__user=other)
    theirs |= Q(client__user=other, meeting__mentor__user=one)
    waiting = WaitlistEntry.objects.waiting().filter(theirs).select_related("client")
    for entry in list(waiting.order_by("created_at", "id")):
        leave(entry_id=entry.pk, client=entry.client, now=now)


def offer_due(*, now: datetime) -> int:
    """Offer every seat that is free to the first who waits for it; return how many.

    Closes the lines in which nothing can come any more. Level-triggered: what was missed is found
    by the next run, and runs at the same time share the work, behind each meeting's lock.
    """
    waited_for = WaitlistEntry.objects.waiting().values("meeting")
    lines = group_slots.with_seats(now=now).filter(pk__in=waited_for).select_related("session_type")
    offered = 0
    for meeting in list(lines.order_by("during", "id")):
        if meeting.seats_left == 0 and not _over(meeting, now):  # type: ignore[attr-defined]
            continue
        try:
            offered += offer_seats(meeting.pk, now=now)
        except Exception:  # one bad line holds up none of the others
            logger.exception("the seats of meeting %s could not be offered", meeting.pk)
    return offered


def offer_seats(meeting_id: UUID, *, now: datetime) -> int:
    """Offer what is free in one meeting, one transaction for each who waits; return how many."""
    overdue = Session.objects.overdue(now=now).filter(meeting=meeting_id).order_by("id")
    seats.expire_overdue(list(overdue.values_list("pk", flat=True)), now=now)
    offered = 0
    while True:
        step = booking.twice(lambda: _step(meeting_id, now))
        if step is _Step.DONE:
            return offered
        offered += step is _Step.OFFERED


def _step(meeting_id: UUID, now: datetime) -> _Step:
    """Answer the first who waits: an offer, or an end. The client is locked before the meeting."""
    line = WaitlistEntry.objects.waiting().filter(meeting=meeting_id).order_by("number")
    first = line.select_related("meeting").first()
    if first is None:
        return _Step.DONE
    with transaction.atomic(durable=True):
        seats.lock_people(client_id=first.client_id, mentor_id=first.meeting.mentor_id)
        meeting = groups.locked(meeting_id)
        entry = line.select_related("client__user", "meeting__mentor__user").first()
        if meeting is None or entry is None:
            return _Step.DONE
        if entry.pk != first.pk:
            return _Step.MOVED_ON  # the first left, or another sweep was here: look again
        entry.meeting = meeting
        if over := _over(meeting, now):
            return _close(entry, over, now)
        until = _kept_until(meeting, now)
        if until is None or meeting.sessions.filter(live=True).count() >= meeting.capacity:
            return _Step.DONE
        if not entry.client.user.is_active:
            entry.move(WaitEvent.LEAVE, now=now)
            return _Step.MOVED_ON
        if _busy(entry.client, meeting, now):
            return _close(entry, Reason.CLIENT_BUSY, now)
        return _offer(entry, until, now)


def _over(meeting: Meeting, now: datetime) -> Reason | None:
    """Say why no seat of the meeting comes any more; None while one may."""
    if meeting.withdrawn_at is not None or not meeting.live:
        return Reason.WITHDRAWN
    return Reason.TOO_LATE if now + SHORTEST_OFFER > _last_moment(meeting) else None


def _last_moment(meeting: Meeting) -> datetime:
    assert meeting.session_type  # noqa: S101 - a group meeting has one
    start: datetime = meeting.during.lower
    return start - group_slots.notice_of(meeting.session_type)


def _kept_until(meeting: Meeting, now: datetime) -> datetime | None:
    """Return until when a seat offered now is kept; None while none is offered.

    Never past the last moment of a booking, nor past the cut-off at which paid seats are counted.
    """
    kind = meeting.session_type
    if kind is None or not kind.is_active or not kind.mentor.is_live:
        return None
    until = min(now + timedelta(minutes=settings.WAITLIST_OFFER_MINUTES), _last_moment(meeting))
    if meeting.decided_at is None and meeting.decide_at is not None:
        until = min(until, meeting.decide_at)
    return until if until >= now + SHORTEST_OFFER else None


def _offer(entry: WaitlistEntry, until: datetime, now: datetime) -> _Step:
    meeting, kind = entry.meeting, entry.meeting.session_type
    assert kind  # noqa: S101 - a group meeting has one
    session = booking.unsaved_hold(
        client=entry.client, session_type=kind, goals="", now=now, expires_at=until
    )
    seat = Seat(
        mentor_id=meeting.mentor_id,
        starts_at=meeting.during.lower,
        ends_at=meeting.during.upper,
        gap_minutes=meeting.gap_minutes,
        day=meeting.day,
        max_per_day=None,
        max_per_week=None,
        meeting_id=meeting.pk,
    )
    try:
        with transaction.atomic():
            # First the offer: by it the trigger knows whose the seat is.
            entry.move(WaitEvent.OFFER, now=now, session_id=session.pk)
            seats.take(seat=seat, session=session, event="hold", actor=SYSTEM, now=now)
    except SeatsTaken:
        return _Step.DONE
    messages.tell_place_kept(session, until=until)
    return _Step.OFFERED


def _close(entry: WaitlistEntry, reason: Reason, now: datetime) -> _Step:
    entry.move(WaitEvent.CLOSE, now=now, reason=reason.value)
    messages.tell_waited_in_vain(entry)
    return _Step.MOVED_ON


def visible_to(user: User) -> WaitlistQuerySet:
    """Return the own places in lines, with what their shape shows."""
    rows = WaitlistEntry.objects.with_position().filter(client__user=user)
    people: QuerySet[WaitlistEntry] = rows.select_related(
        "meeting__mentor__user", "meeting__session_type", "session__replaced_by"
    )
    return people  # type: ignore[return-value]
