"""Job C: the slots of 28 days with 30 bookings, of one mentor and of 1,000; and the free blocks.

`scheduling.slots` beside plain Python + zoneinfo, python-portion, dateutil and a PostgreSQL
multirange, and two limits (numpy, C) that are handed the open times as instants. All say the same
slots before anything is measured. One run, interleaved rounds, medians.

The first mentor has office hours. The others have twelve zones and hours, days and bookings of
their own; no two have the same week, so what helps is only what mentors of a zone share. "Cold" is
the first call of a process: no zone is read, no instant is known.

    python -m benchmarks.slots
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from zoneinfo import ZoneInfo

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange  # noqa: E402

from accounts.models import Mentor  # noqa: E402
from benchmarks.kit import peers  # noqa: E402
from benchmarks.kit.measure import Cost, cost_of, cpu_of, interleaved  # noqa: E402
from benchmarks.kit.scratch import connected, scratch  # noqa: E402
from scheduling import blocks, grids, hours, slots  # noqa: E402
from scheduling.hours import Availability, DateHours, weekly_hours  # noqa: E402
from scheduling.models import BlockMark, FreeBlock, Meeting, Schedule, WeeklyRule  # noqa: E402
from scheduling.slots import Rules, Taken  # noqa: E402
from tests.factories.people import MentorFactory  # noqa: E402

SECONDS = float(os.environ.get("BENCH_SECONDS", "0.5"))
MENTORS = int(os.environ.get("BENCH_MENTORS", "1000"))
ROUNDS = 3
START = datetime(2027, 3, 1, tzinfo=UTC)  # New York and London change their clocks within
DAYS = 28
RULES = Rules(duration_minutes=60, step_minutes=30, gap_minutes=15)
ZONES = (
    "America/New_York", "Europe/London", "Asia/Kolkata", "America/Santiago", "Asia/Tokyo",
    "Europe/Berlin", "America/Los_Angeles", "Australia/Sydney", "Africa/Lagos", "Asia/Dubai",
    "America/Sao_Paulo", "Europe/Athens",
)  # fmt: skip
OFFICE = [(weekday, 540, 1020) for weekday in range(5)]

MULTIRANGE = """
WITH hours AS (
    SELECT tstzrange((day::date + time '09:00') AT TIME ZONE %(zone)s,
                     (day::date + time '17:00') AT TIME ZONE %(zone)s) AS open
    FROM generate_series(%(first)s::date - 1, %(first)s::date + %(days)s + 1, '1 day') AS day
    WHERE extract(isodow FROM day) < 6
), free AS (
    SELECT unnest(range_agg(tstzrange(lower(open), upper(open) - %(duration)s::interval, '[]'))
                  - %(lost)s::tstzmultirange) AS starts
    FROM hours
)
SELECT extract(epoch FROM at)::bigint FROM free, generate_series(
    date_bin('30 min', lower(starts) + interval '29 min 59 s', timestamptz '2000-01-01'),
    upper(starts), '30 min') AS at
