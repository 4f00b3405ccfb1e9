"""Reconciliation breaks: where our books and a gateway's records differ."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from billing.backoffice.tables import or_nothing, payment_link
from billing.models import Break
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.exports import decimal_amount
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, money_html, state_html

TONES = {"open": "danger", "closed": "quiet", "resolved": "success"}


class BreakFilters(WagtailFilterSet):  # type: ignore[misc]
    opened_at = django_filters.DateFromToRangeFilter(label="Opened", widget=DateRangePickerWidget)

    class Meta:
        model = Break
        fields: ClassVar[list[str]] = ["state", "type", "gateway", "leg", "opened_at"]


class BreakIndexView(ReadOnlyIndexView):
    queryset = Break.objects.select_related("payment")
    empty = "No breaks. The nightly reconciliation writes here what it finds."
    search_hint = "brk_…, pay_…, pi_…, ch_…, txn_…"
    default_ordering = "-opened_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("get_type_display", url_name="breaks:inspect", label="Type", classname=""),
        StateColumn("state", tones=TONES, sort_key="state"),
        InstantColumn("opened_at", label="Opened", sort_key="opened_at"),
        Column("key", label="Object", classname="cf-code cf-clip"),
        Column("detail", classname="cf-clip"),
        MoneyColumn("ours_minor", label="Ours", currency="our_currency"),
        MoneyColumn("theirs_minor", label="Theirs"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Type": "type",
        "Status": "state",
        "Gateway": "gateway",
        "Leg": "leg",
        "Object": "key",
        "Detail": "detail",
        "Ours": lambda item: _decimal(item.ours_minor, item.our_currency),
        "Theirs": lambda item: _decimal(item.theirs_minor, item.currency),
        "Currency": "currency",
        "Occurred at": "occurred_at",
        "Opened at": "opened_at",
        "Closed at": "closed_at",
    }

    def find(self, query: str) -> Q:
        return (
            by_reference("brk", query)
            | by_reference("pay", query, field="payment_id")
            | Q(payment__gateway_intent_id=query)
            | Q(payment__gateway_charge_id=query)
            | by_text(query, "key", "detail")
        )


def _decimal(amount_minor: int | None, currency: str) -> object:
    return "" if amount_minor is None else decimal_amount(amount_minor, currency)


class BreakInspectView(ReadOnlyInspectView):
    queryset = Break.objects.select_related("payment", "first_run", "last_run")

    def get_page_subtitle(self) -> str:
        return str(self.object.public_id)

    def facts(self) -> Sequence[tuple[str, object]]:
        item = self.object
        return [
            ("Reference", item.public_id),
            ("Type", item.get_type_display()),
            ("Status", state_html(item.state, tone=TONES[item.state])),
            ("Gateway", f"{item.gateway.capitalize()}, leg {item.leg}"),
            ("Object", item.key),
            ("Payment", payment_link(item.payment)),
            ("Ours", _money(item.ours_minor, item.our_currency)),
            ("Theirs", _money(item.theirs_minor, item.currency)),
            ("What we see", item.detail),
            ("Occurred", instant_html(item.occurred_at)),
            ("Opened", instant_html(item.opened_at)),
            ("First seen by the run", instant_html(item.first_run.started_at)),
            ("Last seen by the run", instant_html(item.last_run.started_at)),
            ("Closed", instant_html(item.closed_at)),
            ("Resolution", or_nothing(item.resolution)),
        ]


def _money(amount_minor: int | None, currency: str) -> object:
    return NOTHING if amount_minor is None else money_html(amount_minor, currency)


class BreakViewSet(ReadOnlyViewSet):
    model = Break
    name = "breaks"
    icon = "warning"
    menu_label = "Breaks"
    menu_order = 50
    index_view_class = BreakIndexView
    inspect_view_class = BreakInspectView
    filterset_class = BreakFilters
