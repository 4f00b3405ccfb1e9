"""Count many calls with few writes: a process takes a batch of a limit and spends it by itself.

The shared row stays the truth (`kernel.limits`). A batch is counted there before any of it is
spent, so however many processes there are, no more calls go on than the quota. What was taken and
not spent counts as made: a limit may end early, by one batch (a hundredth of it) per process, and
never late. A quota below two hundred is taken one by one. See docs/adr/0035-counting-reads.md.
"""

import os
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from kernel.limits import Count, Limit, seconds_until, take

PART = 100
REMEMBERED = 10_000

type _Key = tuple[Limit, str]


@dataclass(slots=True)
class _Lease:
    """`left` calls that this process may still make until `until`; `beyond` are anybody's."""

    until: datetime
    left: int
    beyond: int


class Leases:
    """What one process has taken of limits, and where it has been told that nothing is left."""

    def __init__(self, *, part: int = PART, remembered: int = REMEMBERED) -> None:
        self._part = part
        self._remembered = remembered
        self._lock = Lock()
        self._held: OrderedDict[_Key, _Lease] = OrderedDict()

    def count(self, limit: Limit, *, subject: str, now: datetime) -> Count:
        """Count one call by `subject`; a query only where nothing is held any more.

        `remaining` is what the shared row had left when this process last asked, and what the
        process holds: others may have taken more since.
        """
        key = (limit, subject)
        with self._lock:
            counted = self._spent(key, now)
        if counted is not None:
            return counted
        batch = take(limit, subject=subject, now=now, calls=max(1, limit.quota // self._part))
        with self._lock:
            held = self._held.get(key)
            if held is not None and held.until == batch.until:  # another thread asked as well
                held.left += batch.calls
                held.beyond = min(held.beyond, batch.remaining)
            else:
                self._held[key] = _Lease(batch.until, batch.calls, batch.remaining)
            counted = self._spent(key, now)
            while len(self._held) > self._remembered:
                self._held.popitem(last=False)
        # Nothing was held and nothing given: the window ends at this very instant.
        return counted or Count(False, 0, 1)

    def forget(self) -> None:
        """Drop everything. What was taken and not spent stays counted."""
        self._lock = Lock()
        self._held = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def _spent(self, key: _Key, now: datetime) -> Count | None:
        """Spend one of what is held; None where the shared row has to be asked."""
        held = self._held.get(key)
        if held is None or held.until <= now or (held.left == 0 and held.beyond > 0):
            return None
        self._held.move_to_end(key)
        allowed = held.left > 0
        held.left -= allowed
        return Count(allowed, held.left + held.beyond, seconds_until(held.until, now))


leases = Leases()
# A child has a copy of what its parent holds, and two would spend it.
os.register_at_fork(after_in_child=leases.forget)
