"""A limit that is spent by batches: never passed, whoever counts; and its negative control."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kernel.leases import Leases, leases
from kernel.limits import Limit, purge, take
from kernel.models import RateCount
from tests.api.callers import Served

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROCESSES, THREADS, CALLS = 4, 4, 150


def limit(quota: int) -> Limit:
    return Limit("toy", quota, MINUTE)


def allowed(mine: Leases, quota: int, *, calls: int, now: datetime = NOW) -> int:
    return sum(mine.count(limit(quota), subject="a", now=now).allowed for _ in range(calls))


@pytest.mark.django_db
def test_a_process_is_let_through_exactly_as_often_as_the_quota_says() -> None:
    assert allowed(Leases(), 1000, calls=1100) == 1000
    assert RateCount.objects.get().count == 1000


@pytest.mark.django_db
def test_a_batch_takes_one_write_and_what_is_left_is_told() -> None:
    mine = Leases()

    first = mine.count(limit(1000), subject="a", now=NOW)
    left = [mine.count(limit(1000), subject="a", now=NOW).remaining for _ in range(9)]

    assert RateCount.objects.get().count == 10
    assert (first.remaining, left[-1], first.reset_seconds) == (999, 990, 60)


@pytest.mark.django_db
def test_of_a_last_batch_only_what_the_quota_leaves_is_given() -> None:
    given = [take(limit(25), subject="a", now=NOW, calls=10).calls for _ in range(4)]

    assert given == [10, 10, 5, 0]


@pytest.mark.django_db
def test_what_is_not_spent_counts_as_made_and_never_the_other_way() -> None:
    one, other = Leases(part=4), Leases(part=4)

    first = allowed(one, 100, calls=1)  # holds 24 more
    second = allowed(other, 100, calls=100)

    assert (first, second) == (1, 75)
    assert allowed(one, 100, calls=100) == 24


@pytest.mark.django_db
def test_a_small_quota_is_taken_one_by_one() -> None:
    one, other = Leases(), Leases()

    taken = [allowed(mine, 5, calls=1) for mine in (one, other, one, other, one, other, one)]

    assert taken == [1, 1, 1, 1, 1, 0, 0]


@pytest.mark.django_db
def test_a_new_window_begins_anew_and_nothing_of_the_old_one_is_spent_in_it() -> None:
    mine = Leases()
    allowed(mine, 1000, calls=3)

    later = NOW + MINUTE
    assert allowed(mine, 1000, calls=1100, now=later) == 1000
    purge(now=later + 2 * MINUTE)


@pytest.mark.django_db
def test_no_more_subjects_are_remembered_than_there_is_room_for() -> None:
    mine = Leases(remembered=3)

    for number in range(10):
        mine.count(limit(1000), subject=f"{number}", now=NOW)

    assert len(mine) == 3


@pytest.mark.django_db
def test_a_refusal_costs_no_query() -> None:
    mine = Leases()
    allowed(mine, 2, calls=3)
    RateCount.objects.all().delete()  # were it asked, it would allow again

    assert allowed(mine, 2, calls=10) == 0


@pytest.mark.django_db
def test_a_forked_child_holds_nothing_of_its_parents() -> None:
    leases.count(limit(1000), subject="a", now=NOW)
    reading, writing = os.pipe()

    if not (child := os.fork()):
        os.write(writing, bytes([len(leases)]))
        os._exit(0)
    os.waitpid(child, 0)

    assert (len(leases), os.read(reading, 1)) == (1, bytes([0]))


PROGRAM = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from datetime import datetime, timedelta
from django.db import connections
from kernel.leases import Leases
from kernel.limits import Limit

quota, threads, calls, alone = (int(word) for word in sys.argv[1:5])
mine = Leases()
subject = f"{os.getpid()}" if alone else "everybody"
now = datetime.fromisoformat(sys.argv[5])
sys.stdin.readline()

def work(_):
    made = sum(
        mine.count(Limit("toy", quota, timedelta(minutes=1)), subject=subject, now=now).allowed
        for _ in range(calls)
    )
    connections.close_all()
    return made

with ThreadPoolExecutor(threads) as pool:
    print(sum(pool.map(work, range(threads))))
"""


def race(quota: int, *, alone: bool) -> int:
    """Return how many of all the calls of four processes at one instant were let through."""
    given = Served(Path(os.devnull)).environment
    words = [quota, THREADS, CALLS, int(alone), NOW.isoformat()]
    command = [sys.executable, "-c", PROGRAM, *map(str, words)]
    running = [
        subprocess.Popen(command, env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    return sum(int(process.communicate(timeout=120)[0]) for process in running)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("quota", [37, 1000])
def test_sixteen_threads_of_four_processes_never_pass_the_quota(quota: int) -> None:
    through = race(quota, alone=False)

    held = PROCESSES * (quota // 100)  # by processes that had no more calls to make
    assert quota - held <= through <= quota


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_negative_control_a_count_of_each_process_lets_four_times_as_many_through() -> None:
    assert race(100, alone=True) == 400
