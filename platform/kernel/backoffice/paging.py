"""Leafing through lists that grow with the market."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

# Pages count so many rows, and no more: the millionth is found by a filter, not by leafing.
MOST_LISTED = 5_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than people leaf, so that a page costs what it shows."""

    @cached_property
    def count(self) -> int:
        found: Any = self.object_list
        return int(found[:MOST_LISTED].count())

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than can be leafed through."""
        return self.count == MOST_LISTED
