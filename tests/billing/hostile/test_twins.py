"""One job in two hands, and two transactions that give and take times of one mentor."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from kernel import clock, tasks
from kernel.models import Job
from scheduling import lifecycle
from scheduling.models import Schedule
from tests.billing.gateway.journey import EXPIRED, NOW, held
from tests.factories.scheduling import open_mentor


@pytest.fixture(autouse=True)
def stage(db: None) -> Iterator[None]:
    """No stand-in; one instant for all."""
    with clock.travel(NOW):
        yield


def job(**changes: Any) -> Job:
    """The row as a worker read it whose lease is over by now."""
    kept = Job.objects.create(name="x", attempts=tasks.MAX_ATTEMPTS, due_at=NOW)
    Job.objects.filter(pk=kept.pk).update(**changes)
    return kept


def test_the_last_attempt_of_a_slow_worker_leaves_what_its_twin_has_done() -> None:
    slow = job(done_at=NOW)

    tasks._postpone(slow, reason="slow")

    slow.refresh_from_db()
    assert (slow.done_at, slow.failed_at) == (NOW, None)


def test_a_slow_worker_that_ends_well_mends_what_its_twin_gave_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = job(failed_at=NOW, last_error="gave up")
    monkeypatch.setitem(tasks._registry, "x", lambda: None)

    tasks._run(slow)

    slow.refresh_from_db()
    assert (slow.done_at, slow.failed_at, slow.last_error) == (NOW, None, "")


@pytest.mark.django_db(transaction=True)
def test_taking_again_waits_for_the_people_before_it_holds_a_counter() -> None:
    """A booking holds the schedule and wants the counter; the other way round they would lock."""
    session_type = open_mentor()
    old = held(session_type=session_type)
    in_the_way = held(session_type=session_type, starts_at=old.starts_at + timedelta(hours=2))
    assert in_the_way.meeting.day == old.meeting.day
    results: list[Any] = []

    def take_again() -> None:
        try:
            with transaction.atomic():
                results.append(lifecycle.take_again(session_id=old.pk, now=EXPIRED))
        finally:
            connection.close()

    other = threading.Thread(target=take_again)
    with transaction.atomic(), connection.cursor() as cursor:
        Schedule.objects.select_for_update(no_key=True).get(mentor=session_type.mentor)
        other.start()
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND datname = current_database()"
        )
        while not cursor.fetchone()[0]:
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.05)")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database()"
            )
        cursor.execute("SELECT count FROM scheduling_daycount FOR UPDATE NOWAIT")
    other.join(timeout=20)

    assert results[0].state == "confirmed"
