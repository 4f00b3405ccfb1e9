"""The ledger: entries, each with its lines on their sides."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import Min, Q, QuerySet, Sum
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from billing.backoffice.tables import ledger_lines, or_nothing
from billing.ledger.chart import CHART
from billing.models import Entry
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn
from kernel.backoffice.exports import decimal_amount
from kernel.backoffice.search import named
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import instant_html, state_words
from kernel.ids import public_id

# The amount of an entry is what stands on one side; an entry of two currencies shows the first.
ENTRIES = Entry.objects.annotate(
    amount_minor=Sum("lines__amount_minor", filter=Q(lines__amount_minor__gt=0)),
    currency=Min("lines__currency"),
)

SOURCES = {"payment": "pay", "refund": "rfd", "purchase": "pur"}


def event_of(entry: Entry) -> str:
    """Return what the entry is about, such as `Refund: created`."""
    return f"{state_words(entry.source_type)}: {state_words(entry.kind).lower()}"


def source_of(entry: Entry) -> str:
    """Return our public id of what was posted, or the gateway's id as it is."""
    prefix = SOURCES.get(entry.source_type)
    return public_id(prefix, UUID(entry.source_id)) if prefix else entry.source_id


class EntryFilters(WagtailFilterSet):  # type: ignore[misc]
    kind = django_filters.AllValuesMultipleFilter(label="Event")
    account = django_filters.ChoiceFilter(
        label="Account",
        choices=[(code.value, f"{code.value} {row.name}") for code, row in CHART.items()],
        method="by_account",
    )
    occurred_at = django_filters.DateFromToRangeFilter(
        label="Occurred", widget=DateRangePickerWidget
    )

    class Meta:
        model = Entry
        fields: ClassVar[list[str]] = ["kind", "source_type", "occurred_at"]

    def by_account(self, queryset: QuerySet[Entry], _name: str, code: str) -> QuerySet[Entry]:
        touching = Entry.objects.filter(lines__account__code=code)
        return queryset.filter(pk__in=touching.values("pk"))


class EntryIndexView(ReadOnlyIndexView):
    queryset = ENTRIES
    page_title = "Ledger"
    empty = "Nothing is posted yet. The first entry comes with the first payment."
    search_hint = "pay_…, rfd_…, pur_… or txn_…"
    default_ordering = "-occurred_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn(
            "event", accessor=event_of, url_name="ledger:inspect", label="Event", classname=""
        ),
        InstantColumn("occurred_at", label="Occurred", sort_key="occurred_at"),
        Column("source", accessor=source_of, classname="cf-code"),
        MoneyColumn("amount_minor", label="Amount"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Id": "id",
        "Event": "kind",
        "Source type": "source_type",
        "Source": source_of,
        "Occurred at": "occurred_at",
        "Posted at": "posted_at",
        "Memo": "memo",
        "Amount": lambda entry: decimal_amount(entry.amount_minor, entry.currency),
        "Currency": "currency",
    }

    def find(self, query: str) -> Q:
        condition = Q(source_id__icontains=query)
        for source_type, prefix in SOURCES.items():
            if found := named(prefix, query):
                condition |= Q(source_type=source_type, source_id=str(found))
        return condition


class EntryInspectView(ReadOnlyInspectView):
    queryset = ENTRIES

    def get_page_subtitle(self) -> str:
        return event_of(self.object)

    def facts(self) -> Sequence[tuple[str, object]]:
        entry = self.object
        return [
            ("Event", event_of(entry)),
            ("Occurred", instant_html(entry.occurred_at)),
            ("Posted", instant_html(entry.posted_at)),
            ("Source", source_of(entry)),
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
