"""What gateways told us: every webhook whose signature was right, and what became of it."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from django.utils.html import format_html
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from billing.backoffice.tables import or_nothing, payment_link
from billing.models import GatewayEvent
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.search import by_reference
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import instant_html, state_html

TONES = {"received": "info", "done": "success", "failed": "danger", "ignored": "quiet"}


class GatewayEventFilters(WagtailFilterSet):  # type: ignore[misc]
    type = django_filters.AllValuesFilter(label="Type")
    received_at = django_filters.DateFromToRangeFilter(
        label="Received", widget=DateRangePickerWidget
    )

    class Meta:
        model = GatewayEvent
        fields: ClassVar[list[str]] = ["state", "type", "gateway", "received_at"]


class GatewayEventIndexView(ReadOnlyIndexView):
    queryset = GatewayEvent.objects.defer("payload")
    empty = "No webhooks yet. Check the endpoint's address and secret at the gateway."
    search_hint = "evt_…, pay_…, pi_… or ch_…"
    default_ordering = "-received_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("event_id", url_name="gateway-events:inspect", label="Event"),
        StateColumn("state", tones=TONES, sort_key="state"),
        Column("type", classname="cf-code"),
        InstantColumn("received_at", label="Received", sort_key="received_at"),
        Column("object_id", label="Object", classname="cf-code cf-clip"),
        Column("outcome"),
        Column("attempts", classname="cf-right"),
        Column("error", classname="cf-clip"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Gateway": "gateway",
        "Event": "event_id",
        "Type": "type",
        "Object": "object_id",
        "Status": "state",
        "Outcome": "outcome",
        "Attempts": "attempts",
        "Received at": "received_at",
        "Processed at": "processed_at",
        "Error": "error",
    }

    def find(self, query: str) -> Q:
        return (
            by_reference("evt", query)
            | by_reference("pay", query, field="payment_id")
            | Q(event_id=query)
            | Q(object_id=query)
            | Q(intent_id=query)
            | Q(charge_id=query)
        )


class GatewayEventInspectView(ReadOnlyInspectView):
    queryset = GatewayEvent.objects.select_related("payment")

    def get_page_subtitle(self) -> str:
        return str(self.object.event_id)

    def facts(self) -> Sequence[tuple[str, object]]:
        event = self.object
        return [
            ("Event", event.event_id),
            ("Status", state_html(event.state, tone=TONES[event.state])),
            ("Type", event.type),
            ("Gateway", event.gateway.capitalize()),
            ("Object", f"{event.object_type} {event.object_id}"),
            ("Payment", payment_link(event.payment)),
            ("Created there", instant_html(event.created_at)),
            ("Received", instant_html(event.received_at)),
            ("Processed", instant_html(event.processed_at)),
            ("Outcome", or_nothing(event.outcome)),
            ("Attempts", event.attempts),
            ("Error", or_nothing(event.error)),
        ]

    def sections(self) -> Sequence[Component]:
        raw = json.dumps(self.object.payload, indent=2, sort_keys=True, ensure_ascii=False)
        rows = [(format_html('<pre class="cf-raw">{}</pre>', raw),)]
        return [Lines(title="As it came", headings=["Payload"], rows=rows)]


class GatewayEventViewSet(ReadOnlyViewSet):
    model = GatewayEvent
    name = "gateway-events"
    icon = "download"
    menu_label = "Gateway events"
    menu_order = 60
    index_view_class = GatewayEventIndexView
    inspect_view_class = GatewayEventInspectView
    filterset_class = GatewayEventFilters
