"""Everything that the staff and the program wrote down: who did what to which object, from where.

One list of our audit entries and of Wagtail's own logs (pages, and what else is edited there), read
as one by the database. Nothing is edited here, and an entry is never changed (a trigger).
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import get_current_timezone_name
from django.views.generic import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import ModelLogEntry, PageLogEntry

from accounts.models import User
from accounts.names import names_of
from kernel.backoffice.components import Lines
from kernel.backoffice.exports import safe_cell
from kernel.display import NOTHING, instant_html, state_words
from kernel.ids import public_id
from kernel.models import AuditEntry

MAY_SEE = "kernel.view_auditentry"
PER_PAGE = 50
MOST_EXPORTED = 100_000
_DIGEST = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24,}\b")  # whole in the file
COLUMNS = ("at", "actor", "action", "object_type", "object_id", "said", "source", "detail")


class AuditForm(forms.Form):
    """What narrows the list; it lives in the address."""

    actor = forms.CharField(label="Who", max_length=200, required=False)
    action = forms.CharField(label="What", max_length=100, required=False)
    about = forms.CharField(label="Object", max_length=100, required=False)
    since = forms.DateField(
        label="From day", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="To day", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {"actor": "Name, e-mail or system", "action": "refund or suspended"}
        hints["about"] = "ses_…, payment or page"
        for name, hint in hints.items():
            self.fields[name].widget.attrs["placeholder"] = hint


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of either source, with the name of who it was."""

    at: datetime
    actor: str
    who: str
    action: str
    object_type: str
    object_id: str
    said: str
    source: str
    detail: Any


def entries(asked: dict[str, Any]) -> QuerySet[Any, Any]:
    """Return what fits, newest first, as rows of COLUMNS from all three tables."""
    ours = _narrowed(
        AuditEntry.objects.annotate(said=Value("", output_field=TextField()), detail=F("data")),
        asked,
        actors=_actors_named(asked.get("actor") or ""),
    )
    return ours.union(*_wagtails(asked), all=True).order_by("-at", "object_id", "action")


def _wagtails(asked: dict[str, Any]) -> Iterator[QuerySet[Any, Any]]:
    people = _people_named(asked.get("actor") or "")
    for model, kind, key in (
        (PageLogEntry, Value("page"), Cast("page_id", TextField())),
        (ModelLogEntry, F("content_type__model"), F("object_id")),
    ):
        rows = model.objects.annotate(
            at=F("timestamp"),
            actor=Concat(Value("pk:"), Cast("user_id", TextField()), output_field=CharField()),
            object_type=kind,
            said=Cast("label", TextField()),
            source=Value("", output_field=CharField()),
            detail=F("data"),
        )
        if model is PageLogEntry:
            rows = rows.annotate(object_id=key)
        if asked.get("actor"):
            rows = rows.filter(user_id__in=people)
        yield _narrowed(rows, {**asked, "actor": ""}, actors=())


def _narrowed(
    rows: QuerySet[Any], asked: dict[str, Any], *, actors: Iterable[str]
) -> QuerySet[Any, Any]:
    zone = ZoneInfo(get_current_timezone_name())
    if asked.get("actor"):
        rows = rows.filter(actor__in=list(actors))
    if asked.get("action"):
        rows = rows.filter(action__icontains=asked["action"])
    if about := asked.get("about"):
        rows = rows.filter(object_id=about) | rows.filter(object_type__iexact=about)
    if since := asked.get("since"):
        rows = rows.filter(at__gte=datetime(since.year, since.month, since.day, tzinfo=zone))
    if until := asked.get("until"):
        end = datetime(until.year, until.month, until.day, tzinfo=zone) + timedelta(days=1)
        rows = rows.filter(at__lt=end)
    return rows.values_list(*COLUMNS)


def _people_named(typed: str) -> list[UUID]:
    if not typed:
        return []
    found = User.objects.filter(name__icontains=typed) | User.objects.filter(email__icontains=typed)
    return list(found.values_list("pk", flat=True)[:200])


