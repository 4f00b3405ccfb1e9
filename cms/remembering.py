"""What the directory has answered lately, kept by each process for as long as it is still true.

A page that asks for no time is made of listings and terms alone, its free times apart. With it
stands the snapshot of the database that it was made after; it is given again while no transaction
that the snapshot did not see has changed a listing or a term (`cms.models.ListingChange`), which
the same statement tells that reads the free times. So a change is seen with its commit.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from cms.searching import OLD
from kernel import prepared

MOST = 200  # answers of one process
LONGEST = 600.0  # seconds; far below the time for which changes are kept (`cms.listing`)


@dataclass(frozen=True, slots=True)
class Kept[T]:
    """An answer, and the snapshot (as PostgreSQL writes one) that it was made after."""

    answer: T
    snapshot: str
    at: float


class Memory[T]:
    """The answers asked for last, by what was asked; safe between threads."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Kept[T]] = OrderedDict()

    def get(self, asked: Hashable) -> Kept[T] | None:
        """Return what was kept; None where there is nothing, or nothing young enough."""
        with self._lock:
            kept = self._kept.get(asked)
            if kept is None or self._now() - kept.at > LONGEST:
                return None
            self._kept.move_to_end(asked)
            return kept

    def keep(self, asked: Hashable, answer: T, *, snapshot: str) -> None:
        """Keep an answer that was made after this snapshot was taken."""
        self._keep(asked, Kept(answer, snapshot, self._now()))

    def amend(self, asked: Hashable, kept: Kept[T], answer: T) -> None:
        """Keep another answer in place of one, as old as that."""
        self._keep(asked, Kept(answer, kept.snapshot, kept.at))

    def _keep(self, asked: Hashable, kept: Kept[T]) -> None:
        with self._lock:
            self._kept[asked] = kept
            self._kept.move_to_end(asked)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        """Drop everything."""
        self._lock = Lock()
        self._kept = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(frozen=True, slots=True)
class Present:
    """What holds now: whether the snapshot's answers do, and whose free time is another.

    Where `same` is false, `snapshot` is the one to keep an answer by that is made after this; None
    where the transaction has written something itself, which may never be, and whose answers
    nobody else may be given. `times` has, by place on the page, the first free start that is
    stored now, and whether it is sure; of those alone for whom that is not what was kept.
    """

    same: bool
    snapshot: str | None
    times: dict[int, tuple[datetime | None, bool]]


def present(*, snapshot: str | None, mentors: str, times: str, now: datetime) -> Present:
    """Say by one query whether anything has changed that the snapshot did not see.

    `mentors` and `times` are arrays as PostgreSQL writes them (`array_of`), the same each time.
    """
    values = {"snapshot": snapshot, "mentors": mentors, "times": times, "now": now}
    rows = prepared.fetch(_PRESENT, values)
    same, current, *_ = rows[0]
    changed = {place - 1: (at, sure) for _, _, place, at, sure in rows if place is not None}
    return Present(same, current, changed)


def array_of(values: Iterable[UUID | datetime | None]) -> str:
    """Write an array that `present` takes."""
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


# Nothing has changed where no transaction has that began after the snapshot (all of them have
# numbers from its xmax on), and none that was under way then (xip). A first start is sure as in
# `searching.FREE_AT`, which has what to do where it is not, and is long.
_PRESENT = f"""
WITH known AS MATERIALIZED (
    SELECT same, CASE WHEN NOT same AND pg_current_xact_id_if_assigned() IS NULL
        THEN pg_current_snapshot()::text END AS snapshot
    FROM (SELECT %(snapshot)s::pg_snapshot IS NOT NULL
        AND coalesce((SELECT max(transaction) FROM cms_listingchange)
            < pg_snapshot_xmax(%(snapshot)s::pg_snapshot)::text::bigint, true)
        AND NOT EXISTS (
            SELECT FROM pg_snapshot_xip(%(snapshot)s::pg_snapshot) AS under_way
                JOIN cms_listingchange ON transaction = under_way::text::bigint)
        AND pg_current_xact_id_if_assigned() IS NULL AS same OFFSET 0) AS compared
), old AS MATERIALIZED ({OLD})
SELECT known.same, known.snapshot, other.place, other.at, other.sure
FROM known LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT l.place, l.known_at, first.at, coalesce(first.stands_until >= %(now)s::timestamptz
            AND coalesce(first.at >= %(now)s::timestamptz, true)
            AND l.mentor_id NOT IN (SELECT mentor_id FROM old), false) AS sure
        FROM unnest(%(mentors)s::uuid[], %(times)s::timestamptz[])
            WITH ORDINALITY AS l (mentor_id, known_at, place)
            LEFT JOIN LATERAL (  -- one by one, or a small table would be read from end to end
                SELECT at, stands_until FROM scheduling_firststart AS each
                WHERE each.mentor_id = l.mentor_id LIMIT 1
            ) AS first ON true
        WHERE known.same
    ) AS stored WHERE NOT sure OR at IS DISTINCT FROM known_at
) AS other ON true
"""  # noqa: S608 - constants
