"""What the mark for the free blocks adds to a booking: holds with its trigger and without.

By turns, in one process. A mentor and a client for each hold, made before; no disk is waited for.

    python -m benchmarks.block_marks
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.db import connection  # noqa: E402

from benchmarks.kit.measure import Cost, cpu_of, interleaved  # noqa: E402
from benchmarks.kit.scratch import scratch  # noqa: E402
from scheduling import booking, slot_tokens  # noqa: E402
from scheduling.models import BlockMark  # noqa: E402
from tests.factories.people import ClientFactory  # noqa: E402
from tests.factories.scheduling import open_mentor  # noqa: E402

NOW = datetime(2027, 3, 1, tzinfo=UTC)
HOLDS = 40
ROUNDS = 7


def turn(action: str) -> Cost:
    """ENABLE or DISABLE the trigger and return what a hold takes then."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE scheduling_meeting {action} TRIGGER scheduling_meeting_mark")
    at = NOW + timedelta(days=2)
    prepared = [
        (ClientFactory(), slot_tokens.mint(session_type=open_mentor(), starts_at=at, now=NOW))
        for _ in range(HOLDS)
    ]
    before = BlockMark.objects.count()
    pid = connection.connection.info.backend_pid
    wall, process, there = perf_counter(), process_time(), cpu_of(pid)
    for client, token in prepared:
        booking.hold_slot(client=client, slot_token=token, goals="", now=NOW)
    cost = Cost(
        (perf_counter() - wall) / HOLDS * 1e6,
        (process_time() - process) / HOLDS * 1e6,
        (cpu_of(pid) - there) / HOLDS * 1e6,
    )
    if BlockMark.objects.count() - before != (HOLDS if action == "ENABLE" else 0):
        raise SystemExit("the holds left other marks than they should")
    return cost


def main() -> None:
    with scratch():
        found = interleaved(
            {"without a mark": partial(turn, "DISABLE"), "with a mark": partial(turn, "ENABLE")},
            rounds=ROUNDS,
        )
    print(f"{'a hold':20}{'CPU ms':>10}{'wall ms':>10}{'backend ms':>12}")
    for name, cost in found.items():
        print(f"{name:20}{cost.cpu / 1e3:10.3f}{cost.wall / 1e3:10.3f}{cost.backend / 1e3:12.3f}")


if __name__ == "__main__":
    main()
