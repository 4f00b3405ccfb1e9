"""What every report of the market is made of: filters in the address, plots, tables, two files.

A report says its definition in one sentence. Of the ledger it reads at an instant that is sealed,
or now; of sessions it reads now. It only reads; the seal of a past day is the one row that
looking may append.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from accounts.models import Category, Mentor
from accounts.scopes import Scope
from billing.backoffice.lines import currencies, first_booked
from billing.backoffice.report_view import Figure, Reporting, likely
from billing.ledger import seals
from kernel import clock
from kernel.backoffice import sheets
from kernel.backoffice.search import named
from kernel.backoffice.sheets import Table
from kernel.errors import Invalid, Kind, Refusal
from kernel.spans import BadSpan, Part, Span, last_of_month, midnight, span, year_until

# Whoever works with sessions or with mentors.
PEOPLE = ("scheduling.view_session", "accounts.view_mentor")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NobodyMeant(Invalid):
    """The filter names no mentor, or no category."""

    code = "nobody_meant"


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says; without tables there is nothing to say."""

    figures: Sequence[Figure] = ()
    plots: Sequence[SafeString] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for. `as_of` is None for now; `at` is until when anything is known."""

    at: datetime
    span: Span
    as_of: datetime | None = None
    as_of_day: str = ""
    currency: str = ""
    scope: Scope = field(default_factory=Scope)
    mentor: Mentor | None = None

    def name(self, part: Part) -> str:
        """Return a part's name, with a word on one that is not over."""
        return part.name if part.until <= self.at else f"{part.name}, so far"

    def address(self) -> dict[str, str]:
        """Return what leads here again, whatever day it is then."""
        scope = self.scope
        return {
            "from": f"{self.span.first}",
            "to": f"{self.span.last}",
            "currency": self.currency,
            "category": f"{scope.category_id or ''}",
            "mentor": self.mentor.public_id if self.mentor else "",
            "as_of": self.as_of_day,
        }


