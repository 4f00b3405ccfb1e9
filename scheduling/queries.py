"""Reading time: slots, the next free one, why not, who sees which session, what a cancel gives;
and what came of the sessions: ratings, reviews, goals.

A fixed number of queries for any number of mentors, rules and meetings. Writes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from accounts.models import User
from kernel.money import divide_half_up
from kernel.standing import Given
from scheduling import group_slots, policies, slots
from scheduling.diaries import Diary, read_diaries, unix
from scheduling.free_starts import first_starts
from scheduling.group_slots import GroupReason
from scheduling.models import (
    Goal,
    GoalProgress,
    Milestone,
    Review,
    Schedule,
    Session,
    SessionType,
)
from scheduling.models.review import ReviewQuerySet
from scheduling.models.session import SessionQuerySet
from scheduling.scores import Rating
from scheduling.slots import Reason, Rules
from scheduling.states import CancelledBy, State

# Most calendars answer within the first reach; the second is for full ones.
NEAREST_WITHIN = (timedelta(days=2), timedelta(days=28))
# As far ahead as hours are ever asked for: ten sessions, each eight weeks after the last.
FARTHEST_DAYS = 1_000

_DETAILS = {
    "mentor_not_live": "{mentor} takes no bookings at present. Choose another mentor.",
    "not_active": "{kind} is no longer offered. Choose another session type.",
    "no_schedule": "{mentor} has not opened any hours yet. Choose another mentor.",
    Reason.TOO_SOON: "{at} is too soon: {mentor} asks for {notice} minutes' notice.",
    Reason.TOO_FAR: "{at} is too far ahead: bookings open {window} days before.",
    Reason.CLOSED: "{at} is outside {mentor}'s opening hours, or the session would run past them.",
    Reason.AWAY: "{mentor} is away at {at}.",
    Reason.OFF_GRID: "{at} is no start: sessions begin every {step} minutes of the local clock.",
    Reason.TAKEN: "{at} is taken, or too close to another session of {mentor}.",
    Reason.EXTERNAL: "{mentor} is busy at {at}, or too soon after, by a calendar kept elsewhere.",
    Reason.DAY_FULL: "The day of {at} is full: {mentor} takes no more sessions on it.",
    Reason.WEEK_FULL: "The week of {at} is full: {mentor} takes no more sessions in it.",
    GroupReason.NO_MEETING: "{mentor} offers no meeting of {kind} at {at}.",
    GroupReason.UNDECIDED: "Whether the meeting at {at} takes place is being decided. Look again "
    "in a minute.",
    GroupReason.FULL: "Every seat of the meeting at {at} is taken, or kept for those who wait.",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that may be booked, and its end; of a group meeting also the seats that are left."""

    starts_at: datetime
    ends_at: datetime
    seats_left: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether an instant is offered; if not, a stable reason and a sentence in words."""

    offered: bool
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What cancelling now would give back of the price, before anybody bears a fee."""

    refund_bps: int
    refund_minor_gross: int
    currency: str
    bearer: str
    changes_at: datetime | None
    next_refund_bps: int | None


def open_slots(
    *,
    session_type: SessionType,
    start: datetime,
    end: datetime,
    now: datetime,
    moving: Session | None = None,
) -> list[Slot]:
    """Return the starts in [start, end) that may be booked at `now`, sorted, in UTC.

    None for a mentor who is not live or a type that is not active. `moving` is a session of that
    type that would move there: it keeps its length, its own time counts as free, and its type
    may have been withdrawn. Of a group type they are the meetings with a seat left.
    """
    offered = session_type.is_active or moving is not None
    if not offered or not session_type.mentor.is_live:
        return []
    if session_type.is_group:
        meetings = group_slots.coming(session_type=session_type, start=start, end=end, now=now)
        return [
            Slot(one.meeting.during.lower, one.meeting.during.upper, one.seats_left)
            for one in meetings
            if one.reason is None
        ]
    diary = _diary(session_type, start, end, now, moving)
    if diary is None:
        return []
    rules = rules_of(diary, session_type, moving)
    starts = slots.slots(
        availability=diary.availability,
        rules=rules,
        taken=diary.taken,
        start=unix(start),
        end=unix(end),
        now=unix(now),
    )
    return [_slot(at, rules.duration_minutes) for at in starts]


