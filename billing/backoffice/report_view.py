"""What every report of finance is made of: controls, key figures, plots, and sheets of links.

A report reads at an instant that is sealed, or now. It only reads; the seal of a past day is the
one row that looking at it may append.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from billing.backoffice.lines import currencies
from billing.ledger import seals
from billing.reports import files
from kernel import clock
from kernel.display import money_text
from kernel.errors import Refusal

MAY_SEE = "billing.view_entry"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure worth a ticket; `url` opens what it is made of."""

    label: str
    value: object
    detail: object = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet; `tone` is head, sum, end or nothing."""

    label: object
    cells: Sequence[object] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A titled table whose first column names the rows."""

    title: str
    headings: Sequence[str]
    rows: Sequence[SheetRow]


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says."""

    figures: Sequence[Figure] = ()
    plots: Sequence[SafeString] = ()
    sheets: Sequence[Sheet] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """As of when, for whom to see, in which currency. `as_of` is None for now."""

    now: datetime
    as_of: datetime | None = None
    day: str = ""
    currency: str = ""
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return self.as_of or self.now


class Reporting(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """An address that carries what was asked for, for whoever holds one of `permissions`."""

    prefix: ClassVar[str]  # of the address's name, before the slug
    slug: ClassVar[str]
    permissions: ClassVar[Sequence[str]] = (MAY_SEE,)

    @classmethod
    def url(cls, **given: str) -> str:
        query = urlencode({name: value for name, value in given.items() if value})
        return reverse(f"{cls.prefix}_{cls.slug}") + (f"?{query}" if query else "")

    @classmethod
    def seen_by(cls, user: Any) -> bool:
        return any(user.has_perm(one) for one in cls.permissions)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.seen_by(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class ReportView(Reporting):
    """Subclasses give `read`, and `file` where the report leaves as a file too."""

    template_name = "backoffice/report.html"
    header_icon = "history"
    prefix = "report"
    file: ClassVar[str] = ""
    per_currency: ClassVar[bool] = True
    listed: ClassVar[list[type["ReportView"]]] = []
    empty: ClassVar[str] = "Nothing is booked yet. The first figures come with the first payment."

    def read(self, asked: Asked) -> Report:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        try:
            asked = self._asked(request, now)
            if request.GET.get("export") == "csv" and self.file:
                return self._file(asked)
            report, error, status = self.read(asked), "", 200
        except (Refusal, ValueError) as refused:
            asked, report = Asked(now=now), Report()
            error = refused.detail if isinstance(refused, Refusal) else "Choose a day."
            status = 409
        response: HttpResponse = self.render_to_response(
            self._context(asked, report, error), status=status
        )
        return response

    def _asked(self, request: HttpRequest, now: datetime) -> Asked:
        """Read the address; seal its day. Raises ValueError, NotYet, BooksBusy."""
        day = request.GET.get("as_of", "").strip()
        as_of = seals.end_of(day) if day else None
        if as_of is not None:
            seals.seal(as_of=as_of, now=now)
        known = currencies() if self.per_currency else []
        wanted = request.GET.get("currency", "")
        currency = wanted if wanted in known else likely(known)
        return Asked(now=now, as_of=as_of, day=day, currency=currency)

    def _file(self, asked: Asked) -> HttpResponse:
        as_of = asked.as_of or seals.end_of_yesterday(asked.now)
        text = files.make(report=self.file, as_of=as_of, now=asked.now)
        name = files.file_name(self.file, as_of=as_of)
        return HttpResponse(
            text,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def exports(self, day: str, asked: Asked) -> list[dict[str, str]]:
        """Return the files that are offered, as of the end of `day`."""
        if not self.file:
            return []
        url = self.url(as_of=day, currency=asked.currency, export="csv")
        return [{"label": f"CSV as of {day}", "url": url}]

    def _context(self, asked: Asked, report: Report, error: str) -> dict[str, Any]:
        yesterday = seals.end_of_yesterday(asked.now) - timedelta(days=1)
        given = {"as_of": asked.day, "currency": asked.currency}
        last = asked.day or f"{yesterday:%Y-%m-%d}"
        context: dict[str, Any] = self.get_context_data(
            as_of_day=asked.day,
            yesterday=f"{yesterday:%Y-%m-%d}",
            currency=asked.currency,
            currencies=currencies() if self.per_currency else [],
            known=_known(asked),
            figures=report.figures,
            plots=report.plots,
            sheets=report.sheets,
            error=error,
            empty=self.empty,
            exports=self.exports(last, asked),
            others=[
                {"label": one.page_title, "url": one.url(**given), "here": one is type(self)}
                for one in ReportView.listed
            ],
        )  # fmt: skip
        return context


def _known(asked: Asked) -> str:
    if asked.as_of is None:
        return "As the books say now. A day of the past is sealed: its figures never change again."
    return (
        f"What was known by {asked.as_of.astimezone(UTC):%-d %B %Y, %H:%M} UTC. It is sealed: "
        "the same report says the same, whenever it is made."
    )


def likely(known: Sequence[str]) -> str:
    """Return the currency that is shown first."""
    return "USD" if "USD" in known else next(iter(known), "")


def money(amount_minor: int, currency: str) -> str:
    """Return an amount as sheets write it; a dash for nothing."""
    return money_text(amount_minor, currency, code=False) if amount_minor else "–"


def linked(words: object, url: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, words)
