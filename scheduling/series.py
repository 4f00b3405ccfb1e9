"""Book several sessions at once: every so many weeks at one hour of the mentor's wall clock.

Each is a session like any other, seated by the same rules as a single booking, with its own hold,
payment, policy and end. All that were asked for, or none, unless the client takes what there is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Client, User
from kernel.errors import Invalid, Refusal
from kernel.ids import uuid7
from scheduling import booking, queries, recurrence, seats, slot_tokens
from scheduling.diaries import Diary
from scheduling.hours import instant
from scheduling.models import Series, Session, SessionType
from scheduling.models.series import (
    FARTHEST_DAYS,
    FEWEST_SESSIONS,
    MOST_SESSIONS,
    MOST_WEEKS_APART,
)
from scheduling.recurrence import Budget, Rule
from scheduling.seats import ClientBusy, LimitReached, Seat, TimeNotFree
from scheduling.slot_tokens import SlotOffer
from scheduling.states import State

# What refuses one time of many; whatever else is refused, is refused of the whole series.
_MISSES = (booking.SlotNotOffered, ClientBusy, LimitReached, TimeNotFree)


class SeriesNotFree(Refusal):
    """Some of the series cannot be had; `sessions` in the facts names each, with its reason."""

    code = "series_not_free"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for: the offers in the order of time, and for whom."""

    client: Client
    session_type: SessionType
    offers: tuple[SlotOffer, ...]
    goals: str
    now: datetime

    def seats(self) -> list[Seat | Refusal]:
        """Return every seat, or why it cannot be had, by one reading of the mentor's diary."""
        diary = None
        if not self.session_type.is_group:
            starts = [offer.starts_at for offer in self.offers]
            diary = queries.diary_between(
                session_type=self.session_type, start=min(starts), end=max(starts), now=self.now
            )
        return [self.seat(offer, diary) for offer in self.offers]

    def seat(self, offer: SlotOffer, diary: Diary | None = None) -> Seat | Refusal:
        """Return the seat, or why it cannot be had. The window is asked of the first alone."""
        try:
            seat = booking.seat_at(
                self.client,
                self.session_type,
                offer,
                self.now,
                diary=diary,
                any_window=offer is not self.offers[0],
            )
        except _MISSES as miss:
            return miss
        return booking.own_session_there(self.client, offer, self.now) or seat


def starts_of(
    *, first: datetime, time_zone: str, every_weeks: int, count: int
) -> tuple[datetime, ...]:
    """Return the starts in UTC: `first`, and the same wall clock of `time_zone` weeks later.

    A wall clock becomes an instant as the hours do: in a gap by the offset before it, in an
    overlap at its first occurrence.
    """
    wall = first.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    rule = Rule(frequency="WEEKLY", interval=every_weeks, count=count)
    last = wall + timedelta(weeks=every_weeks * count)
    budget = Budget(left=7 * 7 * every_weeks * count)
    walls = recurrence.occurrences(rule=rule, start=wall, low=wall, high=last, budget=budget)
    later = [
        datetime.fromtimestamp(
            instant(time_zone, at.toordinal(), at.hour * 60 + at.minute) + at.second, UTC
        )
        for at in walls
    ]
    return (first, *later[1:])


def hold_series(
    *,
    client: Client,
    slot_token: str,
    every_weeks: int,
    count: int,
    skip_unavailable: bool,
    goals: str,
    now: datetime,
    within: Callable[[Series], None] | None = None,
) -> Series:
    """Hold `count` sessions, the first at the token's slot; all of them until the same instant.

    With `skip_unavailable` those that cannot be had are left out, the first never, and two at
    least are booked. Opens its own transactions, as `hold_slot` does; `within` is called with the
    series before they commit.

    Raises Invalid, SeriesNotFree, and of `hold_slot` SlotTokenInvalid, SlotTokenExpired,
    GoalsTooLong, MentorNotLive, PriceChanged, TooManyHolds, BookingBusy.
    """
    _refuse_out_of_range(every_weeks=every_weeks, count=count)
    booking.require_short_goals(goals)
    offer = slot_tokens.read(slot_token, now)
    session_type = booking.offered_type(offer)
    zone = queries.time_zone_of(mentor_id=session_type.mentor_id)
    starts = starts_of(first=offer.starts_at, time_zone=zone, every_weeks=every_weeks, count=count)
    _refuse_too_far(starts[-1], now)
    offers = tuple(replace(offer, starts_at=at) for at in starts)
    wish = _Wish(client, session_type, offers, goals, now)
    asked = wish.seats()
    _refuse_missing(wish, asked, skip_unavailable)
    _expire_in_the_way(wish)

    def attempt() -> Series:
        series = Series(
            id=uuid7(),
            client=client,
            mentor_id=session_type.mentor_id,
            session_type=session_type,
            starts_at=offer.starts_at,
            time_zone=zone,
            every_weeks=every_weeks,
            asked=count,
            created_at=now,
        )
        with transaction.atomic(durable=True):
            _take_all(series, wish, asked, skip_unavailable)
            if within is not None:
                within(series)
        return series

    return booking.twice(attempt)


