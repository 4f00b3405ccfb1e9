"""Blocks in which nothing may leave the database: who would call out inside of one is stopped.

A rehearsal is rolled back, and a gateway's answer is not. Knows no gateway; whoever holds a door
to the outside asks `refuse_offline` before opening it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_offline: ContextVar[bool] = ContextVar("offline", default=False)


class ReachedOut(RuntimeError):
    """An operation that was to stay within the database wanted to call out: a mistake of ours."""


@contextmanager
def offline() -> Iterator[None]:
    """Keep everything that is called in this block from reaching outside."""
    token = _offline.set(True)
    try:
        yield
    finally:
        _offline.reset(token)


def refuse_offline(what: str) -> None:
    """Raise ReachedOut inside of `offline`; `what` is what was about to be reached."""
    if _offline.get():
        raise ReachedOut(f"{what} was asked for where nothing may leave the database.")
