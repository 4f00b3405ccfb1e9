"""Who has time first, found by the free blocks' bounds: the same as asking everybody's rules."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import blocks, queries, soonest
from scheduling.models import BlockMark, FreeBlock, Schedule, SessionType
from scheduling.soonest import first_free
from tests.factories.people import MentorFactory
from tests.factories.scheduling import PolicyFactory, confirmed, hold, open_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 10, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """A mentor of a random world. Hours in half hours of the day; `sold` are hours from now."""

    zone: str
    opens: int
    open_for: int
    duration: int
    step: int
    gap: int
    notice: int
    window: int
    per_day: int | None
    active: bool
    sold: frozenset[int]
    lapsed: frozenset[int]
    marked: bool


people = st.builds(
    Person,
    zone=st.sampled_from(
        ["UTC", "UTC", "Asia/Kathmandu", "America/New_York", "Pacific/Kiritimati"]
    ),
    opens=st.integers(0, 40),
    open_for=st.integers(4, 30),
    duration=st.sampled_from([30, 60, 90, 240]),
    step=st.sampled_from([15, 240]),
    gap=st.sampled_from([0, 180]),
    notice=st.sampled_from([0, 90, 1440, 3000]),
    window=st.sampled_from([1, 3, 9]),
    per_day=st.sampled_from([None, 1]),
    active=st.sampled_from([True, True, True, False]),
    sold=st.frozensets(st.integers(1, 72), max_size=4),
    lapsed=st.frozensets(st.integers(1, 72), max_size=1),
    marked=st.booleans(),
)


def written(person: Person) -> UUID:
    """Write the person, sold what can be sold: a type without limits books, then they come."""
    kind = open_mentor()
    begin = NOW.replace(minute=0)
    for hour in sorted(person.sold - person.lapsed):
        confirmed(session_type=kind, starts_at=begin + hour * HOUR, now=NOW - DAY)
    for hour in person.lapsed:
        hold(session_type=kind, starts_at=begin + hour * HOUR, now=NOW - HOUR)
    schedule = Schedule.objects.get(mentor=kind.mentor)
    schedule.weekly_rules.update(
        start_minute=person.opens * 30, end_minute=min(1440, (person.opens + person.open_for) * 30)
    )
    Schedule.objects.filter(pk=schedule.pk).update(
        time_zone=person.zone,
        step_minutes=person.step,
        gap_minutes=person.gap,
        notice_minutes=person.notice,
        window_days=person.window,
        max_per_day=person.per_day,
        version=schedule.version + 1,
    )
    SessionType.objects.filter(pk=kind.pk).update(
        duration_minutes=person.duration, is_active=person.active
    )
    return kind.mentor_id


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    world=st.lists(people, min_size=1, max_size=7),
    count=st.integers(0, 3),
    spare=st.integers(0, 1),
    past=st.none() | st.integers(0, 100).map(lambda hours: NOW + hours * HOUR),
    to_now=st.sampled_from([timedelta(0), 5 * HOUR, 2 * DAY]),
)
def test_what_is_found_is_what_everybodys_rules_say_and_nobody_sooner_is_left_out(
    world: list[Person], count: int, spare: int, past: datetime | None, to_now: timedelta
) -> None:
    mentors = [written(person) for person in world]
    blocks.refresh(now=NOW)
    for mentor_id, person in zip(mentors, world, strict=True):
        if person.marked:  # blocks that are old may say anything
            FreeBlock.objects.filter(mentor_id=mentor_id).delete()
            BlockMark.objects.create(mentor_id=mentor_id)
    now = NOW + to_now
    every = queries.next_free(mentor_ids=mentors, now=now)
    bounds = blocks.earliest(mentor_ids=mentors, now=now)
    with mock.patch.object(soonest, "SPARE", spare):
        found = first_free(mentor_ids=mentors, now=now, count=count, past=past)

    assert all(bounds[mentor_id] <= at for mentor_id, at in every.items() if at)
    assert found == {mentor_id: every[mentor_id] for mentor_id in found}
    starts = sorted(at for at in every.values() if at)
    behind = [at for at in starts if past is None or at > past]
    until = behind[:count][-1] if behind[:count] else past
    if len(behind) < count:
        until = starts[-1] if starts else None
    needed = {pk for pk, at in every.items() if at and until and at <= until}
    assert needed <= found.keys()


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_the_soonest_are_found_in_two_rounds_at_most(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = [open_mentor(hours=(600 + 10 * index, 1200)) for index in range(rows)]
    mentors = [kind.mentor_id for kind in kinds]
    blocks.refresh(now=NOW)

    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            found = first_free(mentor_ids=mentors, now=NOW, count=3)
        every = queries.next_free(mentor_ids=mentors, now=NOW)
        assert sorted(filter(None, found.values()))[:3] == sorted(filter(None, every.values()))[:3]
        return len(captured), len(found)

    assert cost() == (8, min(rows, 23))

    # Those whose bounds come first turn out to have no time today: their day is full.
    Schedule.objects.filter(mentor__in=mentors[:3]).update(max_per_day=1)
    for kind in kinds[:3]:
        confirmed(session_type=kind, starts_at=NOW.replace(hour=19, minute=0), now=NOW)
    blocks.refresh(now=NOW)
    assert cost() == (8, min(rows, 23))
    monkeypatch.setattr(soonest, "SPARE", 0)
    assert cost() == ((15, 50) if rows > 3 else (8, rows))


def test_a_bound_is_the_first_room_for_the_shortest_type_after_the_shortest_notice() -> None:
    kind = open_mentor(hours=(540, 1020), notice_minutes=120)
    group = SessionType.objects.create(
        mentor=kind.mentor,
        name="Group",
        duration_minutes=15,
        price_minor=1_000,
        currency="USD",
        policy=PolicyFactory(),
        capacity=5,
        minimum=1,
        cutoff_minutes=60,
        notice_minutes=0,
    )
    idle, unscheduled = open_mentor(), MentorFactory()
    SessionType.objects.filter(pk=idle.pk).update(is_active=False)
    confirmed(session_type=kind, starts_at=NOW.replace(hour=11, minute=0), now=NOW)
    asked = [kind.mentor_id, idle.mentor_id, unscheduled.pk]
    blocks.refresh(now=NOW)

    def bound(now: datetime = NOW) -> datetime | None:
        found = blocks.earliest(mentor_ids=asked, now=now)
        assert found.keys() <= {kind.mentor_id}
        return found.get(kind.mentor_id)

    assert group.is_active
    assert bound() == NOW.replace(hour=12, minute=0)  # from 10:10 on there are 50 minutes
    assert bound(NOW - timedelta(minutes=10)) == NOW.replace(hour=10, minute=0)
    BlockMark.objects.create(mentor=kind.mentor)
    assert bound() == NOW + 2 * HOUR  # the blocks may be old: the notice alone