def _refuse_out_of_range(*, every_weeks: int, count: int) -> None:
    if not FEWEST_SESSIONS <= count <= MOST_SESSIONS:
        raise Invalid(
            f"A series has {FEWEST_SESSIONS} to {MOST_SESSIONS} sessions.", pointer="/count"
        )
    if not 1 <= every_weeks <= MOST_WEEKS_APART:
        raise Invalid(
            f"A series repeats every 1 to {MOST_WEEKS_APART} weeks.", pointer="/every_weeks"
        )


def _refuse_too_far(last: datetime, now: datetime) -> None:
    """Refuse what would be paid so long before its time that it could not be given back any more.

    The booking window is asked of the first session alone, so this bounds the others.
    """
    if last > now + timedelta(days=FARTHEST_DAYS):
        raise Invalid(
            f"The last session would begin on {last:%Y-%m-%d}, more than {FARTHEST_DAYS} days "
            "from now. Book fewer sessions, or closer together.",
            pointer="/count",
        )


def _expire_in_the_way(wish: _Wish) -> None:
    overdue = Session.objects.overdue(now=wish.now).filter(
        Q(mentor_id=wish.session_type.mentor_id) | Q(client=wish.client)
    )
    seats.expire_overdue(list(overdue.order_by("id").values_list("id", flat=True)), now=wish.now)


def _take_all(series: Series, wish: _Wish, asked: Sequence[Seat | Refusal], skip: bool) -> None:
    """Take every seat in the order of time, and write the series behind them.

    The order is what spares deadlocks between two series that overlap, should anything ever get
    past the queue at the mentor's schedule (docs/locking.md).
    """
    schedule = seats.lock_people(client_id=wish.client.pk, mentor_id=series.mentor_id)
    booking.require_holds_left(wish.client, wish.now)
    results: list[Seat | Refusal] = []
    position = 1
    for offer, found in zip(wish.offers, asked, strict=True):
        result = found
        if isinstance(result, Seat) and booking.is_stale(result, schedule):
            result = wish.seat(offer)
        if isinstance(result, Seat):
            result = _take(series, wish, result, position)
        position += isinstance(result, Seat)
        results.append(result)
    missing = _refuse_missing(wish, results, skip)
    series.count, series.left_out = position - 1, missing
    series.save(force_insert=True)


def _take(series: Series, wish: _Wish, seat: Seat, position: int) -> Seat | Refusal:
    session = booking.unsaved_hold(
        client=wish.client,
        session_type=wish.session_type,
        goals=wish.goals,
        now=wish.now,
        series=series,
        position=position,
    )
    actor = wish.client.user.public_id
    try:
        seats.take(seat=seat, session=session, event="hold", actor=actor, now=wish.now)
    except _MISSES as miss:
        return miss
    return seat


def _refuse_missing(
    wish: _Wish, results: Sequence[Seat | Refusal], skip: bool
) -> list[dict[str, Any]]:
    """Return what is missing; raise SeriesNotFree where the client does not take the rest."""
    missing = [
        _described(offer, result)
        for offer, result in zip(wish.offers, results, strict=True)
        if isinstance(result, Refusal)
    ]
    got = len(wish.offers) - len(missing)
    first_missing = (
        bool(missing) and missing[0]["starts_at"] == wish.offers[0].starts_at.isoformat()
    )
    if missing and (not skip or first_missing or got < FEWEST_SESSIONS):
        raise SeriesNotFree(
            f"{len(missing)} of {len(wish.offers)} sessions cannot be had, and none was booked. "
            + (
                "Choose another first time."
                if first_missing or got < FEWEST_SESSIONS
                else "Choose another time, or book those that can with `skip_unavailable`."
            ),
            sessions=missing,
        )
    return missing


def _described(offer: SlotOffer, miss: Refusal) -> dict[str, Any]:
    reason = miss.facts.get("reason") or (
        "client_busy" if isinstance(miss, ClientBusy) else "taken"
    )
    return {
        "starts_at": offer.starts_at.isoformat(),
        "reason": str(reason),
        "detail": miss.detail,
    }


def visible_to(user: User) -> QuerySet[Series]:
    """Return the series that `user` may see: the own ones, of either side."""
    return Series.objects.filter(Q(client__user=user) | Q(mentor__user=user))


def cancellable(series: Series, *, since: int, now: datetime) -> QuerySet[Session]:
    """Return what is left to cancel of a series from its position `since` on, in its order."""
    return Session.objects.filter(
        series=series,
        position__gte=since,
        state__in=[State.PENDING, State.CONFIRMED],
        starts_at__gt=now,
    ).order_by("position")
