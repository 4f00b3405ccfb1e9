"""Group meetings as their mentor has them: offered, decided at the cut-off, withdrawn.

A withdrawn meeting takes no more seats. Its sessions are ended by billing, which finds them by
`awaiting_cancellation` and gives the money back; with the last of them the time is free again.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import Mentor
from kernel.errors import Invalid, NotFound, Refusal
from scheduling import group_slots, queries, seats
from scheduling.diaries import Diary, unix
from scheduling.hours import local_day
from scheduling.models import CancellationPolicy, Meeting, Schedule, Session, SessionType
from scheduling.models.session_type import MOST_SEATS
from scheduling.seats import Seat
from scheduling.states import State

logger = logging.getLogger(__name__)

FARTHEST = timedelta(days=400)
SHORTEST_CUTOFF = 30


class NotAGroup(Refusal):
    """Sessions of this type are one-to-one: clients book them in the free hours."""

    code = "not_a_group"


class MeetingOver(Refusal):
    """The meeting has begun or was withdrawn before."""

    code = "meeting_over"


class NoPolicy(Refusal):
    """The site has no standard cancellation policy yet."""

    code = "no_policy"


def open_type(
    *,
    mentor: Mentor,
    name: str,
    duration_minutes: int,
    price_minor: int,
    currency: str,
    capacity: int,
    minimum: int,
    cutoff_minutes: int,
    within: Callable[[SessionType], None] | None = None,
) -> SessionType:
    """Make a session type for a group, under the standard cancellation policy.

    `within` is called with it before the transaction commits.
    Raises Invalid, NoPolicy.
    """
    if not 2 <= capacity <= MOST_SEATS:
        raise Invalid(f"A group has 2 to {MOST_SEATS} seats.", pointer="/capacity")
    if not 1 <= minimum <= capacity:
        raise Invalid(f"The minimum lies in 1 to {capacity}, the seats.", pointer="/minimum")
    if cutoff_minutes < SHORTEST_CUTOFF:
        raise Invalid(
            f"The cut-off lies at least {SHORTEST_CUTOFF} minutes before the start, so that the "
            "minimum can be decided.",
            pointer="/cutoff_minutes",
        )
    policy = CancellationPolicy.objects.filter(is_default=True).first()
    if policy is None:
        raise NoPolicy("The site has no standard cancellation policy yet. Ask the staff.")
    with transaction.atomic():
        kind = SessionType.objects.create(
            mentor=mentor,
            name=name,
            duration_minutes=duration_minutes,
            price_minor=price_minor,
            currency=currency,
            policy=policy,
            capacity=capacity,
            minimum=minimum,
            cutoff_minutes=cutoff_minutes,
        )
        if within is not None:
            within(kind)
    return kind


def offer(
    *,
    session_type: SessionType,
    starts_at: datetime,
    now: datetime,
    within: Callable[[Meeting], None] | None = None,
) -> Meeting:
    """Offer a group meeting at an instant of the mentor's choice, inside his hours or not.

    It takes his time like any meeting and counts in his limits. `within` is called with it before
    the transaction commits.
    Raises NotAGroup, Invalid; TimeNotFree or LimitReached (seats) where time or day are taken.
    """
    if not session_type.is_group:
        raise NotAGroup(
            f"{session_type.name} has one seat. Clients book it in your free hours; offer group "
            "meetings of a type with more seats."
        )
    if not now < starts_at <= now + FARTHEST:
        raise Invalid(
            f"The start lies in the future, at most {FARTHEST.days} days ahead.",
            pointer="/starts_at",
        )
    if starts_at.second or starts_at.microsecond:
        raise Invalid("A meeting begins on a whole minute.", pointer="/starts_at")
    decide_at = starts_at - timedelta(minutes=session_type.cutoff_minutes)
    if decide_at <= now:
        raise Invalid(
            f"The cut-off of {session_type.name} lies {session_type.cutoff_minutes} minutes before "
            "the start and has passed: nobody could book. Choose a later start.",
            pointer="/starts_at",
        )
    _expire_overdue(session_type.mentor_id, now)
    with transaction.atomic():
        # Locked before it is read: hours, gap and limits stay as they are until the commit.
        locked = Schedule.objects.select_for_update(no_key=True)
        schedule = locked.filter(mentor_id=session_type.mentor_id).first()
        diary = queries.diary_of(session_type=session_type, at=starts_at, now=now)
        if schedule is None or diary is None:
            raise Invalid("Write your weekly hours first: they say which day this is for you.")
        meeting = seats.offer(
            seat=_seat(session_type, starts_at, diary),
            session_type=session_type,
            decide_at=decide_at,
        )
        if within is not None:
            within(meeting)
    return meeting


def _seat(session_type: SessionType, starts_at: datetime, diary: Diary) -> Seat:
    rules = diary.rules(session_type)
    day = local_day(diary.availability, unix(starts_at))
    return Seat(
        mentor_id=session_type.mentor_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=session_type.duration_minutes),
        gap_minutes=rules.gap_minutes,
        day=starts_at.date() if day is None else date.fromordinal(day),
        max_per_day=rules.max_per_day,
        max_per_week=rules.max_per_week,
    )


def _expire_overdue(mentor_id: UUID, now: datetime) -> None:
    overdue = Session.objects.overdue(now=now).filter(mentor_id=mentor_id).order_by("id")
    seats.expire_overdue(list(overdue.values_list("id", flat=True)), now=now)


def withdraw(*, meeting_id: UUID, mentor: Mentor, reason: str, now: datetime) -> Meeting:
    """Withdraw a group meeting of the mentor's: no more seats, and its sessions end.

    Raises NotFound, MeetingOver for one that has begun; a second call changes nothing.
    """
    with transaction.atomic():
        meeting = locked(meeting_id)
        if meeting is None or meeting.mentor_id != mentor.pk:
            raise NotFound("There is no such group meeting of yours.")
        if meeting.withdrawn_at is not None:
            return meeting
        if meeting.during.lower <= now:
            raise MeetingOver(
                f"Meeting {meeting.public_id} began at {meeting.during.lower:%Y-%m-%d %H:%M} UTC "
                "and cannot be withdrawn. Tell the staff what happened."
            )
        return _withdraw(meeting, by=Meeting.Withdrawer.MENTOR, reason=reason, now=now)


def withdraw_all(*, mentor_id: UUID, reason: str, now: datetime) -> list[UUID]:
    """Withdraw every group meeting of the mentor's to come, as the platform's doing.

    Expects the transaction. Locks the meetings in the order of time; returns which they were.
    """
    coming = offered_to_come(mentor_id, now=now).order_by("during", "id")
    found = [locked(meeting_id) for meeting_id in list(coming.values_list("pk", flat=True))]
    meetings = [one for one in found if one is not None and one.withdrawn_at is None]
    for meeting in meetings:
        _withdraw(meeting, by=Meeting.Withdrawer.PLATFORM, reason=reason, now=now)
    return [meeting.pk for meeting in meetings]


def offered_to_come(mentor_id: UUID, *, now: datetime) -> QuerySet[Meeting]:
    """Return the mentor's group meetings that stand and have not begun."""
    return Meeting.objects.filter(
        mentor=mentor_id,
        live=True,
        session_type__isnull=False,
        withdrawn_at=None,
        during__startswith__gt=now,
    )


