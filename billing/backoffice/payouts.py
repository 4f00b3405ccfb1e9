"""Payouts: the list, and one payout with the ledger lines that it is made of and its postings."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, Sum
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from billing.backoffice.filters import gateway_filter, gateway_name
from billing.backoffice.lines import lines_url
from billing.backoffice.payout_dialogs import PREPARE
from billing.backoffice.payout_tables import PAYOUT_TONES, made_of, run_link
from billing.backoffice.tables import ledger_lines, or_nothing
from billing.backoffice.told import audited
from billing.models import Line, Payout
from billing.statements import SHOWN
from billing.states import PAYOUT_IN_TRANSIT_STATES, PayoutState
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    currency_filter,
    period_filter,
    person_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Timeline
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, money_html, state_html

STATEMENTS = (
    ("Statement (CSV)", "statement_sheet", "download"),
    ("Print the statement", "statement_print", "doc-full"),
)
PAYOUTS = Payout.objects.select_related("mentor__user", "run", "account")


class PayoutFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(PayoutState)
    person = person_filter("Mentor", "mentor__user")
    currency = currency_filter()
    gateway = gateway_filter("run__gateway")
    created_at = period_filter("Created")

    class Meta:
        model = Payout
        fields: ClassVar[list[str]] = []


class PayoutIndexView(BusinessIndexView):
    queryset = PAYOUTS
    empty = "No payouts yet. They appear with the first payout run."
    search_hint = "po_…, run_…, mentor's name or e-mail, tr_…"
    references: ClassVar[dict[str, str]] = {"po": "pk", "run": "run_id", "mtr": "mentor_id"}
    exact = ("gateway_transfer_id", "account__gateway_account_id")
    words = ("mentor__user__name", "mentor__user__email")
    totals: ClassVar[dict[str, Any]] = {
        "On their way": Sum("amount_minor", filter=Q(state__in=PAYOUT_IN_TRANSIT_STATES)),
        "Paid": Sum("amount_minor", filter=Q(state__in=[PayoutState.PAID, PayoutState.CLEARED])),
        "Failed": Sum("amount_minor", filter=Q(state=PayoutState.FAILED)),
        "Came back": Sum("amount_minor", filter=Q(state=PayoutState.RETURNED)),
    }
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="payouts:inspect"),
        StateColumn("state", tones=PAYOUT_TONES, sort_key="state"),
        InstantColumn("created_at", label="Created", sort_key="created_at"),
        Column("mentor", accessor="mentor.user.name"),
        InstantColumn("paid_at", label="Paid", sort_key="paid_at"),
        MoneyColumn("amount_minor", label="Amount", sort_key="amount_minor"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Run": "run.public_id",
        "Status": "state",
        "Mentor": "mentor.user.name",
        "Mentor e-mail": "mentor.user.email",
        "Payee": "account.gateway_account_id",
        "Transfer": "gateway_transfer_id",
        "Failure": "failure_code",
        "Created at": "created_at",
        "Paid at": "paid_at",
        "Failed at": "failed_at",
        "Returned at": "returned_at",
        "Amount": amount("amount_minor"),
        "Currency": "currency",
    }


class PayoutInspectView(BusinessInspectView):
    queryset = PAYOUTS

    def facts(self) -> Sequence[tuple[str, object]]:
        payout = self.object
        facts: list[tuple[str, object]] = [
            ("Reference", payout.public_id),
            ("Status", state_html(payout.state, tone=PAYOUT_TONES[payout.state])),
            ("Amount", money_html(payout.amount_minor, payout.currency)),
            ("Mentor", f"{payout.mentor.user.name} · {payout.mentor.user.email}"),
            ("Run", run_link(payout.run)),
            ("Payee", or_nothing(payout.account.gateway_account_id)),
            ("Transfer", or_nothing(payout.gateway_transfer_id)),
            ("Created", instant_html(payout.created_at)),
            ("Paid", instant_html(payout.paid_at)),
        ]
        if payout.failure_code:
            facts.append(("Failure", payout.failure_code))
        return facts

    @property
    def header_buttons(self) -> list[Button]:
        """Offer its statement, and to pay out anew what came back, to those who may."""
        payout, found = self.object, []
        if payout.state == "returned" and self.request.user.has_perm(PREPARE):
            url = reverse("reassign_payout", args=[payout.pk])
            found.append(HeaderButton("Pay out again", url=url, icon_name="rotate"))
        if payout.state in SHOWN:
            for label, name, icon in STATEMENTS:
                url = reverse(name, args=[payout.pk])
                found.append(HeaderButton(label, url=url, icon_name=icon))
        return found

    def sections(self) -> Sequence[Component]:
        payout = self.object
        parts = Line.objects.filter(pk__in=payout.lines.values("line_id")).select_related("entry")
        posted = Line.objects.filter(
            entry__source_type="payout", entry__source_id=str(payout.pk)
        ).select_related("entry")
        return [
            made_of(parts.order_by("entry__occurred_at", "pk"), payout),
            ledger_lines(posted, title="Postings", opens=lines_url(q=payout.public_id)),
            Timeline([*_happenings(payout), *audited(payout=[payout.public_id])]),
        ]


def _happenings(payout: Payout) -> list[Happening]:
    told = [
        (payout.created_at, "Payout created"),
        (payout.run.approved_at, "Run approved"),
        (payout.ordered_at, "Ordered at the gateway"),
        (payout.paid_at, "Paid"),
        (payout.failed_at, "Failed; the money is available again"),
        (payout.cleared_at, "The return window closed"),
        (payout.returned_at, "The money came back"),
        (payout.reassigned_at, "The money is available again"),
    ]
    found = [Happening(at=at, what=what) for at, what in told if at]
    for event in payout.events.all():
        what = f"{gateway_name(event.gateway)} event {event.type}"
        found.append(Happening(at=event.received_at, what=what, detail=event.event_id))
    return found


class PayoutViewSet(ReadOnlyViewSet):
    model = Payout
    name = "payouts"
    icon = "upload"
    menu_label = "Payouts"
    in_search = True
    menu_order = 32
    index_view_class = PayoutIndexView
    inspect_view_class = PayoutInspectView
    filterset_class = PayoutFilters