WHERE at <@ starts AND at >= %(start)s AND at < %(end)s ORDER BY at
"""


def cases_of(count: int) -> list[dict[str, Any]]:
    rng = random.Random(28)
    cases = [case_of(ZONES[0], rng, OFFICE)]
    while len(cases) < count:
        zone = ZONES[len(cases) % len(ZONES)]
        cases.append(case_of(zone, rng, week_of(rng), *exceptions_of(rng)))
    return cases


def week_of(rng: random.Random) -> list[tuple[int, int, int]]:
    """Hours of three to six days, each drawn by itself, some with a break; about 38 a week."""
    if rng.random() < 0.03:  # round the clock
        return [(weekday, 0, 1440) for weekday in range(7)]
    week = []
    for weekday in sorted(rng.sample(range(7), rng.choice((3, 4, 5, 5, 5, 5, 6)))):
        start = rng.randrange(14, 22) * 30
        end = start + rng.randrange(14, 21) * 30
        if rng.random() < 0.3:
            noon = (start + end) // 120 * 60
            week += [(weekday, start, noon), (weekday, noon + 60, end)]
        else:
            week.append((weekday, start, end))
    return week


def exceptions_of(rng: random.Random) -> tuple[list[int], list[tuple[int, int]]]:
    """One mentor in seven closes a date (an ordinal) of the 28 days, one in ten is off for two."""
    first = START.toordinal()
    closed = [first + rng.randrange(DAYS)] if rng.random() < 0.15 else []
    since = int(START.timestamp()) + rng.randrange(DAYS) * hours.DAY
    return closed, [(since, since + 2 * hours.DAY)] if rng.random() < 0.1 else []


def case_of(
    zone: str,
    rng: random.Random,
    weekly: list[tuple[int, int, int]],
    closed: Sequence[int] = (),
    time_off: Sequence[tuple[int, int]] = (),
) -> dict[str, Any]:
    """A mentor and 30 bookings that do not meet."""
    start, end = int(START.timestamp()), int((START + timedelta(days=DAYS)).timestamp())
    case: dict[str, Any] = {
        "zone": zone, "start": start, "end": end, "days": DAYS, "weekdays": list(range(5)),
        "hours": [9, 17], "duration": 3600, "gap": 900, "step": 1800, "weekly": weekly,
        "closed": closed, "time_off": time_off, "blocked": [],
    }  # fmt: skip
    every = ours(case)
    blocked: list[tuple[int, int]] = []
    for at in rng.sample(every, len(every)):
        if all(stop <= at or at + 4500 <= begin for begin, stop in blocked):
            blocked.append((at, at + 4500))
        if len(blocked) == 30:
            break
    first = start // hours.DAY + hours.EPOCH
    opened = hours.subtract(
        hours.open_intervals(
            availability=availability_of(case), first=first - 1, last=first + DAYS
        ),
        time_off,
    )
    inside = [(max(low, start), min(high, end + 1800)) for low, high in opened]
    return case | {
        # One after the other in memory, as rows that were just read are.
        "blocked": [(int(f"{low}"), int(f"{high}")) for low, high in sorted(blocked)],
        "open": [(low, high) for low, high in inside if high - low >= case["duration"]],
    }


def availability_of(case: dict[str, Any]) -> Availability:
    """Return the hours as the product's diaries do."""
    return Availability(
        case["zone"],
        weekly=[weekly_hours(*rule) for rule in case["weekly"]],
        overrides=[DateHours(date.fromordinal(day)) for day in case["closed"]],
        time_off=case["time_off"],
    )


def ours(case: dict[str, Any]) -> list[int]:
    return slots.slots(
        availability=availability_of(case),
        rules=RULES,
        taken=Taken(case["blocked"]),
        start=case["start"],
        end=case["end"],
        now=case["start"],
    )


def by_multirange(peer: psycopg.Connection, case: dict[str, Any]) -> list[int]:
    def text(at: int) -> str:
        return datetime.fromtimestamp(at, UTC).isoformat()

    lost = [f"({text(low - 4500)},{text(high)})" for low, high in case["blocked"]]
    values = {
        "zone": case["zone"],
        "first": datetime.fromtimestamp(case["start"], ZoneInfo(case["zone"])).date(),
        "days": DAYS,
        "duration": timedelta(hours=1),
        "lost": f"{{{','.join(lost)}}}",
        "start": START,
        "end": START + timedelta(days=DAYS),
    }
    return [row[0] for row in peer.execute(MULTIRANGE, values, prepare=True).fetchall()]