def _withdraw(meeting: Meeting, *, by: Meeting.Withdrawer, reason: str, now: datetime) -> Meeting:
    meeting.withdrawn_at, meeting.withdrawn_by, meeting.withdraw_reason = now, by.value, reason
    meeting.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    seats.release_empty(meeting)
    return meeting


def decide_due(*, now: datetime) -> int:
    """Decide every meeting whose cut-off has come: it takes place, or it is withdrawn.

    Only paid seats count. Level-triggered: until it is decided nobody books a seat, so a run that
    was missed is made up by the next; one that has begun meanwhile takes place. Returns how many
    were decided.
    """
    due = undecided().filter(decide_at__lte=now).order_by("decide_at", "id")
    decided = 0
    for meeting_id in list(due.values_list("pk", flat=True)):
        try:
            decided += _decide(meeting_id, now=now)
        except Exception:  # one bad row holds up none of the others
            logger.exception("meeting %s could not be decided", meeting_id)
    return decided


def _decide(meeting_id: UUID, *, now: datetime) -> bool:
    """Decide one meeting in its own transaction, unless that was done meanwhile."""
    with transaction.atomic():
        meeting = locked(meeting_id)
        if meeting is None or not undecided().filter(pk=meeting.pk).exists():
            return False
        paid = group_slots.paid_seats(meeting)
        begun = meeting.during.lower <= now
        if not begun and meeting.minimum is not None and paid < meeting.minimum:
            _withdraw(
                meeting,
                by=Meeting.Withdrawer.MINIMUM,
                reason=f"It needed {meeting.minimum} paid seats by its cut-off and had {paid}.",
                now=now,
            )
        else:
            meeting.decided_at = now
            meeting.save(update_fields=["decided_at"])
    return True


def undecided() -> QuerySet[Meeting]:
    """Return the group meetings of which it is open whether they take place."""
    return Meeting.objects.filter(
        live=True, session_type__isnull=False, decided_at=None, withdrawn_at=None
    )


def offered_by(mentor: Mentor, *, now: datetime) -> QuerySet[Meeting]:
    """Return a mentor's group meetings with their seats, ready to be shown."""
    meetings = group_slots.with_seats(now=now).filter(mentor=mentor, session_type__isnull=False)
    return meetings.annotate(starts_at=F("during__startswith"))


def awaiting_cancellation() -> QuerySet[Session]:
    """Return the sessions whose meeting was withdrawn, and which nobody has ended yet."""
    standing = [State.PENDING, State.CONFIRMED, State.IN_PROGRESS]
    withdrawn = Session.objects.filter(meeting__withdrawn_at__isnull=False, state__in=standing)
    return withdrawn.select_related("meeting__mentor__user")


def locked(meeting_id: UUID) -> Meeting | None:
    """Lock a group meeting behind its mentor's schedule, as every booking does; None of others."""
    found = Meeting.objects.filter(pk=meeting_id, session_type__isnull=False)
    mentor_id = found.values_list("mentor_id", flat=True).first()
    if mentor_id is None:
        return None
    list(Schedule.objects.select_for_update(no_key=True).filter(mentor_id=mentor_id))
    return found.select_for_update(no_key=True, of=("self",)).first()
