"""Jobs are promised in a transaction, done after it, at least once, and given up visibly."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import transaction
from django_q.models import OrmQ

from kernel import clock, tasks
from kernel.models import Job

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
done: list[str] = []


@tasks.task
def note(*, word: str) -> None:
    done.append(word)


@tasks.task
def stumble() -> None:
    raise RuntimeError("not today")


def unregistered() -> None:
    """A function that nobody made a task."""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    done.clear()
    with clock.travel(NOON):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_rolled_back_transaction_is_never_done() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tasks.enqueue(note, word="lost")
        _ = 1 / 0

    assert tasks.drain() == 0
    assert done == []


@pytest.mark.django_db(transaction=True)
def test_a_job_is_done_once_and_nudges_the_queue_after_commit() -> None:
    with transaction.atomic():
        tasks.enqueue(note, word="a")
        assert OrmQ.objects.count() == 0

    assert OrmQ.objects.count() == 1
    assert tasks.drain() == 1
    assert tasks.drain() == 0
    assert done == ["a"]


@pytest.mark.django_db
def test_a_waiting_twin_is_not_added_and_a_begun_one_is() -> None:
    tasks.enqueue(note, dedupe_key="k", word="first")
    tasks.enqueue(note, dedupe_key="k", word="second")
    assert Job.objects.count() == 1

    Job.objects.update(lease_until=NOON + timedelta(seconds=30))
    tasks.enqueue(note, dedupe_key="k", word="third")

    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_a_job_whose_worker_was_killed_is_taken_again_when_the_lease_is_over() -> None:
    tasks.enqueue(note, word="again")
    Job.objects.update(lease_until=NOON + tasks.LEASE, attempts=1)
    assert tasks.drain() == 0

    with clock.travel(NOON + tasks.LEASE):
        assert tasks.drain() == 1

    assert done == ["again"]


@pytest.mark.django_db
def test_a_failing_job_waits_longer_each_time_and_is_given_up_visibly() -> None:
    tasks.enqueue(stumble)
    now = NOON
    pauses = []

    for _ in range(tasks.MAX_ATTEMPTS):
        with clock.travel(now):
            assert tasks.drain() == 1
        job = Job.objects.get()
        pauses.append((job.due_at - now).total_seconds())
        now = max(now, job.due_at)

    assert pauses[:4] == [5, 10, 20, 40]
    assert job.failed_at is not None
    assert job.last_error == "RuntimeError: not today"
    with clock.travel(now + timedelta(days=9)):
        assert tasks.drain() == 0


@pytest.mark.django_db
def test_a_job_for_later_waits() -> None:
    tasks.enqueue(note, due_at=NOON + timedelta(hours=1), word="later")

    assert tasks.drain() == 0
    with clock.travel(NOON + timedelta(hours=1)):
        assert tasks.drain() == 1


@pytest.mark.django_db
def test_only_a_registered_function_is_a_task() -> None:
    with pytest.raises(LookupError, match="decorate it"):
        tasks.enqueue(unregistered)


@pytest.mark.django_db
def test_finished_jobs_are_forgotten_after_two_weeks_and_failed_ones_are_not() -> None:
    tasks.enqueue(note, word="old")
    tasks.drain()
    tasks.enqueue(stumble)
    Job.objects.filter(done_at=None).update(failed_at=NOON, last_error="no")

    with clock.travel(NOON + timedelta(days=13)):
        assert tasks.forget() == 0
    with clock.travel(NOON + timedelta(days=15)):
        assert tasks.forget() == 1

    assert Job.objects.get().last_error == "no"


@pytest.mark.django_db
def test_a_worker_imports_the_module_of_a_job_that_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late_task = import_module("tests.kernel.late_task")
    tasks.enqueue(late_task.note, word="found")
    monkeypatch.delitem(tasks._registry, "tests.kernel.late_task.note")
    monkeypatch.delitem(sys.modules, "tests.kernel.late_task")

    tasks.drain()

    assert sys.modules["tests.kernel.late_task"].done == ["found"]


@pytest.mark.django_db(transaction=True)
def test_at_once_a_job_is_done_after_its_transaction_and_leaves_no_row() -> None:
    with tasks.at_once():
        with transaction.atomic():
            tasks.enqueue(note, word="now")
            assert done == []  # not before the commit
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tasks.enqueue(note, word="lost")
            _ = 1 / 0
        tasks.enqueue(note, word="later", due_at=NOON + timedelta(hours=1))

    assert done == ["now"]
    assert [job.arguments for job in Job.objects.all()] == [{"word": "later"}]
    assert not OrmQ.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_at_once_a_job_that_fails_raises_where_it_was_promised() -> None:
    with tasks.at_once(), pytest.raises(RuntimeError, match="not today"), transaction.atomic():
        tasks.enqueue(stumble)
