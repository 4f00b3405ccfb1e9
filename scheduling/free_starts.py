"""The first start of each type, by the rules. A fixed number of queries; writes nothing."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from accounts.models import Mentor
from scheduling import slots
from scheduling.blocks import free_between
from scheduling.diaries import Diary, read_diaries, unix
from scheduling.hours import DAY, MINUTE
from scheduling.models import SessionType

FARTHEST = timedelta(days=400)


def first_starts(
    *, mentor_ids: Iterable[UUID], now: datetime, start: datetime | None, end: datetime | None
) -> Iterator[tuple[SessionType, datetime]]:
    """Yield the live mentors' active one-to-one types that can begin, each with its first start.

    With `start` or `end` the whole session lies in [start, end), and only those are looked at
    whom the free blocks do not rule out. Eight queries at most for any number of mentors.
    """
    since = max(start or now, now)
    until = end or now + FARTHEST
    if until <= since:
        return
    kinds = list(
        SessionType.objects.filter(
            mentor_id__in=mentor_ids, mentor__status=Mentor.Status.LIVE, is_active=True, capacity=1
        )
    )
    asked = {kind.mentor_id for kind in kinds}
    if kinds and (start or end):
        shortest = min(kind.duration_minutes for kind in kinds)
        asked &= free_between(start=since, end=end, minutes=shortest, now=now, mentor_ids=asked)
    diaries = read_diaries(mentor_ids=asked, start=since, end=until, now=now)
    for kind in kinds:
        diary = diaries.get(kind.mentor_id)
        if diary is None:
            continue
        found = _first_start(diary, kind, start=start, end=end, now=now)
        if found is not None:
            yield kind, datetime.fromtimestamp(found, UTC)


def _first_start(
    diary: Diary, kind: SessionType, *, start: datetime | None, end: datetime | None, now: datetime
) -> int | None:
    rules = diary.rules(kind)
    availability, taken = diary.availability, diary.taken
    if start is None and end is None:
        return slots.first_slot(availability=availability, rules=rules, taken=taken, now=unix(now))
    last = unix(end) if end else unix(now) + (rules.window_days + 1) * DAY
    starts = slots.slots(
        availability=availability,
        rules=rules,
        taken=taken,
        start=unix(max(start or now, now)),
        end=last - rules.duration_minutes * MINUTE + 1,
        now=unix(now),
    )
    return starts[0] if starts else None
