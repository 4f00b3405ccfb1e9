"""Reconciliation breaks: where our books and a gateway's records differ."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from billing.backoffice.filters import gateway_filter, gateway_name, people_filter
from billing.backoffice.payout_tables import payout_link
from billing.backoffice.tables import ledger_lines, maybe_money, or_nothing, payment_link
from billing.models import Break, Line
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    choice_filter,
    currency_filter,
    period_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Timeline
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, state_html

TONES = {"open": "danger", "closed": "quiet", "resolved": "success"}


def _paid(breaks: QuerySet[Break], value: str) -> QuerySet[Break]:
    return breaks.filter(payment__isnull=value == "unknown")


class BreakFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(Break.State.values)
    type = choice_filter("Type", dict(Break.Type.choices))
    whose = choice_filter(
        "Payment", {"known": "Of a payment of ours", "unknown": "Of no payment of ours"}, _paid
    )
    person = people_filter("payment__purchase")
    currency = currency_filter()
    gateway = gateway_filter()
    opened_at = period_filter("Opened")

    class Meta:
        model = Break
        fields: ClassVar[list[str]] = []


class BreakIndexView(BusinessIndexView):
    queryset = Break.objects.select_related("payment", "payout")
    empty = "No breaks. The nightly reconciliation writes here what it finds."
    search_hint = "brk_…, pay_…, pi_…, ch_…, txn_…"
    references: ClassVar[dict[str, str]] = {"brk": "pk", "pay": "payment_id"}
    exact = ("payment__gateway_intent_id", "payment__gateway_charge_id")
    words = ("key", "detail")
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
        "Ours": amount("ours_minor", currency="our_currency"),
        "Theirs": amount("theirs_minor"),
        "Currency": "currency",
        "Occurred at": "occurred_at",
        "Opened at": "opened_at",
        "Closed at": "closed_at",
    }


class BreakInspectView(BusinessInspectView):
    queryset = Break.objects.select_related("payment", "payout", "first_run", "last_run")

    def facts(self) -> Sequence[tuple[str, object]]:
        item = self.object
        return [
            ("Reference", item.public_id),
            ("Type", item.get_type_display()),
            ("Status", state_html(item.state, tone=TONES[item.state])),
            ("Gateway", f"{gateway_name(item.gateway)}, leg {item.leg}"),
            ("Object", item.key),
            ("Payment", payment_link(item.payment)),
            ("Payout", payout_link(item.payout)),
            ("Ours", maybe_money(item.ours_minor, item.our_currency)),
            ("Theirs", maybe_money(item.theirs_minor, item.currency)),
            ("What we see", item.detail),
            ("Occurred", instant_html(item.occurred_at)),
            ("Opened", instant_html(item.opened_at)),
            ("First seen by the run", instant_html(item.first_run.started_at)),
            ("Last seen by the run", instant_html(item.last_run.started_at)),
            ("Closed", instant_html(item.closed_at)),
            ("Resolution", or_nothing(item.resolution)),
        ]

    def sections(self) -> Sequence[Component]:
        item = self.object
        happenings = [
            Happening(at=item.occurred_at, what="It happened", detail=item.key),
            Happening(at=item.opened_at, what="Break opened", detail=item.detail),
        ]
        if item.last_run_id != item.first_run_id:
            at = item.last_run.started_at
            happenings.append(Happening(at=at, what="Seen again by the latest run that met it"))
        if item.closed_at:
            what = item.get_state_display()
            happenings.append(Happening(at=item.closed_at, what=what, detail=item.resolution))
        posted = Line.objects.none()
        if item.payment:
            posted = Line.objects.filter(purchase=item.payment.purchase_id)
        elif item.payout:
            of_payout = {"entry__source_type": "payout", "entry__source_id": str(item.payout_id)}
            posted = Line.objects.filter(**of_payout)
        return [
            ledger_lines(posted.select_related("entry"), title="What our books say of it"),
            Timeline(happenings),
        ]


class BreakViewSet(ReadOnlyViewSet):
    model = Break
    name = "breaks"
    icon = "warning"
    menu_label = "Breaks"
    menu_order = 50
    index_view_class = BreakIndexView
    inspect_view_class = BreakInspectView
    filterset_class = BreakFilters
