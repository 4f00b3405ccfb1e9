"""What was sent to webhook endpoints: the log, and one delivery with its attempts.

What an event says is not shown: it is for its endpoint. What it is about, and what the endpoint
answered, is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    choice_filter,
    period_filter,
    person_filter,
    state_filter,
)
from kernel.backoffice.columns import DayColumn, InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html
from webhooks.backoffice.endpoints import owner_of
from webhooks.backoffice.tones import DELIVERY_TONES
from webhooks.kinds import TEST, Kind
from webhooks.models import Delivery
from webhooks.replays import REPLAY
from webhooks.states import State

DELIVERIES = Delivery.objects.select_related("event", "endpoint__owner")
LOG = 100


def whose(delivery: Delivery) -> str:
    """Return whose endpoint it goes to."""
    return owner_of(delivery.endpoint)


def next_at(delivery: Delivery) -> datetime | None:
    """Return when it is tried next, if it is."""
    return delivery.due_at if delivery.ended_at is None else None


class DeliveryFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(State)
    kind = choice_filter(
        "Event",
        {kind: kind for kind in (*[one.value for one in Kind], TEST)},
        field_name="event__kind",
    )
    whose = choice_filter(
        "Whose",
        {"site": "The site's", "people": "People's"},
        lambda rows, value: rows.filter(endpoint__owner__isnull=value == "site"),
    )
    tried = choice_filter(
        "Attempts",
        {"again": "Tried more than once", "none": "Not tried yet"},
        lambda rows, value: (
            rows.filter(attempts__gt=1) if value == "again" else rows.filter(attempts=0)
        ),
    )
    owner = person_filter("Owner", "endpoint__owner")
    created_at = period_filter("Promised")

    class Meta:
        model = Delivery
        fields: ClassVar[list[str]] = []


def _event(delivery: Delivery) -> object:
    """Return what happened, and below it to what."""
    return _above(delivery.event.kind, delivery.event.object_id)


def _to(delivery: Delivery) -> object:
    """Return where it goes, and below it whose that is."""
    return _above(delivery.endpoint.host, whose(delivery))


def _above(first: str, second: str) -> object:
    return format_html('{}<br><span class="cf-quiet">{}</span>', first, second)


class DeliveryIndexView(BusinessIndexView):
    queryset = DELIVERIES
    empty = "Nothing was sent yet. Each event is promised here to every endpoint that asks for it."
    search_hint = "whd_…, evt_…, whk_… or what it is about"
    references: ClassVar[dict[str, str]] = {"whd": "pk", "evt": "event_id", "whk": "endpoint_id"}
    exact = ("event__object_id",)
    words = ("endpoint__owner__email", "endpoint__owner__name")
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="webhook-deliveries:inspect"),
        StateColumn("state", tones=DELIVERY_TONES, sort_key="state"),
        Column("kind", label="Event", accessor=_event, classname="cf-code"),
        Column("host", label="To", accessor=_to, classname="cf-clip"),
        Column("attempts", label="Attempts", classname="cf-right", sort_key="attempts"),
        DayColumn("created_at", label="Promised", sort_key="created_at"),
        InstantColumn("next", label="Next try", accessor=next_at),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Status": "state",
        "Event": "event.kind",
        "Event id": "event.public_id",
        "About": "event.object_id",
        "Whose": whose,
        "To": "endpoint.host",
        "Attempts": "attempts",
        "Promised at": "created_at",
        "Next try at": next_at,
        "Ended at": "ended_at",
    }


class DeliveryInspectView(BusinessInspectView):
    queryset = DELIVERIES

    def facts(self) -> Sequence[tuple[str, object]]:
        return delivery_facts(self.object)

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to send it again, once it has ended, to those who may."""
        delivery = self.object
        if delivery.state == State.WAITING or not self.request.user.has_perm(REPLAY):
            return []
        url = reverse("replay_webhook_delivery", args=[delivery.pk])
        return [HeaderButton("Send again", url=url, icon_name="rotate")]

    def sections(self) -> Sequence[Component]:
        log = self.object.log.order_by("-number")[:LOG]
        return [
            Lines(
                title="Attempts",
                headings=["No.", "At", "Answer", "Took", "What came back, or why nothing did"],
                rows=[
                    (
                        one.number,
                        instant_html(one.at),
                        state_html(
                            str(one.status_code or "none"),
                            tone="success" if one.succeeded else "danger",
                        ),
                        f"{one.duration_ms}\u00a0ms",
                        " · ".join(part for part in (one.error, one.body) if part) or NOTHING,
                    )
                    for one in log
                ],
                right=[0, 3],
                cards=True,
                empty="It was not tried yet.",
            )
        ]


def delivery_facts(delivery: Delivery) -> list[tuple[str, object]]:
    """Return what it is and how it stands."""
    link = format_html(
        '<a href="{}">{}</a>',
        reverse("webhook-endpoints:inspect", args=[delivery.endpoint_id]),
        delivery.endpoint.public_id,
    )
    facts: list[tuple[str, object]] = [
        ("Reference", delivery.public_id),
        ("Status", state_html(delivery.state, tone=DELIVERY_TONES[delivery.state])),
        ("Event", delivery.event.kind),
        ("Event id", delivery.event.public_id),
        ("About", delivery.event.object_id),
        ("Endpoint", link),
        ("Whose", whose(delivery)),
        ("To", delivery.endpoint.host),
        ("Happened", instant_html(delivery.event.occurred_at)),
        ("Attempts", delivery.attempts),
    ]
    if delivery.ended_at is None:
        facts.append(("Next try", instant_html(delivery.due_at)))
    else:
        facts.append(("Ended", instant_html(delivery.ended_at)))
    return facts


class DeliveryViewSet(ReadOnlyViewSet):
    model = Delivery
    name = "webhook-deliveries"
    icon = "history"
    menu_label = "Deliveries"
    menu_order = 20
    index_view_class = DeliveryIndexView
    inspect_view_class = DeliveryInspectView
    filterset_class = DeliveryFilters
