"""The first screen of the back office: what waits for somebody, each with its oldest rows.

Each floor adds its own queues; a person sees those whose lists they may open. A queue runs a
fixed number of queries, however long it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wagtail.admin.ui.components import Component

from kernel import clock

ROWS = 5
FIRST_PLURAL = re.compile(r"\b(\w+[^s\W])s\b")
_wanted: ContextVar[int] = ContextVar("rows_of_a_queue", default=ROWS)


def rows_wanted() -> int:
    """Return how many rows a queue is to give: few for the first screen, more for the inbox."""
    return _wanted.get()


@contextmanager
def wanting(rows: int) -> Iterator[None]:
    """Have the queues that are read within give so many rows each."""
    token = _wanted.set(rows)
    try:
        yield
    finally:
        _wanted.reset(token)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row: what it is with the way there, what it is about, and since when or how much.

    `since` is when it began to wait; `due` where somebody else says by when it has to be done.
    """

    title: object
    url: str
    detail: object = ""
    aside: object = ""
    since: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, the first of them (at most `rows_wanted`), and where all are listed.

    `alarming` where there should be none. `empty` says what would be here. With a `kind`, a word
    for addresses, its rows stand in the inbox as well, under what is done about one (`act`).
    """

    label: str
    count: int
    rows: Sequence[Waiting]
    url: str
    empty: str
    detail: object = ""
    alarming: bool = False
    kind: str = ""
    act: str = "Look"

    @property
    def words(self) -> str:
        """Return what so many are called: `1 session in the next 24 hours`, `2 sessions …`."""
        return FIRST_PLURAL.sub(r"\1", self.label, count=1) if self.count == 1 else self.label


@dataclass(frozen=True, slots=True)
class _Source:
    permission: str
    order: int
    read: Callable[[datetime, Any], Queue]


_sources: dict[str, _Source] = {}


def permissions_of_kinds() -> set[str]:
    """Return the permissions of which each opens some queue."""
    return {one.permission for one in _sources.values()}


def add_queue(permission: str, read: Callable[[datetime], Queue], *, order: int) -> None:
    """Show what `read(now)` returns to those who hold `permission`."""
    _add(permission, read, lambda now, _user: read(now), order)


def add_personal_queue(
    permission: str, read: Callable[[datetime, Any], Queue], *, order: int
) -> None:
    """Show what `read(now, user)` returns, where it is not the same for all who hold it."""
    _add(permission, read, read, order)


def _add(
    permission: str,
    key: Callable[..., Queue],
    read: Callable[[datetime, Any], Queue],
    order: int,
) -> None:
    _sources[f"{key.__module__}.{key.__qualname__}"] = _Source(permission, order, read)


def age_words(age: timedelta) -> str:
    """Return an age in its largest whole unit: `3 days`, `5 h`, `12 min`."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes >= 48 * 60:
        return f"{minutes // (24 * 60)} days"
    return f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"


class Queues(Component):  # type: ignore[misc]
    """A panel of queues on the first screen."""

    template_name = "backoffice/today.html"


class Today(Queues):
    """The queues; for somebody who may see none of them, here or in another panel, that."""

    name = "today"
    order = 10

    def __init__(self, user: Any) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        queues = read_queues(self.user, clock.now())
        panels = (parent_context or {}).get("panels", ())
        others = any(isinstance(one, Queues) and one is not self for one in panels)
        return {
            "queues": sorted(queues, key=lambda queue: not queue.count),  # what waits, first
            "nothing": not queues and not others,
        }


def read_queues(user: Any, now: datetime) -> list[Queue]:
    """Return what waits for `user`, of the lists that they may open, in the order of the screen."""
    seen = [one for one in _sources.values() if user.has_perm(one.permission)]
    return [one.read(now, user) for one in sorted(seen, key=lambda one: one.order)]
