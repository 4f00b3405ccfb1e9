"""Hold a slot: the first step of a booking. Knows prices as values and nothing of payments.

The rules say whether a start is offered; the exclusion constraints say who gets it.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Q

from accounts.models import Client
from kernel.errors import Invalid, Kind, Refusal
from scheduling import group_slots, queries, seats, slot_tokens
from scheduling.diaries import Diary, unix
from scheduling.group_slots import GroupReason
from scheduling.hours import local_day
from scheduling.models import Schedule, Session, SessionType
from scheduling.seats import ClientBusy, LimitReached, MentorNotLive, Seat, TimeNotFree
from scheduling.slot_tokens import SlotOffer
from scheduling.slots import Reason
from scheduling.states import State

MAX_GOALS_LENGTH = 2000
DEADLOCK = "40P01"

__all__ = [
    "BookingBusy",
    "ClientBusy",
    "GoalsTooLong",
    "MentorNotLive",
    "PriceChanged",
    "SlotNotOffered",
    "SlotTaken",
    "TooManyHolds",
    "hold_slot",
]


class SlotTaken(Refusal):
    """Somebody else has the time; `alternatives` are three free slots with tokens."""

    code = "slot_taken"


class SlotNotOffered(Refusal):
    """The rules do not offer the start; `reason` in the facts says which one."""

    code = "slot_not_offered"


class PriceChanged(Refusal):
    """Price, duration or cancellation terms are no longer those of the token."""

    code = "price_changed"


class TooManyHolds(Refusal):
    """The client has as many unpaid holds as one person may have."""

    code = "too_many_holds"


class GoalsTooLong(Invalid):
    """The goals exceed their length."""

    code = "goals_too_long"


class BookingBusy(Refusal):
    """The database could not finish the booking twice in a row; the same call may pass later."""

    code = "booking_busy"
    kind = Kind.UNAVAILABLE


def hold_slot(
    *,
    client: Client,
    slot_token: str,
    goals: str,
    now: datetime,
    within: Callable[[Session], None] | None = None,
    actor: str | None = None,
) -> Session:
    """Hold the token's slot for the client: a pending session until `now + HOLD_MINUTES`.

    Opens its own transactions: overdue holds in the way are expired first, then the seat is
    taken; `within` is called with the session before that commits. `actor` is the client
    unless staff books on behalf.

    Raises SlotTokenInvalid, SlotTokenExpired, GoalsTooLong, MentorNotLive, PriceChanged,
    SlotNotOffered, SlotTaken, ClientBusy, TooManyHolds, BookingBusy.
    """
    require_short_goals(goals)
    offer = slot_tokens.read(slot_token, now)
    session_type = offered_type(offer)
    try:
        seat = seat_at(client, session_type, offer, now)
        expire_in_the_way(client=client, seat=seat, now=now)

        def attempt() -> Session:
            session = unsaved_hold(client=client, session_type=session_type, goals=goals, now=now)
            with transaction.atomic(durable=True):
                _hold(session, offer, seat, actor=actor or client.user.public_id, now=now)
                if within is not None:
                    within(session)
            return session

        return twice(attempt)
    except TimeNotFree as error:
        raise slot_taken(session_type, offer.starts_at, now) from error
    except LimitReached as error:
        raise SlotNotOffered(error.detail, **error.facts) from error


def require_short_goals(goals: str) -> None:
    """Raise GoalsTooLong where they exceed their length."""
    if len(goals) > MAX_GOALS_LENGTH:
        raise GoalsTooLong(
            f"The goals have {len(goals)} characters; at most {MAX_GOALS_LENGTH} fit.",
            pointer="/goals",
        )


def unsaved_hold(
    *, client: Client, session_type: SessionType, goals: str, now: datetime, **more: Any
) -> Session:
    """Return a hold on the terms of today, which `seats.take` gives its time and its place."""
    return Session(
        client=client,
        session_type=session_type,
        state=State.PENDING.value,
        price_minor=session_type.price_minor,
        currency=session_type.currency,
        policy=session_type.policy.frozen(),
        goals=goals,
        created_at=now,
        **{"expires_at": now + timedelta(minutes=settings.HOLD_MINUTES), **more},
    )


def twice[T](attempt: Callable[[], T]) -> T:
    """Call `attempt`, and once more when PostgreSQL chose it as the victim of a deadlock."""
    try:
        return attempt()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
            raise
    try:
        return attempt()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
            raise
        raise BookingBusy(
            "This time is wanted by many at once, and the booking could not be finished. "
            "Send the same request again."
        ) from error


def offered_type(offer: SlotOffer) -> SessionType:
    """Return the session type as it is now, if it still is what the token showed."""
    session_type = (
        SessionType.objects.select_related("mentor__user", "policy")
        .filter(pk=offer.session_type_id)
        .first()
    )
    if session_type is None:
        raise MentorNotLive("This session type no longer exists. Choose another mentor or type.")
    mentor = session_type.mentor
    if not mentor.is_live:
        raise MentorNotLive(f"{mentor.user.name} takes no bookings at present. Choose another.")
    if not session_type.is_active:
        raise MentorNotLive(
            f"{mentor.user.name} no longer offers {session_type.name}. Choose another type."
        )
    shown: list[Any] = [
        offer.duration_minutes,
        offer.price_minor,
        offer.currency,
        offer.policy_id,
        offer.policy_version,
    ]
    present: list[Any] = [
        session_type.duration_minutes,
        session_type.price_minor,
        session_type.currency,
        session_type.policy_id,
        session_type.policy.version,
    ]
    if shown != present:
        raise PriceChanged(
            f"The price or the terms of {session_type.name} changed after you saw this slot. "
            "Load the mentor's slots again and look at the new ones.",
            price_minor=session_type.price_minor,
            currency=session_type.currency,
            duration_minutes=session_type.duration_minutes,
        )
    return session_type


def seat_at(
    client: Client,
    session_type: SessionType,
    offer: SlotOffer,
    now: datetime,
    *,
    diary: Diary | None = None,
    any_window: bool = False,
) -> Seat:
    """Return the seat that is offered to this client: what the listing shows, nothing else.

    By `diary` where it was read already; `any_window`: however far ahead it lies.
    Raises SlotNotOffered, ClientBusy, TimeNotFree; `reason` in the facts is that of `explain`.
    """
    if session_type.mentor.user_id == client.user_id:
        raise SlotNotOffered("This is your own time: nobody books himself.", reason="own_time")
    if session_type.is_group:
        return _seat_in_group(client, session_type, offer, now)
    explanation, diary = queries.consider(
        session_type=session_type, at=offer.starts_at, now=now, diary=diary, any_window=any_window
    )
    if explanation.reason == Reason.TAKEN:
        busy = own_session_there(client, offer, now)
        raise busy or TimeNotFree(explanation.detail, reason=explanation.reason)
    if not explanation.offered or diary is None:
        raise SlotNotOffered(explanation.detail, reason=explanation.reason)
    return seat_by_rules(session_type, offer, diary)


def seat_by_rules(session_type: SessionType, offer: SlotOffer, diary: Diary) -> Seat:
    """Return the seat at a start that the rules offer, with the gap and the limits they ask."""
    day = local_day(diary.availability, unix(offer.starts_at))
    assert day is not None  # noqa: S101 - an offered start lies in one of the mentor's days
    rules = diary.rules(session_type)
    return Seat(
        mentor_id=offer.mentor_id,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        gap_minutes=rules.gap_minutes,
        day=date.fromordinal(day),
        max_per_day=rules.max_per_day,
        max_per_week=rules.max_per_week,
        schedule_version=diary.schedule.version,
    )


def _seat_in_group(
    client: Client, session_type: SessionType, offer: SlotOffer, now: datetime
) -> Seat:
    found = group_slots.look(session_type=session_type, at=offer.starts_at, now=now)
    if found is None or found.reason not in {None, GroupReason.FULL}:
        why = queries.explain(session_type=session_type, at=offer.starts_at, now=now)
        raise SlotNotOffered(why.detail, reason=why.reason)
    if found.reason:
        busy = own_session_there(client, offer, now)
        raise busy or TimeNotFree("Every seat of the meeting is taken.", reason=found.reason)
    return Seat(
        mentor_id=offer.mentor_id,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        gap_minutes=found.meeting.gap_minutes,
        day=found.meeting.day,
        max_per_day=None,
        max_per_week=None,
        meeting_id=found.meeting.pk,
    )


def own_session_there(
    client: Client, offer: SlotOffer, now: datetime, moving: Session | None = None
) -> ClientBusy | None:
    """Return the refusal where the client has a session of their own then, besides `moving`."""
    return own_session_at(client, offer.starts_at, offer.ends_at, now, moving)


def own_session_at(
    client: Client,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    moving: Session | None = None,
) -> ClientBusy | None:
    """Return the refusal where the client has a session of their own in the period."""
    there = Session.objects.occupying(now=now).filter(
        client=client, during__overlap=(starts_at, ends_at)
    )
    own = (there.exclude(pk=moving.pk) if moving else there).first()
    if own is None:
        return None
    return ClientBusy(
        f"You already have session {own.public_id} at {own.starts_at:%Y-%m-%d %H:%M} UTC. "
        "Choose another time, or cancel that one.",
        session_id=own.public_id,
    )


def expire_in_the_way(*, client: Client, seat: Seat, now: datetime) -> None:
    """Expire the overdue holds of this mentor (they count in his limits) and of the client."""
    overdue = Session.objects.overdue(now=now).filter(
        Q(mentor_id=seat.mentor_id)
        | Q(client=client, during__overlap=(seat.starts_at, seat.ends_at))
    )
    seats.expire_overdue(list(overdue.order_by("id").values_list("id", flat=True)), now=now)


def _hold(session: Session, offer: SlotOffer, seat: Seat, *, actor: str, now: datetime) -> None:
    schedule = seats.lock_people(client_id=session.client_id, mentor_id=seat.mentor_id)
    if is_stale(seat, schedule):
        seat = seat_at(session.client, session.session_type, offer, now)
    require_holds_left(session.client, now)
    seats.take(seat=seat, session=session, event="hold", actor=actor, now=now)


def is_stale(seat: Seat, schedule: Schedule | None) -> bool:
    """Say whether the mentor wrote other hours or rules than the seat was offered by.

    Behind the lock they decide, and stay as they are. A group meeting has its time already.
    """
    by_rules = seat.meeting_id is None
    return by_rules and schedule is not None and schedule.version != seat.schedule_version


def require_holds_left(client: Client, now: datetime) -> None:
    """Raise TooManyHolds where the locked client may hold no more; a series counts as one."""
    waiting = Session.objects.filter(client=client).unpaid_holds(now=now).bookings()
    if waiting >= settings.MAX_UNPAID_HOLDS:
        raise TooManyHolds(
            f"You hold {waiting} bookings that are not paid, and no more are possible. "
            "Pay or cancel one of them, or wait until one expires.",
            unpaid_holds=waiting,
        )


def slot_taken(
    session_type: SessionType, at: datetime, now: datetime, moving: Session | None = None
) -> SlotTaken:
    """Return the refusal with three free alternatives; `moving` is the session they are for."""
    nearest = queries.nearest_slots(session_type=session_type, at=at, now=now, moving=moving)
    alternatives = [
        {
            "starts_at": slot.starts_at.isoformat(),
            "ends_at": slot.ends_at.isoformat(),
            "token": slot_tokens.mint(
                session_type=session_type, starts_at=slot.starts_at, now=now, moving=moving
            ),
        }
        for slot in nearest
    ]
    what = "Every seat of the meeting" if session_type.is_group else "The slot"
    return SlotTaken(
        f"{what} at {at:%Y-%m-%d %H:%M} UTC has just been taken. "
        "Choose one of the alternatives, or load the mentor's slots again.",
        alternatives=alternatives,
    )
