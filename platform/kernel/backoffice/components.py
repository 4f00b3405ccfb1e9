"""Parts of a detail screen: a table of facts' lines, and a timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail.admin.ui.components import Component


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline: when, what, by whom, and why."""

    at: datetime
    what: str
    who: str = ""
    detail: str = ""


class Lines(Component):  # type: ignore[misc]
    """A titled table; columns whose index is in `right` hold figures.

    Without figures to compare, or where `cards` says so, each row is a card on a phone, with its
    headings beside the cells.
    """

    template_name = "backoffice/lines.html"

    def __init__(
        self,
        *,
        title: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[object]],
        right: Sequence[int] = (),
        empty: str = "Nothing yet.",
        total: Sequence[object] = (),
        cards: bool | None = None,
    ) -> None:
        self.title = title
        self.headings = headings
        self.rows = rows
        self.right = right
        self.empty = empty
        self.total = total
        self.cards = len(headings) > 2 and not right if cards is None else cards

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        def cells(row: Sequence[object]) -> list[tuple[object, bool, object]]:
            return [
                (value, index in self.right, "".join(map(str, self.headings[index : index + 1])))
                for index, value in enumerate(row)
            ]

        return {
            "title": self.title,
            "headings": cells(self.headings),
            "rows": [cells(row) for row in self.rows],
            "total": cells(self.total),
            "empty": self.empty,
            "cards": self.cards,
        }


class Timeline(Component):  # type: ignore[misc]
    """What happened, oldest first."""

    template_name = "backoffice/timeline.html"

    def __init__(self, happenings: Sequence[Happening], *, title: str = "Timeline") -> None:
        self.title = title
        self.happenings = sorted(happenings, key=lambda happening: happening.at)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        return {"title": self.title, "happenings": self.happenings}