class MarketReport(Reporting):
    """Subclasses give `read`. `of_ledger`: one currency at a time, and as of a day."""

    template_name = "backoffice/market_report.html"
    header_icon = "cf-card"
    prefix = "market"
    definition: ClassVar[str]
    empty: ClassVar[str]
    of_ledger: ClassVar[bool] = True
    months: ClassVar[bool] = False
    listed: ClassVar[list[type["MarketReport"]]] = []

    def read(self, wanted: Wanted) -> Told:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        known = list(currencies()) if self.of_ledger else []
        error, status = "", 200
        try:
            wanted = self._wanted(request.GET, now, known)
            told = self.read(wanted) if wanted.currency or not self.of_ledger else Told()
        except (Refusal, ValueError) as refused:
            error = refused.detail if isinstance(refused, Refusal) else "Choose a day."
            status = _status(refused)
            wanted, told = self._wanted({}, now, known), Told()
        form = request.GET.get("export", "")
        if form in FILES and not error:
            return self._file(form, wanted, told)
        context = self._context(request.user, wanted, told)
        if error:  # what was typed stays
            context["given"] = {**context["given"], **request.GET.dict()}
        context |= {"error": error, "currencies": known}
        response: HttpResponse = self.render_to_response(context, status=status)
        return response

    def _wanted(self, given: Mapping[str, str], now: datetime, known: Sequence[str]) -> Wanted:
        """Read the address and seal its day. Raises ValueError, BadSpan, NobodyMeant, NotYet."""
        zone, day = settings.MARKET_TIME_ZONE, given.get("as_of", "").strip()
        as_of = None
        if day and self.of_ledger:
            as_of = midnight(_day(day) + timedelta(days=1), zone)
            seals.seal(as_of=as_of, now=now)
        newest = _day(day) if as_of else now.astimezone(ZoneInfo(zone)).date()
        until, since = given.get("to", "").strip(), given.get("from", "").strip()
        last = min(_day(until), newest) if until else newest
        first = _day(since) if since else _first_shown(last, zone)
        if self.months:
            first, last = first.replace(day=1), min(last_of_month(last), newest)
        mentor, category = _mentor(given.get("mentor", "")), given.get("category", "")
        asked = given.get("currency", "")
        return Wanted(
            at=as_of or now,
            span=span(first=first, last=last, zone=zone, months=self.months),
            as_of=as_of,
            as_of_day=day if as_of else "",
            currency=asked if asked in known else likely(known),
            scope=Scope(mentor.pk if mentor else None, _category(category)),
            mentor=mentor,
        )

    def _facts(self, wanted: Wanted) -> list[tuple[str, str]]:
        """Return what a file is of: ids and days alone, for a name may change later."""
        facts = {"Report": str(self.page_title), **_said(wanted)}
        if self.of_ledger:
            facts["As of"] = wanted.as_of.isoformat() if wanted.as_of else "not sealed"
        return [(name, value) for name, value in facts.items() if value]

    def _file(self, form: str, wanted: Wanted, told: Told) -> HttpResponse:
        make, kind = FILES[form]
        name = f"{self.slug}-{wanted.span.first}-{wanted.span.last}.{form}"
        return HttpResponse(
            make(self._facts(wanted), told.tables),
            content_type=kind,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _context(self, user: Any, wanted: Wanted, told: Told) -> dict[str, Any]:
        address = wanted.address()
        context: dict[str, Any] = self.get_context_data(
            definition=self.definition,
            of_ledger=self.of_ledger,
            given=address,
            newest=f"{clock.now().astimezone(ZoneInfo(wanted.span.zone)):%Y-%m-%d}",
            categories=Category.objects.order_by("name", "pk"),
            known=_known(wanted, of_ledger=self.of_ledger),
            mentor_name=wanted.mentor.user.name if wanted.mentor else "",
            figures=told.figures,
            plots=told.plots,
            sheets=[_shown(table) for table in told.tables],
            empty=self.empty,
            exports=[
                {"label": form.upper(), "url": self.url(**address, export=form)}
                for form in (FILES if told.tables else ())
            ],
            others=[
                {"label": one.page_title, "url": one.url(**address), "here": one is type(self)}
                for one in MarketReport.listed
                if one.seen_by(user)
            ],
        )
        return context


FILES: Mapping[str, tuple[Any, str]] = {
    "csv": (sheets.csv_text, "text/csv; charset=utf-8"),
    "xlsx": (sheets.workbook_bytes, XLSX),
}


def _status(refused: Exception) -> int:
    kind = refused.kind if isinstance(refused, Refusal) else Kind.INVALID
    return 400 if kind is Kind.INVALID else 409


def _day(text: str) -> date:
    """Return the day (`2027-03-31`). Raises ValueError, BadSpan."""
    found = date.fromisoformat(text.strip())
    if not 1970 <= found.year <= 9000:
        raise BadSpan(f"{found} is no day that the market knows. Choose one since 1970.")
    return found


def _first_shown(last: date, zone: str) -> date:
    """Return where a report begins that nobody asked to: a year before, or with the first entry."""
    booked, year = first_booked(), year_until(last)
    if booked is None:
        return last.replace(day=1)
    return min(max(year, booked.astimezone(ZoneInfo(zone)).date().replace(day=1)), last)


def _mentor(text: str) -> Mentor | None:
    """Return the mentor whom the filter names by id or e-mail. Raises NobodyMeant."""
    words = text.strip().replace("\x00", "")
    if not words:
        return None
    people = Mentor.objects.select_related("user")
    found = named("mtr", words)
    mentor = people.filter(pk=found) if found else people.filter(user__email__iexact=words)
    if (one := mentor.first()) is None:
        raise NobodyMeant(
            f"There is no mentor {words}. Give the id (mtr_…) or the whole e-mail address."
        )
    return one


def _category(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return Category.objects.values_list("pk", flat=True).get(pk=UUID(text))
    except (ValueError, Category.DoesNotExist) as error:
        raise NobodyMeant("There is no such category any more. Choose another.") from error


def _said(wanted: Wanted) -> dict[str, str]:
    address = wanted.address()
    return {
        "From": address["from"],
        "To": address["to"],
        "Time zone": wanted.span.zone,
        "Currency": wanted.currency,
        "Category": address["category"],
        "Mentor": address["mentor"],
    }


def _shown(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "headings": table.headings,
        "rows": [
            {
                "label": row.label,
                "tone": row.tone,
                "cells": [sheets.shown(one) for one in row.cells],
            }
            for row in table.rows
        ],
    }


def _known(wanted: Wanted, *, of_ledger: bool) -> str:
    zone = f"{wanted.span.cut.capitalize()}s are those of {wanted.span.zone}."
    if not of_ledger:
        return zone
    if wanted.as_of is None:
        return (
            f"{zone} As the books say now; choose a past day, and its figures never change again."
        )
    return (
        f"{zone} What was known by the end of {wanted.as_of_day}. It is sealed: the same report "
        "says the same, whenever it is made."
    )