class Peers:
    """The process of the peers; asked for one thing at a time."""

    def __init__(self, cases: list[dict[str, Any]]) -> None:
        self._process = subprocess.Popen(
            [str(peers.python()), str(peers.peer("slots_peer"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=peers.environment(),
        )
        self.names: list[str] = self._asked(cases)

    def _asked(self, question: Any) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipes")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def said(self, name: str) -> list[int]:
        found: list[int] = self._asked(["say", name, 0])
        return found

    def cost(self, name: str) -> Cost:
        wall, cpu = self._asked(["time", name, SECONDS])
        return Cost(wall, cpu, 0.0)

    def end(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)


def check(cases: list[dict[str, Any]], others: Peers, peer: psycopg.Connection) -> None:
    """Stop unless everybody says the same slots."""
    expected = ours(cases[0])
    said = {name: others.said(name) for name in others.names if not name.startswith("1,000")}
    said["PostgreSQL multirange"] = by_multirange(peer, cases[0])
    for name, found in said.items():
        if found != expected:
            raise SystemExit(f"{name} has other slots: {len(found)}, ours {len(expected)}")
    of_all = [at + (index << 40) for index, case in enumerate(cases) for at in ours(case)]
    if others.said("1,000: numpy searchsorted (limit)") != of_all:
        raise SystemExit("numpy has other slots for the many")
    print(f"Everybody says the same {len(expected)} slots; {len(of_all):,} of all mentors.\n")


def measured(cases: list[dict[str, Any]], others: Peers, peer: psycopg.Connection) -> None:
    def counted(act: Callable[[], Any]) -> Callable[[], int]:
        return lambda: (act(), 1)[1]

    def here(act: Callable[[], Any]) -> Callable[[], Cost]:
        def cost() -> Cost:
            return cost_of(counted(act), backend=lambda: peer.info.backend_pid, seconds=SECONDS)

        return cost

    acts: dict[str, Callable[[], Cost]] = {
        "scheduling.slots": here(lambda: ours(cases[0])),
        "PostgreSQL multirange": here(lambda: by_multirange(peer, cases[0])),
        "1,000: scheduling.slots": here(lambda: [ours(case) for case in cases]),
    }
    for name in others.names:
        acts[name] = partial(others.cost, name)
    acts |= {
        "scheduling.slots, cold": partial(cold, cases[:1]),
        "1,000: scheduling.slots, cold": partial(cold, cases),
    }
    found = interleaved(acts, rounds=ROUNDS)
    one, many = found["scheduling.slots"], found["1,000: scheduling.slots"]
    print(f"{'28 days, 30 bookings':38}{'CPU ms':>10}{'wall ms':>10}{'CPU ÷ ours':>12}")
    for name, cost in found.items():
        mine = many if name.startswith("1,000") else one
        ratio = cost.cpu / mine.cpu
        print(f"{name:38}{cost.cpu / 1e3:10.4f}{cost.wall / 1e3:10.4f}{ratio:12.3f}")
    print(f"{'cal.com (quoted, not measured here)':38}{'64–76':>10}\n")
    verdict("one mentor, CPU ms", one.cpu / 1e3, 0.3)
    verdict("1,000 mentors, CPU ms", many.cpu / 1e3, 50)
    limit = found["1,000: numpy searchsorted (limit)"]
    verdict("1,000 mentors ÷ numpy, CPU", many.cpu / limit.cpu, 3)


def cold(cases: list[dict[str, Any]]) -> Cost:
    """What our slots cost when nothing is known yet, as in the first call of a process."""
    for kept in (hours.instant, hours.segments, hours.weekly_hours, grids.block_of):
        kept.cache_clear()
    ZoneInfo.clear_cache()
    wall, process = perf_counter(), process_time()
    for case in cases:
        ours(case)
    return Cost((perf_counter() - wall) * 1e6, (process_time() - process) * 1e6, 0.0)


def verdict(name: str, value: float, most: float) -> None:
    print(f"{name:38}{value:10.2f}  ≤ {most:g}: {'PASS' if value <= most else 'missed'}")


def furnish(cases: list[dict[str, Any]]) -> list[Any]:
    """Write the mentors into tables: schedules, rules and meetings."""
    mentors = [MentorFactory() for _ in cases]
    schedules = Schedule.objects.bulk_create(
        Schedule(mentor=mentor, time_zone=case["zone"], gap_minutes=15)
        for mentor, case in zip(mentors, cases, strict=True)
    )
    WeeklyRule.objects.bulk_create(
        WeeklyRule(schedule=schedule, weekday=weekday, start_minute=start, end_minute=end)
        for schedule, case in zip(schedules, cases, strict=True)
        for weekday, start, end in case["weekly"]
    )
    book(
        (mentor, at)
        for mentor, case in zip(mentors, cases, strict=True)
        for at, _ in case["blocked"]
    )
    return mentors


def book(what: Any) -> None:
    Meeting.objects.bulk_create(
        Meeting(
            mentor=mentor,
            during=DateTimeTZRange(begin, begin + timedelta(hours=1)),
            blocked=DateTimeTZRange(begin, begin + timedelta(minutes=75)),
            gap_minutes=15,
            day=begin.date(),
        )
        for mentor, begin in ((mentor, datetime.fromtimestamp(at, UTC)) for mentor, at in what)
    )


def free_blocks(cases: list[dict[str, Any]]) -> None:
    mentors = furnish(cases)
    pid = connection.connection.info.backend_pid

    def timed(name: str, act: Callable[[], Any], most: float | None = None) -> None:
        wall, process, there = perf_counter(), process_time(), cpu_of(pid)
        act()
        cpu = process_time() - process + cpu_of(pid) - there
        wall = perf_counter() - wall
        said = "" if most is None else f"  ≤ {most:g}: {'PASS' if wall <= most else 'missed'}"
        print(f"{name:38}{cpu:10.2f}{wall:10.2f}{os.getloadavg()[0]:8.1f}{said}")

    def refresh() -> None:
        blocks.refresh(now=START)

    title = f"{len(cases):,} mentors, blocks of 410 days"
    print(f"\n{title:38}{'CPU s':>10}{'wall s':>10}{'load':>8}")
    timed("open and free, from nothing", refresh)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE scheduling_freeblock, scheduling_openblock")
    print(f"{FreeBlock.objects.count():,} free blocks")
    for round_ in range(ROUNDS):
        book(in_free_time(mentors, START + timedelta(days=35 + round_ * 10)))
        timed("free, each mentor booked once more", refresh, 1)
    BlockMark.objects.bulk_create(BlockMark(mentor=mentor) for mentor in mentors)
    timed("free, nothing changed", refresh)
    timed("open and free, the next night", lambda: blocks.rebuild_all(now=START + timedelta(1)))
    evening = datetime(2027, 3, 2, 20, tzinfo=UTC)

    def search() -> None:
        for _ in range(100):
            blocks.free_between(
                start=evening, end=evening + timedelta(hours=4), minutes=60, now=START
            )

    timed("a free hour on Tuesday evening, × 100", search)


def in_free_time(mentors: Sequence[Mentor], since: datetime) -> Iterator[tuple[Mentor, int]]:
    """Give each mentor the first hour (with its gap) that is free whole after `since`."""
    by_id = {mentor.pk: mentor for mentor in mentors}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (mentor_id) mentor_id, extract(epoch FROM lower(during))::bigint
            FROM scheduling_freeblock
            WHERE lower(during) >= %s AND upper(during) - lower(during) >= interval '75 minutes'
            ORDER BY mentor_id, during
            """,
            [since],
        )
        for mentor_id, at in cursor.fetchall():
            yield by_id[mentor_id], at + -at % 60


def main() -> None:
    cases = cases_of(MENTORS)
    others = Peers(cases)
    with scratch() as parameters, connected(parameters) as peer:
        check(cases, others, peer)
        measured(cases, others, peer)
        others.end()
        free_blocks(cases)


if __name__ == "__main__":
    main()
