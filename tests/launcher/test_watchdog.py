"""The watchdog tells a queue that stands still from one that is merely long."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kernel.models import Job
from launcher.watchdog import HEAD_OF_QUEUE, Watchdog, for_libpq

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def head() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(HEAD_OF_QUEUE)
        row = cursor.fetchone()
    return row[0] if row else None


def test_the_same_head_for_too_long_means_that_nobody_works() -> None:
    watchdog = Watchdog(url="", still_seconds=90)

    verdicts = [watchdog.judge("a", now=moment) for moment in (0, 45, 90, 91)]

    assert verdicts == [False, False, False, True]


def test_a_long_queue_whose_head_moves_is_no_sickness() -> None:
    watchdog = Watchdog(url="", still_seconds=90)

    verdicts = [watchdog.judge(job, now=now) for job, now in (("a", 0), ("b", 80), ("c", 160))]

    assert verdicts == [False, False, False]


def test_an_empty_queue_and_a_fresh_cluster_start_the_clock_anew() -> None:
    watchdog = Watchdog(url="", still_seconds=90)

    watchdog.judge("a", now=0)
    watchdog.judge(None, now=60)
    after_empty = watchdog.judge("a", now=120)
    watchdog.forget()
    after_restart = watchdog.judge("a", now=300)

    assert (after_empty, after_restart) == (False, False)


@pytest.mark.django_db
def test_the_head_is_the_oldest_due_job_that_nobody_has() -> None:
    now = datetime.now(tz=UTC)
    hour = timedelta(hours=1)
    Job.objects.create(name="done", due_at=NOON, done_at=NOON)
    Job.objects.create(name="failed", due_at=NOON, failed_at=NOON)
    Job.objects.create(name="taken", due_at=NOON, lease_until=now + hour)
    Job.objects.create(name="later", due_at=now + hour)
    Job.objects.create(name="newer", due_at=NOON + hour)
    oldest = Job.objects.create(name="older", due_at=NOON, lease_until=NOON)

    assert head() == str(oldest.pk)


@pytest.mark.django_db
def test_an_empty_queue_has_no_head() -> None:
    assert head() is None


def test_a_database_that_does_not_answer_is_not_the_cluster_s_fault() -> None:
    watchdog = Watchdog(url="postgres://nobody@127.0.0.1:1/none")

    assert watchdog.is_still() is False


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("postgres://a:b@db:6432/x", "postgresql://a:b@db:6432/x?"),
        ("postgres:///x?host=/a%20b/run", "postgresql:///x?host=%2Fa%20b%2Frun"),
        (
            "postgresql://a@db/x?prepare_threshold=none&sslmode=require",
            "postgresql://a@db/x?sslmode=require",
        ),
    ],
)
def test_the_driver_gets_only_words_that_it_knows(given: str, wanted: str) -> None:
    assert for_libpq(given) == wanted
