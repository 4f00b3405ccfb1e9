"""Keep the open and the free blocks of all mentors up to date, and ask them who has time.

Blocks follow marks, a minute behind at most; `free_between` counts a mentor whose blocks may be
old as one who has time. So nobody is missing from its answer, and what it says of a start is not
said here: `scheduling.slots` decides.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kernel.turns import sole_turn
from scheduling import zone_data
from scheduling.diaries import availability_of, midnight, read_schedules, unix
from scheduling.hours import DAY, EPOCH, merged, open_intervals, subtract

# Bookings reach 400 days ahead at most, and some nights may be missed.
REACH = timedelta(days=410)
WINDOW = timedelta(days=401)
BATCH = 500
TURN = "scheduling: blocks"


def refresh(*, now: datetime) -> int:
    """Bring every marked mentor's blocks up to date, and those that time has overtaken.

    Returns how many mentors that were; none where another process is at it. A batch is a
    transaction: one that is cut short leaves its marks.
    """
    with sole_turn(TURN) as mine:
        if not mine:
            return 0
        _execute(_MARK_OVERTAKEN, {"edition": zone_data.edition(), "until": now + WINDOW})
        count = 0
        while batch := _refresh_batch(now):
            count += batch
    return count


def _refresh_batch(now: datetime) -> int:
    with transaction.atomic():
        mentors = [row[0] for row in _execute(_TAKE_MARKS, {"limit": BATCH})]
        _rebuild(mentors, now=now, whole=False)
    return len(mentors)


def rebuild_all(*, now: datetime) -> int:
    """Make every mentor's blocks anew, for the days that came into reach; return how many."""
    with sole_turn(TURN) as mine:
        if not mine:
            return 0
        mentors = [row[0] for row in _execute(_EVERYBODY)]
        for start in range(0, len(mentors), BATCH):
            rebuild(mentor_ids=mentors[start : start + BATCH], now=now)
    return len(mentors)


def rebuild(*, mentor_ids: Collection[UUID], now: datetime) -> None:
    """Make these mentors' blocks anew, whatever they say now; one transaction."""
    with transaction.atomic():
        _rebuild(sorted(mentor_ids), now=now, whole=True)


def free_between(
    *,
    start: datetime,
    end: datetime | None,
    minutes: int,
    now: datetime,
    mentor_ids: Collection[UUID] | None = None,
) -> set[UUID]:
    """Return who may have `minutes` on end free in [start, end), by one query.

    Everybody who has is among them. Others are where the blocks may be old: a mark that waits, a
    hold whose time is over and that nobody swept, a time that the blocks do not reach.
    """
    values = {
        "start": start,
        "end": end,
        "long": timedelta(minutes=minutes),
        "now": now,
        "edition": zone_data.edition(),
        "told_until": min(end or now + WINDOW, now + WINDOW),
        "mentors": None if mentor_ids is None else list(mentor_ids),
    }
    return {row[0] for row in _execute(_FREE_BETWEEN.format(old=_MAY_LACK_TIME), values)}


