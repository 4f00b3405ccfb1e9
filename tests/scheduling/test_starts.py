"""The rows of starts say what the rules say, at any later instant, until something marks them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scheduling import blocks, lifecycle, queries, starts
from scheduling.models import FirstStart, Schedule, SessionType, StartMark, StartSet
from scheduling.starts import runs
from tests.factories.scheduling import PolicyFactory, confirmed, open_mentor
from tests.scheduling.test_soonest import DAY, HOUR, NOW, Person, people, written

pytestmark = pytest.mark.django_db


def first(mentor_id: UUID, since: datetime, until: datetime | None, now: datetime) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at FROM scheduling_first_start(%s, %s, %s, %s)", [mentor_id, since, until, now]
        )
        found = cursor.fetchone()
    return found[0] if found else None


def refresh() -> None:
    blocks.refresh(now=NOW)
    starts.refresh(now=NOW)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    world=st.lists(people, min_size=1, max_size=3),
    others=st.lists(st.tuples(st.sampled_from([15, 90]), st.sampled_from([0, 600])), max_size=2),
    later=st.sampled_from([timedelta(0), 50 * timedelta(minutes=1), 5 * HOUR, 30 * HOUR]),
    since=st.none() | st.integers(-5, 60).map(lambda hours: NOW + hours * HOUR),
    until=st.none() | st.integers(1, 80).map(lambda hours: NOW + hours * HOUR),
)
def test_the_first_start_of_the_rows_is_the_one_of_the_rules(
    world: list[Person],
    others: list[tuple[int, int]],
    later: timedelta,
    since: datetime | None,
    until: datetime | None,
) -> None:
    mentors = [written(person) for person in world]
    for minutes, notice in others:
        SessionType.objects.create(
            mentor_id=mentors[0],
            name="Other",
            duration_minutes=minutes,
            notice_minutes=notice,
            price_minor=100,
            currency="USD",
            policy=PolicyFactory(),
        )
    now = NOW + later
    # Holds whose time is over are swept as by the clock: the rows of others would count as old.
    lifecycle.expire_due(now=NOW)
    refresh()
    expected = queries.next_free(mentor_ids=mentors, now=now, start=since, end=until)
    shown = queries.next_free(mentor_ids=mentors, now=now)

    assert {pk: first(pk, max(since or now, now), until, now) for pk in mentors} == expected
    known = {row.mentor_id: row for row in FirstStart.objects.filter(mentor__in=mentors)}
    assert all(row.at == shown[pk] for pk, row in known.items() if row.stands_until >= now)
    assert not StartMark.objects.exists()

    starts.move_on(now=now)
    moved = {row.mentor_id: row for row in FirstStart.objects.filter(mentor__in=mentors)}
    assert {pk: row.at for pk, row in moved.items()} == {pk: shown[pk] for pk in moved}
    assert all(row.good_until == NOW + starts.GOOD_FOR for row in moved.values())


@given(st.lists(st.integers(0, 60), unique=True).map(sorted))
def test_runs_say_the_same_numbers(numbers: list[int]) -> None:
    said = [
        at
        for begin, last, step in zip(*runs(numbers), strict=True)
        for at in range(begin, last + 1, step)
    ]

    assert said == numbers


def test_a_day_of_office_hours_is_one_run() -> None:
    assert runs([540 + 30 * at for at in range(15)]) == ([540], [960], [30])


@pytest.mark.parametrize(
    "change",
    [
        lambda kind: confirmed(
            session_type=kind, starts_at=NOW.replace(hour=10, minute=0), now=NOW
        ),
        lambda kind: Schedule.objects.filter(mentor=kind.mentor).update(notice_minutes=300),
        lambda kind: SessionType.objects.filter(pk=kind.pk).update(duration_minutes=660),
        lambda kind: SessionType.objects.filter(pk=kind.pk).update(is_active=False),
    ],
)
def test_what_changes_the_starts_marks_the_mentor_and_the_refresh_follows(
    change: Callable[[SessionType], object],
) -> None:
    kind = open_mentor(hours=(600, 1200))
    refresh()
    before = FirstStart.objects.get(mentor=kind.mentor).at
    change(kind)

    with connection.cursor() as cursor:
        cursor.execute(starts.MAY_BE_OLD, {"now": NOW})
        assert (kind.mentor_id,) in cursor.fetchall()
    assert FirstStart.objects.get(mentor=kind.mentor).at == before
    refresh()
    after = FirstStart.objects.get(mentor=kind.mentor).at
    assert after == queries.next_free(mentor_ids=[kind.mentor_id], now=NOW)[kind.mentor_id]
    assert after != before


def test_another_edition_of_the_zones_has_everybody_made_anew() -> None:
    kind = open_mentor()
    refresh()
    FirstStart.objects.update(zone_data="1999a", at=None, minutes=None)

    starts.refresh(now=NOW)

    row = FirstStart.objects.get(mentor=kind.mentor)
    assert row.at is not None
    assert row.zone_data != "1999a"


def test_a_night_makes_the_days_that_came_into_reach() -> None:
    kind = open_mentor(window_days=2)
    refresh()
    assert starts.rebuild_all(now=NOW + 3 * DAY) == 1

    last = max(StartSet.objects.get(session_type=kind).lasts)
    assert last * 60 > (NOW + 5 * DAY).timestamp()


def test_runs_that_are_not_whole_are_refused() -> None:
    kind = open_mentor()
    refresh()

    with pytest.raises(IntegrityError), transaction.atomic():
        StartSet.objects.filter(session_type=kind).update(firsts=[1, 2])
    with pytest.raises(IntegrityError), transaction.atomic():
        StartSet.objects.filter(session_type=kind).update(firsts=[1], lasts=[1], steps=[0])
