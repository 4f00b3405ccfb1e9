"""The clock. Only edges (requests, tasks, commands) read it; rules are handed `now`.

`travel` sets it back for the demo and for tests: everything that the product stamps follows,
because nothing else in the product reads the time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Make `now()` answer `to` (an aware instant) in this context.

    Raises ValueError for a naive datetime.
    """
    if to.tzinfo is None:
        raise ValueError("travel() takes an aware instant")
    token = _frozen.set(to.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
