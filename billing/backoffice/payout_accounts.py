"""Payout accounts: where mentors' money goes, since when, and from when on it is paid."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from billing.backoffice.filters import gateway_filter, gateway_name
from billing.backoffice.tables import or_nothing
from billing.models import GatewayEvent, PayoutAccount
from billing.states import PayoutAccountState
from kernel import clock
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    choice_filter,
    currency_filter,
    period_filter,
    person_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, state_html

ACCOUNT_TONES = {
    "onboarding": "info",
    "active": "success",
    "restricted": "danger",
    "closed": "quiet",
}
MOST_EVENTS = 50


def _cooling(accounts: QuerySet[PayoutAccount], value: str) -> QuerySet[PayoutAccount]:
    waits = Q(usable_from__gt=clock.now()) & ~Q(state=PayoutAccountState.CLOSED)
    return accounts.filter(waits if value == "cooling" else ~Q(asked_for=""))


def _cools_off(account: PayoutAccount) -> object:
    """Say from when on it is paid; a mentor's first destination is paid at once."""
    return instant_html(account.usable_from) if account.usable_from else "At once"


class PayoutAccountFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(PayoutAccountState)
    what = choice_filter(
        "Only", {"cooling": "Cooling off", "asked": "Asked by the gateway"}, _cooling
    )
    person = person_filter("Mentor", "mentor__user")
    currency = currency_filter()
    gateway = gateway_filter()
    created_at = period_filter("Created")

    class Meta:
        model = PayoutAccount
        fields: ClassVar[list[str]] = []


class PayoutAccountIndexView(BusinessIndexView):
    queryset = PayoutAccount.objects.select_related("mentor__user")
    empty = "No payout accounts yet. One appears when a mentor begins to set up payouts."
    search_hint = "pya_…, mentor's name or e-mail, acct_…"
    references: ClassVar[dict[str, str]] = {"pya": "pk", "mtr": "mentor_id"}
    exact = ("gateway_account_id",)
    words = ("mentor__user__name", "mentor__user__email")
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="payout-accounts:inspect"),
        StateColumn("state", tones=ACCOUNT_TONES, sort_key="state"),
        Column("mentor", accessor="mentor.user.name"),
        Column("gateway", accessor=lambda account: gateway_name(account.gateway)),
        Column("usable_from", accessor=_cools_off, label="Paid from", sort_key="usable_from"),
        InstantColumn("checked_at", label="Checked", sort_key="checked_at"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Status": "state",
        "Mentor": "mentor.user.name",
        "Mentor e-mail": "mentor.user.email",
        "Gateway": "gateway",
        "Payee": "gateway_account_id",
        "Paid account": "destination",
        "Country": "country",
        "Currency": "currency",
        "Asked for": "asked_for",
        "Created at": "created_at",
        "Paid from": "usable_from",
        "Checked at": "checked_at",
        "Closed at": "closed_at",
    }


class PayoutAccountInspectView(BusinessInspectView):
    queryset = PayoutAccount.objects.select_related("mentor__user")

    def facts(self) -> Sequence[tuple[str, object]]:
        account = self.object
        return [
            ("Reference", account.public_id),
            ("Status", state_html(account.state, tone=ACCOUNT_TONES[account.state])),
            ("Mentor", f"{account.mentor.user.name} · {account.mentor.user.email}"),
            ("Gateway", gateway_name(account.gateway)),
            ("Payee", or_nothing(account.gateway_account_id)),
            ("Paid account", or_nothing(account.destination)),
            ("Country and currency", f"{account.country} {account.currency}".strip()),
            ("Asked by the gateway", or_nothing(account.asked_for)),
            ("Cools off until", _cools_off(account)),
            ("Created", instant_html(account.created_at)),
            ("Checked", instant_html(account.checked_at)),
        ]

    def sections(self) -> Sequence[Component]:
        account = self.object
        others = PayoutAccount.objects.filter(mentor=account.mentor_id).order_by("created_at", "pk")
        return [
            Lines(
                title="The mentor's destinations, in their order",
                headings=["Reference", "Gateway", "Status", "Created", "Paid from", "Closed"],
                rows=[
                    (
                        one.public_id,
                        gateway_name(one.gateway),
                        state_html(one.state, tone=ACCOUNT_TONES[one.state]),
                        instant_html(one.created_at),
                        _cools_off(one),
                        instant_html(one.closed_at),
                    )
                    for one in others
                ],
            ),
            Timeline(_happenings(account)),
        ]


def _happenings(account: PayoutAccount) -> list[Happening]:
    told = [
        (account.created_at, "Account created"),
        (account.usable_from, "The cool-off ends"),
        (account.closed_at, "Account closed"),
    ]
    found = [Happening(at=at, what=what) for at, what in told if at]
    if account.gateway_account_id is None:
        return found
    events = GatewayEvent.objects.filter(
        gateway=account.gateway, object_id=account.gateway_account_id
    )
    for event in events.order_by("-received_at")[:MOST_EVENTS]:
        what = f"{gateway_name(event.gateway)} event {event.type}"
        found.append(Happening(at=event.received_at, what=what, detail=event.event_id))
    return found


class PayoutAccountViewSet(ReadOnlyViewSet):
    model = PayoutAccount
    name = "payout-accounts"
    icon = "globe"
    menu_label = "Payout accounts"
    in_search = True
    menu_order = 33
    index_view_class = PayoutAccountIndexView
    inspect_view_class = PayoutAccountInspectView
    filterset_class = PayoutAccountFilters