def _actors_named(typed: str) -> list[str]:
    return [typed, *(public_id("usr", pk) for pk in _people_named(typed))]


def read(found: Iterable[Any]) -> list[Row]:
    """Give the rows the names of who they were; one query however many."""
    rows = list(found)
    actors = {row[1]: _public(row[1]) for row in rows}
    names = names_of(actors.values())
    return [Row(row[0], actors[row[1]], names[actors[row[1]]], *row[2:]) for row in rows]


def _public(actor: str | None) -> str:
    """Return the public id of whom one of Wagtail's logs names by key."""
    if not actor or actor == "pk:":
        return "system"
    return public_id("usr", UUID(actor[3:])) if actor.startswith("pk:") else actor


class AuditView(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """The list, or all of it as CSV."""

    template_name = "backoffice/audit.html"
    page_title = "Audit log"
    header_icon = "history"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        form = AuditForm(request.GET or None)
        form.is_valid()
        asked = {**getattr(form, "cleaned_data", {})}
        found = entries(asked)
        if request.GET.get("export") == "csv":
            return _csv(found)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
        context = self.get_context_data(
            form=form,
            page=page,
            sections=[_table(page)],
            query=urlencode({name: value for name, value in asked.items() if value}),
        )
        response: HttpResponse = self.render_to_response(context)
        return response


class AuditLog(MenuItem):  # type: ignore[misc]
    """The way to it, among the reports."""

    def __init__(self) -> None:
        super().__init__("Audit log", reverse("audit_log"), icon_name="history", order=950)

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_SEE))


def _table(page: Page[Any]) -> Lines:
    return Lines(
        title=f"{page.paginator.count:,} {'entry' if page.paginator.count == 1 else 'entries'}",
        headings=["When", "Who", "What", "Object", "From", "Detail"],
        rows=[_cells(row) for row in read(page.object_list)],
        empty="Nothing was written down that fits. Leave a filter out.",
    )


def _cells(row: Row) -> tuple[object, ...]:
    return (
        instant_html(row.at),
        row.who,
        row.action,
        format_html("{} {}", state_words(row.object_type), _object(row)),
        row.source or NOTHING,
        format_html('<span class="cf-detail-words">{}</span>', _DIGEST.sub(r"\1…", detail))
        if (detail := _detail(row.detail))
        else "",
    )


def _object(row: Row) -> object:
    """Lead to the object's screen; whether the person may see it is asked there."""
    if row.object_type == "page":
        url = reverse("wagtailadmin_pages:edit", args=[row.object_id])
        return format_html('<a href="{}">{}</a>', url, row.said or row.object_id)
    if "_" in row.object_id:
        url = f"{reverse('jump')}?{urlencode({'q': row.object_id})}"
        return format_html('<a class="cf-any" href="{}">{}</a>', url, row.object_id)
    return row.said or row.object_id


def _detail(data: Any) -> str:
    if not isinstance(data, dict):
        return ""
    parts = [f"{name}: {value}" for name in data if (value := _value(data[name]))]
    return "; ".join(parts)[:300]


def _value(value: Any) -> str:
    """Return a noted value in words: of an object that has a title, the title."""
    if isinstance(value, dict):
        return str(value.get("title") or "; ".join(f"{name} {of}" for name, of in value.items()))
    if isinstance(value, list):
        return ", ".join(filter(None, map(_value, value)))
    return "" if value is None else str(value)


def _csv(found: QuerySet[Any, Any]) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        buffer = StringIO()
        writer = csv.writer(buffer)
        writer.writerow(
            ["At (UTC)", "Who", "Person", "What", "Kind", "Object", "Says", "From", "Detail"]
        )
        for start in range(0, MOST_EXPORTED, 1000):
            rows = read(found[start : start + 1000])
            for row in rows:
                told = [row.who, row.actor, row.action, row.object_type, row.object_id]
                told += [row.said, row.source, _detail(row.detail)]
                writer.writerow([row.at.isoformat(), *(safe_cell(cell) for cell in told)])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
            if len(rows) < 1000:
                return

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer
