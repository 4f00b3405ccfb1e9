"""Keep what can be booked of each mentor as rows, for a search that asks a hundred thousand.

Made by `scheduling.slots`, as any list of slots, for the types' windows and a little more; notice
and window are applied by the search, at its own instant (`scheduling_first_start`). It follows
marks, a minute behind; a reader asks the rules of the few whose rows may be old (`MAY_BE_OLD`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from kernel.turns import sole_turn
from scheduling import slots, zone_data
from scheduling.diaries import Diary, read_diaries, unix
from scheduling.hours import MINUTE
from scheduling.models import Schedule, SessionType, StartSet

# Some nights may be missed before days that came into reach are missing.
SPARE = timedelta(days=3)
MOST_APART = 1440  # minutes; farther apart is a run that ended
GOOD_FOR = timedelta(days=2)
BATCH = 200
TURN = "scheduling: starts"

# Whose rows may be old at %(now)s: a mark that waits, a hold whose time is over and that nobody
# swept, a missed night. Another edition of the time zones is marked by the next refresh.
MAY_BE_OLD = """
    SELECT mentor_id FROM scheduling_blockmark
    UNION ALL SELECT mentor_id FROM scheduling_startmark
    UNION ALL SELECT mentor_id FROM scheduling_session
        WHERE state = 'pending' AND expires_at <= %(now)s
    UNION ALL SELECT mentor_id FROM scheduling_firststart WHERE good_until < %(now)s
"""


def refresh(*, now: datetime) -> int:
    """Bring the starts of every marked mentor up to date; return how many mentors that were.

    None where another process is at it. A batch is a transaction: one that is cut short leaves
    its marks. A first start that has passed is exchanged for the next one.
    """
    with sole_turn(TURN) as mine:
        if not mine:
            return 0
        _execute(_MARK_OLD, {"now": now, "edition": zone_data.edition()})
        count = 0
        while batch := _refresh_batch(now):
            count += batch
        move_on(now=now)
    return count


def _refresh_batch(now: datetime) -> int:
    with transaction.atomic():
        mentors = [row[0] for row in _execute(_TAKE_MARKS, {"limit": BATCH})]
        _rebuild(mentors, now)
    return len(mentors)


def rebuild_all(*, now: datetime) -> int:
    """Make everybody's starts anew, for the days that came into reach; return how many."""
    with sole_turn(TURN) as mine:
        if not mine:
            return 0
        mentors = [row[0] for row in _execute(_EVERYBODY)]
        for start in range(0, len(mentors), BATCH):
            rebuild(mentor_ids=mentors[start : start + BATCH], now=now)
    return len(mentors)


def rebuild(*, mentor_ids: Collection[UUID], now: datetime) -> None:
    """Make these mentors' starts anew, whatever they say now; one transaction."""
    with transaction.atomic():
        _rebuild(sorted(mentor_ids), now)


def move_on(*, now: datetime) -> None:
    """Exchange the first starts that have passed by `now` for the next ones; one statement."""
    _execute(_FIRST.format(whose=_PASSED, made="known"), {"now": now, **_good(now)})


# As of Note [Blocks] in `scheduling.blocks`: marks are taken before anything is read.
def _rebuild(mentors: Sequence[UUID], now: datetime) -> None:
    if not mentors:
        return
    kinds = list(
        SessionType.objects.filter(mentor_id__in=mentors, is_active=True, capacity=1).order_by("id")
    )
    widest = Schedule.objects.filter(mentor_id__in=mentors).aggregate(most=Max("window_days"))
    days = max([widest["most"] or 0, *(kind.window_days or 0 for kind in kinds)])
    reach = now + timedelta(days=days) + SPARE
    diaries = read_diaries(mentor_ids=mentors, start=now, end=reach, now=now)
    StartSet.objects.filter(mentor_id__in=mentors).delete()
    StartSet.objects.bulk_create(
        _set_of(diaries[kind.mentor_id], kind, now) for kind in kinds if kind.mentor_id in diaries
    )
    values = {"mentors": list(mentors), "now": now, **_good(now)}
    _execute(_FIRST.format(whose=_THESE, made="EXCLUDED"), values)


