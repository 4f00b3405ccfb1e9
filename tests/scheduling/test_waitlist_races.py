"""Many at once at one line: each seat is offered once, to who comes next, and nobody slips in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from kernel.errors import Refusal
from notifications.models import Email
from scheduling import booking, groups, messages, queries, waitlist
from scheduling.models import Meeting, Session, SessionType, WaitlistEntry
from scheduling.states import WaitState
from tests.factories.people import ClientFactory
from tests.factories.scheduling import confirmed, open_group, waits
from tests.scheduling import crowds
from tests.scheduling.crowds import at_once
from tests.scheduling.moving import cancelled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
WORKERS = 8

holder = partial(crowds.holder, now=NOW)


def full(capacity: int = 3) -> tuple[SessionType, list[Session]]:
    kind = open_group(capacity=capacity)
    groups.offer(session_type=kind, starts_at=TEN, now=NOW)
    return kind, [confirmed(session_type=kind, starts_at=TEN, now=NOW) for _ in range(capacity)]


def sweep(now: datetime = NOW) -> int:
    return waitlist.offer_due(now=now)


def live_seats() -> list[int]:
    return list(Session.objects.filter(live=True).order_by("seat").values_list("seat", flat=True))


def listed_seats(kind: SessionType, now: datetime) -> list[int | None]:
    found = queries.open_slots(session_type=kind, start=now, end=TEN + timedelta(hours=1), now=now)
    return [slot.seats_left for slot in found]


def states(line: list[WaitlistEntry]) -> list[str]:
    found = dict(WaitlistEntry.objects.values_list("pk", "state"))
    return [found[entry.pk] for entry in line]


def test_two_seats_freed_at_once_and_eight_sweeps_offer_each_seat_once_in_order() -> None:
    for _ in range(4):
        kind, seats = full()
        line = [waits(session_type=kind, starts_at=TEN, now=NOW) for _ in range(5)]

        frees: list[Callable[[], Any]] = [partial(cancelled, seat, now=NOW) for seat in seats[:2]]
        at_once([*frees, *[sweep] * WORKERS])
        results = at_once([sweep] * WORKERS)

        assert not [result for result in results if isinstance(result, Refusal)]
        assert states(line) == ["offered", "offered", "waiting", "waiting", "waiting"]
        mine = Session.objects.filter(session_type=kind, live=True)
        assert sorted(mine.values_list("seat", flat=True)) == [1, 2, 3]
        assert Meeting.objects.get(session_type=kind).seats_taken == 3
    assert Email.objects.filter(template="waitlist_place").count() == 8


def test_the_chain_under_eight_sweeps_ends_with_who_is_last() -> None:
    kind, seats = full(capacity=2)
    line = [waits(session_type=kind, starts_at=TEN, now=NOW) for _ in range(4)]
    for seat in seats:
        cancelled(seat, now=NOW)

    now = NOW
    for _ in range(2):  # two are offered at a time, and let it lapse
        at_once([partial(sweep, now)] * WORKERS)
        now += timedelta(minutes=30)
    at_once([partial(sweep, now)] * WORKERS)

    found = WaitlistEntry.objects.select_related("session__replaced_by")
    assert [found.get(pk=entry.pk).status(now=now) for entry in line] == ["lapsed"] * 4
    assert Email.objects.filter(template="waitlist_place").count() == 4
    assert listed_seats(kind, now) == [2]


def test_outsiders_who_book_while_seats_are_freed_get_none_that_is_owed() -> None:
    kind, seats = full()
    line = [waits(session_type=kind, starts_at=TEN, now=NOW) for _ in range(2)]
    frees: list[Callable[[], Any]] = [partial(cancelled, seat, now=NOW) for seat in seats]
    outsiders = [holder(ClientFactory(), kind, TEN) for _ in range(12)]

    results = at_once([*frees, *outsiders, *[sweep] * 4])
    sweep()

    won = [result for result in results[3:15] if isinstance(result, Session)]
    assert len(won) <= 1  # three are free, two are owed
    assert {type(result) for result in results[3:15]} <= {Session, booking.SlotTaken}
    assert states(line) == ["offered", "offered"]
    assert live_seats() == list(range(1, 3 + len(won)))


def test_control_without_the_line_the_same_outsiders_take_every_seat() -> None:
    kind, seats = full()
    for seat in seats:
        cancelled(seat, now=NOW)

    results = at_once([holder(ClientFactory(), kind, TEN) for _ in range(12)])

    assert sum(isinstance(result, Session) for result in results) == 3


def test_those_who_join_at_once_are_numbered_without_a_hole() -> None:
    kind, seats = full()
    # One waits already: else the seat may be freed before anybody joins, and nobody has to wait.
    first = waits(session_type=kind, starts_at=TEN, now=NOW)
    people = [ClientFactory() for _ in range(12)]
    joins: list[Callable[[], Any]] = [
        partial(waits, session_type=kind, starts_at=TEN, now=NOW, client=client)
        for client in [*people, *people[:4]]
    ]

    freed: Callable[[], Any] = partial(cancelled, seats[0], now=NOW)
    results = at_once([*joins, freed, sweep, sweep])
    sweep()

    entries = WaitlistEntry.objects.order_by("number")
    assert list(entries.values_list("number", flat=True)) == list(range(1, len(entries) + 1))
    joined = {result.pk for result in results if isinstance(result, WaitlistEntry)}
    assert {entry.pk for entry in entries} == {first.pk, *joined}
    assert len(joined) == len(people)
    assert list(entries.filter(state=WaitState.OFFERED)) == [first]


def test_what_dies_inside_an_offer_leaves_the_line_as_it_was_and_the_next_run_makes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind, seats = full()
    line = [waits(session_type=kind, starts_at=TEN, now=NOW) for _ in range(2)]
    cancelled(seats[0], now=NOW)
    really = messages.tell_place_kept

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit  # the process is gone before the commit

    monkeypatch.setattr(messages, "tell_place_kept", die)
    with pytest.raises(SystemExit):
        sweep()
    assert states(line) == ["waiting", "waiting"]
    assert live_seats() == [2, 3]

    monkeypatch.setattr(messages, "tell_place_kept", really)
    assert sweep() == 1
    assert states(line) == ["offered", "waiting"]
    assert Email.objects.filter(template="waitlist_place").count() == 1
