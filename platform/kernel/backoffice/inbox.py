"""One queue of all that waits for a person, late ones first: the rows of the first screen's queues.

A queue joins it by its `kind` (`kernel.backoffice.today`), so whoever adds a queue adds it here as
well. Each row has its age and its target (`settings.INBOX_TARGETS`), and one way to act. The same
number of queries however long the queues are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.generic import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.today import (
    Queue,
    Waiting,
    age_words,
    permissions_of_kinds,
    read_queues,
    wanting,
)
from kernel.display import NOTHING, state_html

MOST = 50  # rows of each kind


@dataclass(frozen=True, slots=True)
class Item:
    """A row of one queue; `due` is when it is late: said by somebody else, or by our target."""

    queue: Queue
    row: Waiting
    due: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.due is not None and self.due < now


def items_of(queues: Sequence[Queue]) -> list[Item]:
    """Return the rows, the latest first; those without a target come last."""
    found = [Item(queue, row, _due(queue, row)) for queue in queues for row in queue.rows]
    dated = sorted((one for one in found if one.due), key=lambda one: (one.due, one.row.url))
    return [*dated, *(one for one in found if not one.due)]


def _due(queue: Queue, row: Waiting) -> datetime | None:
    if row.due is not None or row.since is None:
        return row.due
    target = settings.INBOX_TARGETS.get(queue.kind, settings.INBOX_TARGET)
    due: datetime = row.since + target
    return due


class Kinds(Component):  # type: ignore[misc]
    """The kinds of which some wait, as chips that live in the address, each with how many."""

    template_name = "backoffice/kinds.html"

    def __init__(self, queues: Sequence[Queue], chosen: str) -> None:
        self.queues, self.chosen = queues, chosen

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        here = reverse("inbox")
        whole = sum(queue.count for queue in self.queues)
        chips = [("Everything", whole, here, not self.chosen)]
        for queue in self.queues:
            if not queue.count and queue.kind != self.chosen:
                continue
            url = f"{here}?{urlencode({'kind': queue.kind})}"
            chips.append((queue.label.capitalize(), queue.count, url, queue.kind == self.chosen))
        return {"chips": chips}


class InboxView(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """What waits for the person who looks, of the lists that they may open."""

    template_name = "backoffice/sections.html"
    page_title = "Inbox"
    header_icon = "tasks"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        with wanting(MOST):
            queues = [queue for queue in read_queues(request.user, now) if queue.kind]
        kinds = {queue.kind for queue in queues}
        chosen = request.GET.get("kind", "")
        if chosen not in kinds:
            chosen = ""  # of a kind that is not theirs to see nothing is said
        shown = [queue for queue in queues if chosen in {"", queue.kind}]
        sections = [Kinds(queues, chosen), _table(shown, now)]
        response: HttpResponse = self.render_to_response(self.get_context_data(sections=sections))
        return response


class Inbox(MenuItem):  # type: ignore[misc]
    """The way to it, for whoever has something that could wait."""

    def __init__(self) -> None:
        super().__init__("Inbox", reverse("inbox"), name="inbox", icon_name="tasks", order=20)

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(permission) for permission in permissions_of_kinds())


def _table(queues: Sequence[Queue], now: datetime) -> Lines:
    items = items_of(queues)
    late = sum(one.is_late(now) for one in items)
    title = "What waits" if not late else f"What waits: {late} late"
    left_out = sum(max(0, queue.count - len(queue.rows)) for queue in queues)
    if left_out:
        title += f" (the first {MOST} of each kind; {left_out} more behind them)"
    return Lines(
        title=title,
        headings=["What", "Target", "About", "Kind", "Waits", "Do"],
        rows=[_row(one, now) for one in items],
        empty="Nothing waits for you. "
        + " ".join(queue.empty for queue in queues[:1] if len(queues) == 1),
    )


def _row(item: Item, now: datetime) -> tuple[object, ...]:
    row = item.row
    return (
        format_html('<a href="{}">{}</a>', row.url, row.title),
        _target(item, now),
        row.detail or (NOTHING if row.since else row.aside) or NOTHING,
        item.queue.label.capitalize(),
        format_html('<span class="cf-whole">{}</span>', age_words(now - row.since))
        if row.since
        else NOTHING,
        format_html('<a class="cf-whole" href="{}">{}</a>', row.url, item.queue.act),
    )


def _target(item: Item, now: datetime) -> SafeString | str:
    if item.due is None:
        return NOTHING
    if item.is_late(now):
        return state_html(f"late by {age_words(now - item.due)}", tone="danger")
    return state_html(f"{age_words(item.due - now)} left", tone="quiet")
