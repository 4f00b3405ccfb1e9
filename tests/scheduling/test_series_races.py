"""400 series of ten that want the same times at once: none locks another, none is half booked.

Each round: eight clients, two mentors, one starting line. Every client wants a series of both
mentors at one hour, and the series overlap by all, most or half of their weeks.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError

from accounts.models import Client
from scheduling import booking, seats, series
from scheduling.models import DayCount, Meeting, Series, Session, SessionType
from tests.factories.people import ClientFactory
from tests.factories.scheduling import hold_series, open_mentor
from tests.scheduling.crowds import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
ROUNDS, CLIENTS, MENTORS = 25, 8, 2


@pytest.fixture(autouse=True)
def any_number_of_holds(settings: LazySettings) -> None:
    settings.MAX_UNPAID_HOLDS = 10_000


@pytest.fixture
def deadlocks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What PostgreSQL ended as a deadlock; each attempt is made once, nothing hides behind a retry.

    A refusal that another attempt's deadlock made possible is none.
    """
    found: list[str] = []

    def once[T](attempt: Callable[[], T]) -> T:
        try:
            return attempt()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != booking.DEADLOCK:
                raise
            found.append(str(error))
            raise booking.BookingBusy("deadlock") from error

    monkeypatch.setattr(booking, "twice", once)
    return found


def unqueued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the lock on client and schedule away: the constraints are alone with the order."""
    monkeypatch.setattr(seats, "lock_people", lambda **_: None)


def unsorted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Insert the sessions of each series in an order of its own."""
    really = series.starts_of

    def shuffled(**asked: Any) -> tuple[datetime, ...]:
        starts = list(really(**asked))
        random.shuffle(starts)
        return tuple(starts)

    monkeypatch.setattr(series, "starts_of", shuffled)


def wanting(kind: SessionType, client: Client, number: int) -> Callable[[], Series]:
    offset = (0, 1, 2, 5)[number % 4] * WEEK + timedelta(minutes=30) * (number % 2)
    skip = number % 3 == 2
    return lambda: hold_series(
        session_type=kind,
        starts_at=TEN + offset,
        count=10,
        now=NOW,
        client=client,
        skip_unavailable=skip,
    )


def one_round() -> list[Any]:
    clients = [ClientFactory() for _ in range(CLIENTS)]
    kinds = [open_mentor() for _ in range(MENTORS)]
    return at_once(
        [
            wanting(kind, client, number + shift)
            for number, client in enumerate(clients)
            for shift, kind in enumerate(kinds)
        ]
    )


def check_books_of_time() -> None:
    """Each series is as long as it says, nobody is in two places, every counter is right."""
    for made in Series.objects.all():
        positions = made.sessions.order_by("position").values_list("position", flat=True)
        assert list(positions) == list(range(1, made.count + 1))
        assert made.asked - made.count == len(made.left_out)
    assert Session.objects.count() == sum(Series.objects.values_list("count", flat=True))
    assert Meeting.objects.count() == Session.objects.count()
    for column in ("mentor_id", "client_id"):
        times: dict[Any, list[tuple[datetime, datetime]]] = {}
        for who, begin, end in Session.objects.values_list(column, "starts_at", "ends_at"):
            times.setdefault(who, []).append((begin, end))
        for taken in times.values():
            taken.sort()
            assert all(before[1] <= after[0] for before, after in pairwise(taken))
    assert sum(DayCount.objects.values_list("count", flat=True)) == Session.objects.count()


def test_of_400_none_is_ended_as_a_deadlock_and_each_is_whole_or_not_there(
    deadlocks: list[str],
) -> None:
    results = [result for _ in range(ROUNDS) for result in one_round()]

    assert len(results) == ROUNDS * CLIENTS * MENTORS == 400
    assert deadlocks == []
    refused = [result for result in results if not isinstance(result, Series)]
    assert {type(refusal) for refusal in refused} == {series.SeriesNotFree}
    assert len(results) - len(refused) == Series.objects.count() > ROUNDS
    check_books_of_time()


def test_control_unsorted_and_unqueued_they_lock_one_another(
    deadlocks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The harness finds deadlocks where there are any; still nothing is booked twice or in half."""
    unqueued(monkeypatch)
    unsorted(monkeypatch)

    for _ in range(ROUNDS):
        one_round()
        if len(deadlocks) > 2:
            break

    assert deadlocks
    for made in Series.objects.all():
        assert made.sessions.count() == made.count
    assert Meeting.objects.count() == Session.objects.count()


def test_behind_the_queue_the_order_is_a_second_guard(
    deadlocks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unsorted(monkeypatch)

    for _ in range(5):
        one_round()

    assert deadlocks == []
