"""Ledger lines: what every total of finance opens. Filters stand in the address, totals below."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import F, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from billing.backoffice.tables import debit_and_credit
from billing.ledger import seals
from billing.ledger.called_for import CALLS
from billing.ledger.chart import CHART, name_of
from billing.ledger.sources import PREFIXES, event_name, source_name
from billing.models import Entry, LedgerAccount, Line, Payout
from billing.reports.profit import month_after
from kernel.backoffice.business import (
    BusinessIndexView,
    amount,
    choice_filter,
    period_filter,
    person_filter,
)
from kernel.backoffice.columns import DayColumn, ReferenceColumn
from kernel.backoffice.paging import BoundedPaginator
from kernel.backoffice.search import by_reference, named
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, state_words
from kernel.ids import public_id

ACCOUNTS = {code.value: f"{code.value} {row.name}" for code, row in CHART.items()}
# What there can be, not what there is yet: a link to lines that do not exist lists none.
SOURCES = [(name, state_words(name)) for name in sorted({call.source for call in CALLS})]
KINDS = [(name, state_words(name)) for name in sorted({call.kind for call in CALLS})]
_SCREENS = {
    "payment": "payments",
    "refund": "refunds",
    "dispute": "disputes",
    "payout": "payouts",
    "cost": "costs",
    "gateway_payout": "gateway-payouts",
}


def lines_url(**filters: object) -> str:
    """Return the address that lists exactly these lines; empty values are left out."""
    given: dict[str, list[str]] = {
        name: [str(one) for one in values] if isinstance(values, list | tuple) else [str(values)]
        for name, values in filters.items()
        if values not in (None, "", [], ())
    }
    return f"{reverse('ledger-lines:index')}?{urlencode(given, doseq=True)}"


def lines_link(words: object, **filters: object) -> SafeString:
    """Return a figure as the way to its lines."""
    return format_html('<a href="{}">{}</a>', lines_url(**filters), words)


def source_link(entry: Entry) -> SafeString | str:
    """Return what the entry is about, as a link where it has a screen; a purchase has its lines."""
    name = source_name(entry.source_type, entry.source_id)
    if entry.source_type == "purchase":
        return lines_link(name, purchase=name)
    screen = _SCREENS.get(entry.source_type)
    if screen is None:
        return name
    return format_html(
        '<a href="{}">{}</a>', reverse(f"{screen}:inspect", args=[entry.source_id]), name
    )


def _month(lines: QuerySet[Line], _name: str, text: str) -> QuerySet[Line]:
    try:
        month = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        return lines.none()
    return lines.filter(entry__booked_at__gte=month, entry__booked_at__lt=month_after(month))


def _known_by(lines: QuerySet[Line], _name: str, text: str) -> QuerySet[Line]:
    try:
        return lines.filter(entry__posted_at__lt=seals.end_of(text))
    except ValueError:
        return lines.none()


def _purchase(lines: QuerySet[Line], _name: str, text: str) -> QuerySet[Line]:
    return lines.filter(by_reference("pur", text, field="purchase_id"))


def _run(lines: QuerySet[Line], _name: str, text: str) -> QuerySet[Line]:
    found = named("run", text)
    if found is None:
        return lines.none()
    payouts = Payout.objects.filter(run=found).values_list("pk", flat=True)
    return lines.filter(
        entry__source_type="payout", entry__source_id__in=[str(pk) for pk in payouts]
    )


def _mentor(lines: QuerySet[Line], _name: str, text: str) -> QuerySet[Line]:
    found = named("mtr", text)
    if found is not None:
        return lines.filter(mentor_id=found)
    words = text.strip().replace("\x00", "")
    return lines.filter(
        Q(mentor__user__name__icontains=words) | Q(mentor__user__email__icontains=words)
    )


def _side(lines: QuerySet[Line], value: str) -> QuerySet[Line]:
    return (
        lines.filter(amount_minor__gt=0) if value == "debit" else lines.filter(amount_minor__lt=0)
    )


class LineFilters(WagtailFilterSet):  # type: ignore[misc]
    account = django_filters.MultipleChoiceFilter(
        label="Account", field_name="account__code", choices=list(ACCOUNTS.items())
    )
    currency = django_filters.CharFilter(label="Currency", field_name="currency")
    month = django_filters.CharFilter(label="Booked in (2027-03)", method=_month)
    booked_at = period_filter("Booked")
    as_of = django_filters.CharFilter(label="Known by the end of (2027-03-31)", method=_known_by)
    mentor = django_filters.CharFilter(label="Mentor (name, e-mail, mtr_…)", method=_mentor)
    purchase = django_filters.CharFilter(label="Purchase (pur_…)", method=_purchase)
    run = django_filters.CharFilter(label="Payout run (run_…)", method=_run)
    client = person_filter("Client", "purchase__client__user")
    gateway = django_filters.CharFilter(label="Gateway", field_name="account__gateway")
    source_type = django_filters.MultipleChoiceFilter(
        label="Source", field_name="entry__source_type", choices=SOURCES
    )
    kind = django_filters.MultipleChoiceFilter(
        label="Event", field_name="entry__kind", choices=KINDS
    )
    side = choice_filter("Side", {"debit": "Debit", "credit": "Credit"}, _side)

    class Meta:
        model = Line
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["booked_at"].field_name = "entry__booked_at"


class LineIndexView(BusinessIndexView):
    queryset = Line.objects.select_related("entry", "mentor__user")
    page_title = "Ledger lines"
    paginator_class = BoundedPaginator
    empty = "Nothing is posted yet. The first lines come with the first payment."
    search_hint = "pay_…, rfd_…, pur_…, mtr_…, txn_…"
    totals: ClassVar[dict[str, Any]] = {
        "Debit": Sum("amount_minor", filter=Q(amount_minor__gt=0)),
        "Credit": Sum(-F("amount_minor"), filter=Q(amount_minor__lt=0)),
        "Balance": Sum("amount_minor"),
    }
    default_ordering = "-pk"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn(
            "event",
            accessor=lambda line: event_name(line.entry.source_type, line.entry.kind),
            url_name="ledger:inspect",
            id_accessor="entry_id",
            label="Event",
            classname="",
        ),
        DayColumn("entry.booked_at", label="Booked"),
        Column("source", accessor=lambda line: source_link(line.entry), classname="cf-code"),
        Column(
            "account", accessor=lambda line: f"{line.account_id[:4]} {name_of(line.account_id)}"
        ),
        Column("mentor", accessor=lambda line: line.mentor.user.name if line.mentor else NOTHING),
        Column("debit", accessor=lambda line: debit_and_credit(line)[0], classname="cf-right"),
        Column("credit", accessor=lambda line: debit_and_credit(line)[1], classname="cf-right"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Line": "id",
        "Entry": "entry_id",
        "Event": lambda line: event_name(line.entry.source_type, line.entry.kind),
        "Source": lambda line: source_name(line.entry.source_type, line.entry.source_id),
        "Booked at": "entry.booked_at",
        "Occurred at": "entry.occurred_at",
        "Posted at": "entry.posted_at",
        "Account": lambda line: line.account_id[:4],
        "Account name": lambda line: name_of(line.account_id),
        "Mentor": lambda line: line.mentor.public_id if line.mentor else "",
        "Purchase": lambda line: public_id("pur", line.purchase_id) if line.purchase_id else "",
        "Amount (debit positive)": amount("amount_minor"),
        "Currency": "currency",
    }

    def find(self, query: str) -> Q:
        condition = Q(entry__source_id=query)
        for source_type, prefix in PREFIXES.items():
            if found := named(prefix, query):
                condition |= Q(entry__source_type=source_type, entry__source_id=str(found))
        return (
            condition
            | by_reference("pur", query, field="purchase_id")
            | by_reference("mtr", query, field="mentor_id")
        )


class LineViewSet(ReadOnlyViewSet):
    model = Line
    name = "ledger-lines"
    icon = "list-ul"
    menu_label = "Ledger lines"
    menu_order = 42
    inspect_view_enabled = False
    index_view_class = LineIndexView
    filterset_class = LineFilters


def currencies() -> Sequence[str]:
    """Return the currencies in which anything was posted; the accounts know them."""
    return list(
        LedgerAccount.objects.values_list("currency", flat=True).distinct().order_by("currency")
    )


def currencies_to_choose(form: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the currency that a form's amount is in, and those that it offers.

    Offered is what the books know, and three to begin with; `form` are the form's own arguments.
    """
    known = sorted({"EUR", "GBP", "USD", *currencies()})
    said = (form.get("data") or form.get("initial") or {}).get("currency", "")
    return said if said in known else "USD", known


def first_booked() -> datetime | None:
    """Return when the first entry is booked; one look at the end of an index."""
    found: Mapping[str, datetime | None] = Entry.objects.aggregate(first=Min("booked_at"))
    return found["first"]
