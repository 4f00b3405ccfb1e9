"""The first panel of the back office: a few figures, each a link to the list behind it.

Each floor adds its own; a person sees those whose lists they may open. One query each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail.admin.ui.components import Component

from kernel import clock


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and where the rows are. `alarming` where it should be zero."""

    label: str
    value: int
    url: str
    detail: str = ""
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class _Source:
    permission: str
    read: Callable[[datetime], Figure]


_sources: dict[str, _Source] = {}


def add_figure(permission: str, read: Callable[[datetime], Figure]) -> None:
    """Show what `read(now)` returns to those who hold `permission`."""
    _sources[read.__qualname__] = _Source(permission, read)


class Today(Component):  # type: ignore[misc]
    """The panel; nothing at all for somebody who may see none of its figures."""

    name = "today"
    template_name = "backoffice/today.html"
    order = 10

    def __init__(self, user: Any) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        now = clock.now()
        sources = [one for one in _sources.values() if self.user.has_perm(one.permission)]
        return {"figures": [source.read(now) for source in sources]}
