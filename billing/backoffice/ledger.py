"""The ledger: entries, each with its lines on their sides."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import F, Min, Model, Q, QuerySet, Sum
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from billing.backoffice.lines import ACCOUNTS, source_link
from billing.backoffice.tables import ledger_lines, or_nothing
from billing.ledger.sources import PREFIXES, event_name, source_name
from billing.models import Entry, Line
from kernel.backoffice.business import BusinessIndexView, amount, choice_filter, period_filter
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn
from kernel.backoffice.search import by_text, named
from kernel.backoffice.viewsets import ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import instant_html

# The amount of an entry is what stands on one side; an entry of two currencies shows the first.
ENTRIES = Entry.objects.annotate(
    amount_minor=Sum("lines__amount_minor", filter=Q(lines__amount_minor__gt=0)),
    currency=Min("lines__currency"),
)


def _touching(entries: QuerySet[Entry], code: str) -> QuerySet[Entry]:
    touching = Entry.objects.filter(lines__account__code=code)
    return entries.filter(pk__in=touching.values("pk"))


def _in_currency(entries: QuerySet[Entry], _name: str, currency: str) -> QuerySet[Entry]:
    return entries.filter(pk__in=Line.objects.filter(currency=currency).values("entry_id"))


def _of_person(entries: QuerySet[Entry], _name: str, words: str) -> QuerySet[Entry]:
    users = ("purchase__client__user", "mentor__user")
    fields = [f"{user}__{field}" for user in users for field in ("name", "email")]
    lines = Line.objects.filter(by_text(words.strip().replace("\x00", ""), *fields))
    return entries.filter(pk__in=lines.values("entry_id"))


class EntryFilters(WagtailFilterSet):  # type: ignore[misc]
    kind = django_filters.AllValuesMultipleFilter(label="Event")
    source_type = django_filters.AllValuesFilter(label="Source")
    account = choice_filter("Account", ACCOUNTS, _touching)
    person = django_filters.CharFilter(label="Client or mentor", method=_of_person)
    currency = django_filters.CharFilter(label="Currency", method=_in_currency)
    occurred_at = period_filter("Occurred")

    class Meta:
        model = Entry
        fields: ClassVar[list[str]] = []


class EntryIndexView(BusinessIndexView):
    queryset = ENTRIES
    page_title = "Ledger"
    empty = "Nothing is posted yet. The first entry comes with the first payment."
    search_hint = "pay_…, rfd_…, dsp_…, po_…, pur_… or txn_…"
    totals: ClassVar[dict[str, Any]] = {
        "Debit": Sum("amount_minor", filter=Q(amount_minor__gt=0)),
        "Credit": Sum(-F("amount_minor"), filter=Q(amount_minor__lt=0)),
    }
    default_ordering = "-booked_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn(
            "event",
            accessor=lambda entry: event_name(entry.source_type, entry.kind),
            url_name="ledger:inspect",
            label="Event",
            classname="",
        ),
        InstantColumn("booked_at", label="Booked", sort_key="booked_at"),
        Column("source", accessor=source_link, classname="cf-code"),
        MoneyColumn("amount_minor", label="Amount"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Id": "id",
        "Event": "kind",
        "Source type": "source_type",
        "Source": lambda entry: source_name(entry.source_type, entry.source_id),
        "Booked at": "booked_at",
        "Occurred at": "occurred_at",
        "Posted at": "posted_at",
        "Memo": "memo",
        "Amount": amount("amount_minor"),
        "Currency": "currency",
    }

    def read_totals(self, listed: QuerySet[Model]) -> list[tuple[str, list[object]]]:
        """Sum both sides of the lines of what is listed: they are equal, or the books are wrong."""
        entries = Entry.objects.filter(pk__in=listed.order_by().values("pk"))
        return super().read_totals(Line.objects.filter(entry__in=entries))

    def find(self, query: str) -> Q:
        condition = Q(source_id__icontains=query)
        for source_type, prefix in PREFIXES.items():
            if found := named(prefix, query):
                condition |= Q(source_type=source_type, source_id=str(found))
        return condition


class EntryInspectView(ReadOnlyInspectView):
    queryset = ENTRIES

    def get_page_subtitle(self) -> str:
        return event_name(self.object.source_type, self.object.kind)

    def facts(self) -> Sequence[tuple[str, object]]:
        entry = self.object
        return [
            ("Event", event_name(entry.source_type, entry.kind)),
            ("Occurred", instant_html(entry.occurred_at)),
            ("Booked", instant_html(entry.booked_at)),
            ("Posted", instant_html(entry.posted_at)),
            ("Source", source_link(entry)),
            ("Memo", or_nothing(entry.memo)),
        ]

    def sections(self) -> Sequence[Component]:
        return [ledger_lines(self.object.lines.select_related("entry"), title="Lines")]


class EntryViewSet(ReadOnlyViewSet):
    model = Entry
    name = "ledger"
    icon = "list-ol"
    menu_label = "Ledger"
    menu_order = 40
    index_view_class = EntryIndexView
    inspect_view_class = EntryInspectView
    filterset_class = EntryFilters