def earliest(*, mentor_ids: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Return per mentor an instant before which no one-to-one session can begin, by one query.

    It is where the first free block has room for his shortest type after his shortest notice; of
    a mentor whose blocks may be old it is the notice alone. Who is missing has no time at all.
    """
    values = {
        "mentors": list(mentor_ids),
        "start": now,
        "now": now,
        "edition": zone_data.edition(),
        "told_until": now + WINDOW,
    }
    return dict(_execute(_EARLIEST.format(old=_MAY_LACK_TIME), values))


# Note [Blocks]: marks are taken before anything is read, and each statement sees what was
# committed before it began. A change is therefore either seen here or has a mark that waits. The
# row of the basis is locked, so a slower writer cannot put older blocks over newer ones.
def _rebuild(mentors: Sequence[UUID], *, now: datetime, whole: bool) -> None:
    if not mentors:
        return
    since = midnight(now.astimezone(UTC).date())
    values = {"mentors": mentors, "since": since, "edition": zone_data.edition()}
    # Statistics from when there were few mentors would have each one's blocks read with the table.
    _execute("SET LOCAL enable_seqscan = off")
    _execute(_BEGIN_BASES, values)
    fresh = {mentor for mentor, outdated in _execute(_LOCK_BASES, values) if not outdated}
    if outdated := [mentor for mentor in mentors if whole or mentor not in fresh]:
        _write_open(outdated, since)
    _execute(_EXCHANGE.format(table="freeblock", wanted=_FREE), values)


def _write_open(mentors: Sequence[UUID], since: datetime) -> None:
    until = since + REACH
    schedules = read_schedules(mentor_ids=mentors, start=since, end=until)
    first, last = unix(since), unix(until)
    owners: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, schedule in enumerate(schedules, start=1):
        availability = availability_of(schedule)
        opened = open_intervals(
            availability=availability,
            first=first // DAY + EPOCH - 2,
            last=last // DAY + EPOCH + 2,
        )
        for opens, closes in subtract(opened, merged(availability.time_off)):
            if closes > first and opens < last:
                owners.append(index)
                starts.append(max(opens, first))
                ends.append(min(closes, last))
    values = {
        "mentors": mentors,
        "owned": [schedule.mentor_id for schedule in schedules],
        "versions": [schedule.version for schedule in schedules],
        "owners": _array(owners),
        "starts": _array(starts),
        "ends": _array(ends),
        "since": since,
        "until": until,
        "edition": zone_data.edition(),
    }
    _execute(_EXCHANGE.format(table="openblock", wanted=_OPEN), values)
    _execute(_KEEP_BASES, values)


def _array(numbers: Sequence[int]) -> str:
    """Write an array as PostgreSQL does; the driver takes long over a hundred thousand numbers."""
    return f"{{{','.join(map(str, numbers))}}}"


def _execute(sql: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


_MARK_OVERTAKEN = """
    INSERT INTO scheduling_blockmark (mentor_id)
    SELECT mentor_id FROM scheduling_blockbasis
    WHERE zone_data <> %(edition)s OR until < %(until)s
"""
_TAKE_MARKS = """
    WITH taken AS (
        DELETE FROM scheduling_blockmark WHERE mentor_id IN (
            SELECT DISTINCT mentor_id FROM scheduling_blockmark ORDER BY mentor_id LIMIT %(limit)s)
        RETURNING mentor_id
    ), passed_on AS (
        INSERT INTO scheduling_startmark (mentor_id) SELECT DISTINCT mentor_id FROM taken
    )
    SELECT DISTINCT mentor_id FROM taken ORDER BY mentor_id
"""
_EVERYBODY = """
    SELECT mentor_id FROM scheduling_schedule
    UNION SELECT mentor_id FROM scheduling_blockbasis ORDER BY 1
"""
# Version 0 is no schedule's, so what has just begun is outdated.
_BEGIN_BASES = """
    INSERT INTO scheduling_blockbasis (mentor_id, schedule_version, zone_data, since, until)
    SELECT id, 0, %(edition)s, %(since)s, %(since)s + interval '1 day'
    FROM accounts_mentor WHERE id = ANY(%(mentors)s) ORDER BY id
    ON CONFLICT (mentor_id) DO NOTHING
"""
_LOCK_BASES = """
    SELECT basis.mentor_id,
        schedule.version IS DISTINCT FROM basis.schedule_version
        OR basis.zone_data <> %(edition)s
        OR basis.until < %(since)s + interval '402 days'
    FROM scheduling_blockbasis AS basis
        LEFT JOIN scheduling_schedule AS schedule USING (mentor_id)
    WHERE basis.mentor_id = ANY(%(mentors)s)
    ORDER BY basis.mentor_id FOR UPDATE OF basis
"""
_KEEP_BASES = """
    UPDATE scheduling_blockbasis AS basis
    SET schedule_version = coalesce(known.version, 0), zone_data = %(edition)s,
        since = %(since)s, until = %(until)s
    FROM unnest(%(mentors)s::uuid[]) AS asked (mentor_id)
        LEFT JOIN unnest(%(owned)s::uuid[], %(versions)s::int[])
            AS known (mentor_id, version) USING (mentor_id)
    WHERE basis.mentor_id = asked.mentor_id
"""
# What is wanted: one row for each mentor, his times in one value.
_OPEN = """
    SELECT mentor_id, coalesce(times, '{}') AS times
    FROM unnest(%(mentors)s::uuid[]) AS asked (mentor_id) LEFT JOIN (
        SELECT (%(owned)s::uuid[])[owner] AS mentor_id,
            range_agg(tstzrange(to_timestamp(start), to_timestamp(stop))) AS times
        FROM unnest(%(owners)s::int[], %(starts)s::bigint[], %(ends)s::bigint[])
            AS block (owner, start, stop)
        GROUP BY owner
    ) AS known USING (mentor_id)
"""
_FREE = """
    SELECT mentor_id, coalesce(opened.times - coalesce(taken.times, '{}'), '{}') AS times
    FROM unnest(%(mentors)s::uuid[]) AS asked (mentor_id)
    CROSS JOIN LATERAL (
        SELECT range_agg(during) AS times FROM scheduling_openblock AS block
        WHERE block.mentor_id = asked.mentor_id
    ) AS opened
    CROSS JOIN LATERAL (
        SELECT range_agg(during) AS times FROM (
            SELECT blocked AS during FROM scheduling_meeting AS meeting
            WHERE live AND meeting.mentor_id = asked.mentor_id
                AND blocked && tstzrange(%(since)s, NULL)
            UNION ALL
            SELECT busy.during FROM scheduling_externalbusy AS busy
                JOIN scheduling_externalcalendar AS calendar ON calendar.id = busy.calendar_id
                JOIN scheduling_schedule AS schedule ON schedule.id = calendar.schedule_id
            WHERE schedule.mentor_id = asked.mentor_id
        ) AS each
    ) AS taken
"""
# Note [Exchange]: a mentor's blocks are compared as one value, which costs two fifths of joining
# them one by one; only where the values differ are they taken apart. On both sides blocks are as
# long as can be, so a block is on one side alone exactly where it overlaps or touches a time that
# is on one side alone: were it on both, two that meet would not be one. `near` is that time, with
# what touches it. OFFSET 0 keeps the planner from working a value out anew wherever it is named.
_EXCHANGE = """
    WITH compared AS (
        SELECT wanted.mentor_id, wanted.times AS wanted, present.times AS present
        FROM ({wanted} OFFSET 0) AS wanted
        CROSS JOIN LATERAL (
            SELECT coalesce(range_agg(during), '{{}}') AS times FROM scheduling_{table} AS block
            WHERE block.mentor_id = wanted.mentor_id
        ) AS present
        WHERE wanted.times <> present.times OFFSET 0
    ), differing AS MATERIALIZED (
        SELECT mentor_id, block.during, block.is_wanted
        FROM compared
        CROSS JOIN LATERAL (
            SELECT range_agg(tstzrange(lower(part) - interval '1 microsecond', upper(part), '[]'))
                AS near
            FROM unnest((wanted - present) + (present - wanted)) AS part
        ) AS change
        CROSS JOIN LATERAL (
            SELECT unnest(present), false UNION ALL SELECT unnest(wanted), true
        ) AS block (during, is_wanted)
        WHERE block.during && change.near
    ), gone AS (
        DELETE FROM scheduling_{table} AS block USING differing
        WHERE NOT differing.is_wanted
            AND block.mentor_id = differing.mentor_id AND block.during = differing.during
    )
    INSERT INTO scheduling_{table} (mentor_id, during)
    SELECT mentor_id, during FROM differing WHERE is_wanted ORDER BY mentor_id, during
"""
# Whose blocks may lack a time that is free at `start` or later.
_MAY_LACK_TIME = """
    SELECT mentor_id FROM scheduling_blockmark
    UNION
    SELECT mentor_id FROM scheduling_session WHERE state = 'pending' AND expires_at <= %(now)s
    UNION
    SELECT mentor_id FROM scheduling_blockbasis
    WHERE zone_data <> %(edition)s OR since > %(start)s OR until < %(told_until)s
"""
_FREE_BETWEEN = """
    SELECT mentor_id FROM (
        SELECT mentor_id FROM scheduling_freeblock
        WHERE during && tstzrange(%(start)s, %(end)s::timestamptz)
            AND least(upper(during), %(end)s::timestamptz) - greatest(lower(during), %(start)s)
                >= %(long)s
        UNION {old}
    ) AS found
    WHERE %(mentors)s::uuid[] IS NULL OR mentor_id = ANY(%(mentors)s::uuid[])
"""
# Later blocks begin later, so the first that has room from `since` on has it first.
_EARLIEST = """
    SELECT asked.mentor_id, CASE WHEN old.mentor_id IS NULL THEN room.at ELSE asked.since END
    FROM (
        SELECT kind.mentor_id, min(kind.duration_minutes) * interval '1 minute' AS long,
            %(now)s + min(coalesce(kind.notice_minutes, schedule.notice_minutes))
                * interval '1 minute' AS since
        FROM scheduling_sessiontype AS kind
            JOIN scheduling_schedule AS schedule USING (mentor_id)
        WHERE kind.mentor_id = ANY(%(mentors)s) AND kind.is_active AND kind.capacity = 1
        GROUP BY kind.mentor_id
    ) AS asked
    LEFT JOIN ({old}) AS old USING (mentor_id)
    LEFT JOIN LATERAL (
        SELECT greatest(lower(during), asked.since) AS at FROM scheduling_freeblock AS block
        WHERE block.mentor_id = asked.mentor_id
            AND upper(during) - greatest(lower(during), asked.since) >= asked.long
        ORDER BY during LIMIT 1
    ) AS room ON true
    WHERE old.mentor_id IS NOT NULL OR room.at IS NOT NULL
"""
