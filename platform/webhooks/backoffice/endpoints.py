"""Webhook endpoints: the site's and those of people, and one of them with what was sent to it.

Of a person's address the host alone is shown: the rest may be a secret of theirs.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.names import names_of
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    choice_filter,
    period_filter,
    person_filter,
)
from kernel.backoffice.columns import DayColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html
from kernel.models import AuditEntry
from webhooks.backoffice.tones import DELIVERY_TONES
from webhooks.endpoints import MANAGE
from webhooks.kinds import Kind
from webhooks.models import Endpoint
from webhooks.replays import REPLAY

ENDPOINTS = Endpoint.objects.select_related("owner", "made_by")
STATES: dict[str, Q] = {
    "enabled": Q(disabled_at=None, failing_since=None),
    "failing": Q(disabled_at=None, failing_since__isnull=False),
    "disabled": Q(disabled_at__isnull=False, removed_at=None),
    "removed": Q(removed_at__isnull=False),
}
TONES = {"enabled": "success", "failing": "warning", "disabled": "danger", "removed": "quiet"}
RECENT = 10


def state_of(endpoint: Endpoint) -> str:
    """Return where it stands, in one word."""
    if endpoint.removed_at:
        return "removed"
    if endpoint.disabled_at:
        return "disabled"
    return "failing" if endpoint.failing_since else "enabled"


def owner_of(endpoint: Endpoint) -> str:
    """Return whose it is."""
    return endpoint.owner.name if endpoint.owner else "The site"


def address_of(endpoint: Endpoint) -> str:
    """Return as much of the address as staff see."""
    return endpoint.host if endpoint.owner_id else endpoint.url


def kinds_of(endpoint: Endpoint) -> str:
    """Return the events that it asks for."""
    return ", ".join(endpoint.kinds) or "All events"


def of_kind(rows: QuerySet[Endpoint], value: str) -> QuerySet[Endpoint]:
    """Narrow to the endpoints that are told of a kind."""
    return rows.filter(Q(kinds=[]) | Q(kinds__contains=[value]))


class EndpointFilters(WagtailFilterSet):  # type: ignore[misc]
    state = choice_filter(
        "Status",
        {name: name.capitalize() for name in STATES},
        lambda rows, value: rows.filter(STATES[value]),
    )
    whose = choice_filter(
        "Whose",
        {"site": "The site's", "people": "People's"},
        lambda rows, value: rows.filter(owner__isnull=value == "site"),
    )
    kind = choice_filter("Event", {kind.value: kind.value for kind in Kind}, of_kind)
    owner = person_filter("Owner", "owner")
    created_at = period_filter("Made")

    class Meta:
        model = Endpoint
        fields: ClassVar[list[str]] = []


class EndpointIndexView(BusinessIndexView):
    queryset = ENDPOINTS
    page_title = "Webhook endpoints"
    empty = "No webhook endpoints. People make theirs over the API, the site's are made here."
    search_hint = "whk_…, address, e-mail or name"
    references: ClassVar[dict[str, str]] = {"whk": "pk"}
    words = ("description", "owner__email", "owner__name")
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="webhook-endpoints:inspect"),
        StateColumn("state", accessor=state_of, tones=TONES),
        Column("owner", label="Whose", accessor=owner_of),
        Column("host", label="At", accessor="host"),
        Column("kinds", label="Events", accessor=kinds_of, classname="cf-clip"),
        DayColumn("failing_since", label="Failing since", sort_key="failing_since"),
        DayColumn("created_at", label="Made", sort_key="created_at"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Status": state_of,
        "Whose": owner_of,
        "Address": address_of,
        "Events": kinds_of,
        "Description": "description",
        "Failing since": "failing_since",
        "Disabled at": "disabled_at",
        "Why": "get_disabled_reason_display",
        "Made at": "created_at",
    }

    def find(self, query: str) -> Q:
        """Search the site's addresses as well; people's are theirs to know."""
        return super().find(query) | Q(owner=None, url__icontains=query)

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(MANAGE):
            return []
        url = reverse("make_webhook_endpoint")
        return [HeaderButton("Add an endpoint of the site", url=url, icon_name="plus")]


class EndpointInspectView(BusinessInspectView):
    queryset = ENDPOINTS

    def get_page_title(self) -> str:
        return "Webhook endpoint"

    def facts(self) -> Sequence[tuple[str, object]]:
        endpoint = self.object
        facts = endpoint_facts(endpoint)
        if endpoint.previous_until:
            facts.append(("The secret before signs until", instant_html(endpoint.previous_until)))
        if endpoint.failing_since:
            facts.append(("Failing since", instant_html(endpoint.failing_since)))
            facts.append(("Failures in a row", endpoint.failures))
        if endpoint.disabled_at:
            facts.append(("Disabled", instant_html(endpoint.disabled_at)))
            facts.append(("Why", endpoint.get_disabled_reason_display()))
        return facts

    @property
    def header_buttons(self) -> list[Button]:
        """Offer what can be done to it, to those who may."""
        endpoint, user = self.object, self.request.user
        if endpoint.removed_at:
            return []
        buttons = []
        if user.has_perm(MANAGE):
            label = "Enable" if endpoint.disabled_at else "Disable"
            buttons.append(_button(label, "switch_webhook_endpoint", endpoint, "lock"))
        if user.has_perm(MANAGE) and endpoint.owner_id is None:
            buttons.append(_button("Change", "change_webhook_endpoint", endpoint, "edit"))
            buttons.append(_button("Secret", "rotate_webhook_secret", endpoint, "key"))
        if user.has_perm(REPLAY) and not endpoint.disabled_at:
            buttons.append(_button("Send again", "replay_webhook_endpoint", endpoint, "rotate"))
        return buttons

    def sections(self) -> Sequence[Component]:
        endpoint = self.object
        entries = list(
            AuditEntry.objects.filter(
                object_type="webhook endpoint", object_id=endpoint.public_id
            ).order_by("at", "pk")
        )
        names = names_of([entry.actor for entry in entries])
        return [
            _recent(endpoint),
            Timeline(
                [
                    Happening(
                        at=entry.at,
                        what=entry.action.partition(".")[2].capitalize(),
                        who=names[entry.actor],
                    )
                    for entry in entries
                ]
            ),
        ]


def _button(label: str, name: str, endpoint: Endpoint, icon: str) -> HeaderButton:
    return HeaderButton(label, url=reverse(name, args=[endpoint.pk]), icon_name=icon)


def _recent(endpoint: Endpoint) -> Lines:
    newest = endpoint.deliveries.select_related("event").order_by("-created_at", "-pk")[:RECENT]
    return Lines(
        title="Its newest deliveries",
        headings=["Delivery", "Status", "Event", "About", "Attempts", "Promised"],
        rows=[
            (
                format_html(
                    '<a href="{}">{}</a>',
                    reverse("webhook-deliveries:inspect", args=[one.pk]),
                    one.public_id,
                ),
                state_html(one.state, tone=DELIVERY_TONES[one.state]),
                one.event.kind,
                one.event.object_id,
                one.attempts,
                instant_html(one.created_at),
            )
            for one in newest
        ],
        right=[4],
        cards=True,
        empty="Nothing was sent to it yet.",
    )


def endpoint_facts(endpoint: Endpoint) -> list[tuple[str, object]]:
    """Return what it is."""
    state = state_of(endpoint)
    return [
        ("Reference", endpoint.public_id),
        ("Status", state_html(state, tone=TONES[state])),
        ("Whose", owner_of(endpoint)),
        ("Address", address_of(endpoint)),
        ("Events", kinds_of(endpoint)),
        ("Description", endpoint.description or NOTHING),
        ("Made", instant_html(endpoint.created_at)),
        ("By", endpoint.made_by.name),
    ]


class EndpointViewSet(ReadOnlyViewSet):
    model = Endpoint
    name = "webhook-endpoints"
    icon = "link-external"
    menu_label = "Endpoints"
    menu_order = 10
    index_view_class = EndpointIndexView
    inspect_view_class = EndpointInspectView
    filterset_class = EndpointFilters


def endpoints_in_trouble(now: datetime) -> Queue:
    """The site's endpoints that fail, or that were switched off because they did."""
    reason = Endpoint.Reason
    reasons = [reason.GONE, reason.FAILING, reason.UNREADABLE]
    trouble = Q(failing_since__isnull=False) | Q(disabled_reason__in=reasons)
    rows = ENDPOINTS.filter(trouble, owner=None, removed_at=None)
    return Queue(
        label="webhook endpoints in trouble",
        count=rows.count(),
        rows=[
            Waiting(
                title=one.host,
                url=reverse("webhook-endpoints:inspect", args=[one.pk]),
                detail=one.get_disabled_reason_display() or "It fails.",
                aside=age_words(now - (one.failing_since or one.disabled_at or now)),
                since=(one.failing_since or one.disabled_at or now),
            )
            for one in rows.order_by("failing_since", "pk")[: rows_wanted()]
        ],
        url=f"{reverse('webhook-endpoints:index')}?whose=site",
        empty="Every endpoint of the site takes what is sent to it.",
        alarming=True,
        kind="webhooks",
        act="See why",
    )