def nearest_slots(
    *,
    session_type: SessionType,
    at: datetime,
    now: datetime,
    limit: int = 3,
    moving: Session | None = None,
) -> list[Slot]:
    """Return the free slots nearest to `at` (within four weeks of it), in order of time."""
    free: list[Slot] = []
    for reach in NEAREST_WITHIN:
        start, end = max(now, at - reach), at + reach
        free = open_slots(session_type=session_type, start=start, end=end, now=now, moving=moving)
        if len(free) >= limit:
            break
    free.sort(key=lambda slot: (abs(slot.starts_at - at), slot.starts_at))
    return sorted(free[:limit], key=lambda slot: slot.starts_at)


def next_free(
    *,
    mentor_ids: Iterable[UUID],
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
) -> dict[UUID, datetime | None]:
    """Return per mentor the earliest start of any active one-to-one type; None where none is.

    With `start` or `end` the whole session lies in [start, end) (`free_starts.first_starts`).
    """
    result: dict[UUID, datetime | None] = dict.fromkeys(mentor_ids)
    for kind, at in first_starts(mentor_ids=list(result), now=now, start=start, end=end):
        best = result[kind.mentor_id]
        if best is None or at < best:
            result[kind.mentor_id] = at
    return result


def explain(*, session_type: SessionType, at: datetime, now: datetime) -> Explanation:
    """Say whether a start at `at` is offered, by the same rules that list it, and why not."""
    return consider(session_type=session_type, at=at, now=now)[0]


def consider(
    *,
    session_type: SessionType,
    at: datetime,
    now: datetime,
    moving: Session | None = None,
    diary: Diary | None = None,
    any_window: bool = False,
) -> tuple[Explanation, Diary | None]:
    """Return the explanation and the diary that it was read from (None where there is none).

    `moving` is a session that would move there, as in `open_slots`; `diary` one that was read
    already (`diary_between`); `any_window` asks all but how far ahead it lies.
    """
    if not session_type.mentor.is_live:
        return _refused("mentor_not_live", session_type, at, None), None
    if not session_type.is_active and moving is None:
        return _refused("not_active", session_type, at, None), None
    if session_type.is_group:
        return _consider_group(session_type, at, now), None
    if diary is None:
        diary = diary_of(session_type=session_type, at=at, now=now, moving=moving)
    if diary is None:
        return _refused("no_schedule", session_type, at, None), None
    rules = rules_of(diary, session_type, moving)
    reason = slots.why_not(
        availability=diary.availability,
        rules=replace(rules, window_days=FARTHEST_DAYS) if any_window else rules,
        taken=diary.taken,
        at=unix(at),
        now=unix(now),
    )
    if reason is None:
        return Explanation(True), diary
    return _refused(reason, session_type, at, diary), diary


def _consider_group(session_type: SessionType, at: datetime, now: datetime) -> Explanation:
    found = group_slots.look(session_type=session_type, at=at, now=now)
    reason = found.reason if found else GroupReason.NO_MEETING
    if reason is None:
        return Explanation(True)
    return _refused(reason, session_type, at, diary_of(session_type=session_type, at=at, now=now))


def time_zone_of(*, mentor_id: UUID) -> str:
    """Return the IANA zone of a mentor's schedule; UTC for one who has none."""
    zones = Schedule.objects.filter(mentor_id=mentor_id).values_list("time_zone", flat=True)
    return zones.order_by("pk").first() or "UTC"


def sessions_visible_to(user: User | AnonymousUser) -> SessionQuerySet:
    """Return the sessions that `user` may see: the own ones, or all with the permission."""
    sessions = Session.objects.all()
    if not isinstance(user, User) or not user.is_active:
        return sessions.none()
    if user.has_perm("scheduling.view_session"):
        return sessions
    return sessions.filter(Q(client__user=user) | Q(mentor__user=user))


