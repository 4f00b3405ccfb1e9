"""What gateways told us: every webhook whose signature was right, and what became of it."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from billing.backoffice.filters import gateway_filter, gateway_name, people_filter
from billing.backoffice.payout_tables import payout_link
from billing.backoffice.tables import or_nothing, payment_link
from billing.models import GatewayEvent
from billing.states import GatewayEventState
from kernel.backoffice.business import (
    BusinessIndexView,
    period_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.viewsets import ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import instant_html, state_html, state_words

REDACTED = "(not shown)"
TONES = {"received": "info", "done": "success", "failed": "danger", "ignored": "quiet"}


class GatewayEventFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(GatewayEventState)
    type = django_filters.AllValuesFilter(label="Type")
    person = people_filter("payment__purchase")
    gateway = gateway_filter()
    received_at = period_filter("Received")

    class Meta:
        model = GatewayEvent
        fields: ClassVar[list[str]] = []


def came_of(event: GatewayEvent) -> str:
    """Return settle's word for what it did, or why the last attempt failed."""
    return event.error or state_words(event.outcome)


class GatewayEventIndexView(BusinessIndexView):
    queryset = GatewayEvent.objects.defer("payload")
    empty = "No webhooks yet. Check the endpoint's address and secret at the gateway."
    search_hint = "evt_…, pay_…, pi_…, ch_… or dp_…"
    references: ClassVar[dict[str, str]] = {"evt": "pk", "pay": "payment_id"}
    exact = ("event_id", "object_id", "intent_id", "charge_id")
    default_ordering = "-received_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("event_id", url_name="gateway-events:inspect", label="Event"),
        StateColumn("state", tones=TONES, sort_key="state"),
        Column("type", classname="cf-code"),
        InstantColumn("received_at", label="Received", sort_key="received_at"),
        Column("came", accessor=came_of, label="What came of it", classname="cf-clip"),
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


class GatewayEventInspectView(ReadOnlyInspectView):
    queryset = GatewayEvent.objects.select_related("payment", "payout")

    def get_page_subtitle(self) -> str:
        return str(self.object.event_id)

    def facts(self) -> Sequence[tuple[str, object]]:
        event = self.object
        return [
            ("Event", event.event_id),
            ("Status", state_html(event.state, tone=TONES[event.state])),
            ("Type", event.type),
            ("Gateway", gateway_name(event.gateway)),
            ("Object", f"{event.object_type} {event.object_id}"),
            ("Payment", payment_link(event.payment)),
            ("Payout", payout_link(event.payout)),
            ("Created there", instant_html(event.created_at)),
            ("Received", instant_html(event.received_at)),
            ("Processed", instant_html(event.processed_at)),
            ("Outcome", or_nothing(event.outcome)),
            ("Attempts", event.attempts),
            ("Error", or_nothing(event.error)),
        ]

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to replay the event, to those who may."""
        if not self.request.user.has_perm("billing.replay_gatewayevent"):
            return []
        url = reverse("replay_event", args=[self.object.pk])
        return [HeaderButton("Replay", url=url, icon_name="rotate")]

    def sections(self) -> Sequence[Component]:
        raw = json.dumps(
            redacted(self.object.payload), indent=2, sort_keys=True, ensure_ascii=False
        )
        rows = [(format_html('<pre class="cf-raw" tabindex="0">{}</pre>', raw),)]
        event = self.object
        happenings = [
            Happening(at=event.created_at, what=f"Created at {gateway_name(event.gateway)}"),
            Happening(at=event.received_at, what="Received"),
        ]
        if event.processed_at:
            what = state_words(event.state)
            happenings.append(
                Happening(at=event.processed_at, what=what, detail=event.outcome or event.error)
            )
        return [
            Timeline(happenings),
            Lines(title="As it came", headings=["Payload"], rows=rows),
        ]


def redacted(payload: Any) -> Any:
    """Return what a gateway sent without what only the payer's browser may know."""
    if isinstance(payload, dict):
        return {
            key: REDACTED if "secret" in key and value else redacted(value)
            for key, value in payload.items()
        }
    return [redacted(one) for one in payload] if isinstance(payload, list) else payload


class GatewayEventViewSet(ReadOnlyViewSet):
    model = GatewayEvent
    name = "gateway-events"
    icon = "download"
    menu_label = "Gateway events"
    menu_order = 60
    index_view_class = GatewayEventIndexView
    inspect_view_class = GatewayEventInspectView
    filterset_class = GatewayEventFilters
