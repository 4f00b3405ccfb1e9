"""Who has time first, without asking everybody's rules.

The free blocks say before which instant a mentor cannot begin (`blocks.earliest`); when he really
can, by his grid, his limits and the rest, is for `queries.next_free` to say.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from scheduling import blocks
from scheduling.queries import next_free

# So many more are asked at once than a page takes: a few who cannot begin at their bounds (a full
# day, another grid) then leave the second round empty.
SPARE = 20


def first_free(
    *, mentor_ids: Collection[UUID], now: datetime, count: int, past: datetime | None = None
) -> dict[UUID, datetime | None]:
    """Return the first free start of those who have one up to some instant, and of some others.

    Nobody who is left out begins before the last that is needed: `count` mentors behind `past`
    (of all, where it is None), where there are so many. Two rounds of `next_free` at most, and one
    query, for any number of mentors.

    The first round asks whose bounds come first. `count` of them found, the last of these is an
    instant that the answer never goes beyond, so whoever cannot begin by then may be left out; the
    second round asks the others.
    """
    bounds = blocks.earliest(mentor_ids=mentor_ids, now=now)
    order = sorted(bounds, key=lambda mentor_id: bounds[mentor_id])
    passed = 0 if past is None else sum(bound <= past for bound in bounds.values())
    asked = passed + count + SPARE
    found = next_free(mentor_ids=order[:asked], now=now)
    behind = sorted(at for at in found.values() if at and (past is None or at > past))
    until = past if not count else behind[count - 1] if len(behind) >= count else None
    others = [pk for pk in order[asked:] if until is None or bounds[pk] <= until]
    return found | next_free(mentor_ids=others, now=now) if others else found