def cancellation_quote(*, session: Session, by: CancelledBy, now: datetime) -> Quote:
    """Return what cancelling at `now` gives back under the policy frozen on the booking.

    A pending session has paid nothing: the share is whole and the amount zero.
    """
    state = State(session.state)
    result = policies.outcome(
        policy=session.policy,
        state=state,
        by=by,
        starts_at=session.starts_at,
        now=now,
        cap_bps=session.refund_cap_bps,
    )
    gross = divide_half_up(session.price_minor * result.refund_bps, policies.WHOLE_BPS)
    return Quote(
        refund_bps=result.refund_bps,
        refund_minor_gross=0 if state is State.PENDING else gross,
        currency=session.currency,
        bearer=result.bearer,
        changes_at=result.changes_at,
        next_refund_bps=result.next_refund_bps,
    )


def ratings(mentor_ids: Iterable[UUID]) -> Mapping[UUID, Rating]:
    """Return the rating of every mentor asked for: the one query behind each count and score."""
    wanted = list(mentor_ids)
    rows = (
        Review.objects.published()
        .filter(mentor_id__in=wanted)
        .values_list("mentor_id")
        .annotate(count=Count("pk"), stars=Sum("rating"))
        .order_by()
    )
    found = {mentor_id: Rating(count, stars) for mentor_id, count, stars in rows}
    return {mentor_id: found.get(mentor_id, Rating()) for mentor_id in wanted}


def reviews_of(*, mentor_id: UUID | Given) -> ReviewQuerySet:
    """Return the visible reviews of a mentor, newest first, with client and reply (one query)."""
    reviews = Review.objects.published().filter(mentor_id=mentor_id)
    return reviews.select_related("client__user", "reply").newest_first()


def goals_visible_to(user: User) -> QuerySet[Goal]:
    """Return the own goals, and those that clients began at a paid session with this mentor.

    With milestones and progress in their order; three queries.
    """
    own = Q(client__user=user)
    led = Q(session__mentor__user=user, session__confirmed_at__isnull=False)
    return _with_their_parts(Goal.objects.filter(own | led))


def _with_their_parts(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    return goals.select_related("client__user").prefetch_related(
        Prefetch("milestones", Milestone.objects.order_by("position")),
        Prefetch("progress", GoalProgress.objects.order_by("at", "id")),
    )


def paid_sessions() -> SessionQuerySet:
    """Return the sessions that were paid for, whatever became of them."""
    return Session.objects.filter(confirmed_at__isnull=False)


def diary_of(
    *, session_type: SessionType, at: datetime, now: datetime, moving: Session | None = None
) -> Diary | None:
    """Return the mentor's diary around one instant; None where he has no schedule."""
    return _diary(session_type, at, at, now, moving)


def diary_between(
    *, session_type: SessionType, start: datetime, end: datetime, now: datetime
) -> Diary | None:
    """Return the mentor's diary for several instants in [start, end]; None without a schedule."""
    return _diary(session_type, start, end, now, None)


def rules_of(diary: Diary, session_type: SessionType, moving: Session | None) -> Rules:
    """Return the type's booking rules; a session that moves keeps the length it was booked for."""
    rules = diary.rules(session_type)
    return replace(rules, duration_minutes=moving.duration_minutes) if moving else rules


def _diary(
    session_type: SessionType,
    start: datetime,
    end: datetime,
    now: datetime,
    moving: Session | None,
) -> Diary | None:
    mentor_id = session_type.mentor_id
    own = moving.meeting_id if moving else None
    found = read_diaries(mentor_ids=[mentor_id], start=start, end=end, now=now, without=own)
    return found.get(mentor_id)


def _slot(at: int, minutes: int) -> Slot:
    starts_at = datetime.fromtimestamp(at, UTC)
    return Slot(starts_at, starts_at + timedelta(minutes=minutes))


def _refused(
    reason: str, session_type: SessionType, at: datetime, diary: Diary | None
) -> Explanation:
    zone = ZoneInfo(diary.schedule.time_zone) if diary else UTC
    rules = diary.rules(session_type) if diary else None
    detail = _DETAILS[reason].format(
        at=f"{at.astimezone(zone):%Y-%m-%d %H:%M} ({zone})",
        mentor=session_type.mentor.user.name,
        kind=session_type.name,
        notice=rules and rules.notice_minutes,
        window=rules and rules.window_days,
        step=rules and rules.step_minutes,
    )
    return Explanation(False, str(reason), detail)