def _set_of(diary: Diary, kind: SessionType, now: datetime) -> StartSet:
    rules = diary.rules(kind)
    reach = now + timedelta(days=rules.window_days) + SPARE
    found = slots.slots(
        availability=diary.availability,
        rules=replace(rules, notice_minutes=0, window_days=rules.window_days + SPARE.days),
        taken=diary.taken,
        start=unix(now),
        end=unix(reach),
        now=unix(now),
    )
    firsts, lasts, steps = runs([at // MINUTE for at in found])
    return StartSet(
        session_type=kind,
        mentor_id=kind.mentor_id,
        minutes=rules.duration_minutes,
        notice_minutes=rules.notice_minutes,
        window_days=rules.window_days,
        firsts=firsts,
        lasts=lasts,
        steps=steps,
    )


def runs(starts: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """Return sorted numbers as runs: firsts, lasts, and the step (1 of one that is alone)."""
    firsts: list[int] = []
    lasts: list[int] = []
    steps: list[int] = []
    lone = False
    for at in starts:
        if lone and at - lasts[-1] <= MOST_APART:
            steps[-1], lasts[-1], lone = at - lasts[-1], at, False
        elif firsts and not lone and at - lasts[-1] == steps[-1]:
            lasts[-1] = at
        else:
            firsts.append(at)
            lasts.append(at)
            steps.append(1)
            lone = True
    return firsts, lasts, steps


def _good(now: datetime) -> dict[str, Any]:
    return {"good_until": now + GOOD_FOR, "edition": zone_data.edition()}


def _execute(sql: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


_MARK_OLD = """
    INSERT INTO scheduling_startmark (mentor_id)
    SELECT mentor_id FROM scheduling_firststart
    WHERE zone_data <> %(edition)s OR good_until < %(now)s
"""
_TAKE_MARKS = """
    WITH taken AS (
        DELETE FROM scheduling_startmark WHERE mentor_id IN (
            SELECT DISTINCT mentor_id FROM scheduling_startmark ORDER BY mentor_id LIMIT %(limit)s)
        RETURNING mentor_id
    )
    SELECT DISTINCT mentor_id FROM taken ORDER BY mentor_id
"""
_EVERYBODY = """
    SELECT mentor_id FROM scheduling_schedule
    UNION SELECT mentor_id FROM scheduling_firststart ORDER BY 1
"""
_THESE = "SELECT unnest(%(mentors)s::uuid[]) AS mentor_id"
_PASSED = """
    SELECT mentor_id FROM scheduling_firststart
    WHERE stands_until < %(now)s AND good_until >= %(now)s
"""
# Nobody's first start comes sooner by waiting but where a type's window has not come to it yet:
# then there is nothing that stands, and the sets are asked each time.
_FIRST = """
    INSERT INTO scheduling_firststart AS known
        (mentor_id, at, minutes, stands_until, good_until, zone_data)
    SELECT whose.mentor_id, found.at, found.minutes,
        CASE WHEN EXISTS (
            SELECT FROM scheduling_startset AS each
            WHERE each.mentor_id = whose.mentor_id AND cardinality(each.firsts) > 0
                AND (found.at IS NULL OR %(now)s + each.window_days * interval '1 day' < found.at)
        ) THEN %(now)s ELSE least(found.last_call, %(good_until)s) END,
        %(good_until)s, %(edition)s
    FROM ({whose}) AS whose
        LEFT JOIN LATERAL scheduling_first_start(whose.mentor_id, NULL, NULL, %(now)s) AS found
            ON true
    ON CONFLICT (mentor_id) DO UPDATE SET
        at = EXCLUDED.at, minutes = EXCLUDED.minutes, stands_until = EXCLUDED.stands_until,
        zone_data = {made}.zone_data, good_until = {made}.good_until
"""
