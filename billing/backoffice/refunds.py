"""Refunds: the list, and one refund with its parts and postings."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.names import names_of
from billing import refunds as operations
from billing.backoffice.filters import gateway_filter, people_filter
from billing.backoffice.lines import lines_url
from billing.backoffice.tables import (
    REFUND_TONES,
    bought,
    ledger_lines,
    or_nothing,
    payment_link,
    refund_happenings,
)
from billing.backoffice.told import audited
from billing.models import Line, Refund
from billing.states import PENDING_REFUND_STATES, RefundState
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
from kernel.backoffice.components import Lines, Timeline
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, money_html, state_html

REFUNDS = Refund.objects.select_related(
    "payment__purchase__client__user",
    "payment__purchase__session",
    "payment__purchase__package",
    "reissue_of",
)


def _waiting(refunds: QuerySet[Refund], _value: str) -> QuerySet[Refund]:
    return refunds.filter(pk__in=operations.stuck().values("pk"))


class RefundFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(RefundState)
    what = choice_filter("Only", {"stuck": "Failed, and nobody has dealt with it"}, _waiting)
    cause = choice_filter("Cause", dict(Refund.Cause.choices))
    bearer = choice_filter("Fee borne by", dict(Refund.Bearer.choices))
    person = people_filter("payment__purchase")
    currency = currency_filter()
    gateway = gateway_filter("payment__gateway")
    created_at = period_filter("Created")

    class Meta:
        model = Refund
        fields: ClassVar[list[str]] = []


class RefundIndexView(BusinessIndexView):
    queryset = REFUNDS
    empty = "No refunds yet. One appears when a paid session is cancelled."
    search_hint = "rfd_…, pay_…, ses_…, e-mail or re_…"
    references: ClassVar[dict[str, str]] = {
        "rfd": "pk",
        "pay": "payment_id",
        "ses": "payment__purchase__session_id",
    }
    exact = ("gateway_refund_id", "payment__gateway_intent_id")
    words = ("payment__purchase__client__user__email", "payment__purchase__client__user__name")
    totals: ClassVar[dict[str, Any]] = {
        "Under way": Sum("amount_minor", filter=Q(state__in=PENDING_REFUND_STATES)),
        "Sent to clients": Sum("amount_minor", filter=Q(state=RefundState.SUCCEEDED)),
        "Came to nothing": Sum(
            "amount_minor", filter=Q(state__in=[RefundState.FAILED, RefundState.CANCELLED])
        ),
    }
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="refunds:inspect"),
        StateColumn("state", tones=REFUND_TONES, sort_key="state"),
        InstantColumn("created_at", label="Created", sort_key="created_at"),
        Column("cause", accessor="get_cause_display"),
        Column("client", accessor="payment.purchase.client.user.name"),
        Column("bearer", accessor="get_bearer_display", label="Fee borne by"),
        MoneyColumn("amount_minor", label="To client", sort_key="amount_minor"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Payment": "payment.public_id",
        "Session": "payment.purchase.reference",
        "Status": "state",
        "Cause": "cause",
        "Fee borne by": "bearer",
        "Reason": "reason",
        "Failure": "failure_code",
        "Client": "payment.purchase.client.user.name",
        "Created at": "created_at",
        "Settled at": "settled_at",
        "Amount": amount("amount_minor"),
        "From mentor": amount("mentor_minor"),
        "From commission": amount("commission_minor"),
        "From fee": amount("fee_minor"),
        "Currency": "currency",
        "Gateway refund": "gateway_refund_id",
    }


class RefundInspectView(BusinessInspectView):
    queryset = REFUNDS

    def facts(self) -> Sequence[tuple[str, object]]:
        refund = self.object
        purchase = refund.payment.purchase
        anew = Refund.objects.filter(reissue_of=refund).first()
        facts: list[tuple[str, object]] = [
            ("Reference", refund.public_id),
            ("Status", state_html(refund.state, tone=REFUND_TONES[refund.state])),
            ("To client", money_html(refund.amount_minor, refund.currency)),
            ("Cause", refund.get_cause_display()),
            ("Fee borne by", refund.get_bearer_display()),
            ("Reason", or_nothing(refund.reason)),
            ("Client", f"{purchase.client.user.name} · {purchase.client.user.email}"),
            ("Payment", payment_link(refund.payment)),
            bought(purchase, user=self.request.user),
            ("Gateway refund", or_nothing(refund.gateway_refund_id)),
            ("Requested by", names_of([refund.requested_by])[refund.requested_by]),
            ("Created", instant_html(refund.created_at)),
            ("Settled", instant_html(refund.settled_at)),
        ]
        if refund.failure_code:
            facts.append(("Failure", refund.failure_code))
        if refund.reissue_of:
            facts.append(("In the place of", refund_link(refund.reissue_of)))
        if anew:
            facts.append(("Given anew as", refund_link(anew)))
        if refund.dropped_at:
            who = names_of([refund.dropped_by])[refund.dropped_by]
            facts.append(("Owed no more", f"{who}: {refund.dropped_reason}"))
        return facts

    def sections(self) -> Sequence[Component]:
        refund = self.object
        lines = Line.objects.filter(
            entry__source_type="refund", entry__source_id=str(refund.pk)
        ).select_related("entry")
        happenings = [*refund_happenings(refund), *audited(refund=[refund.public_id])]
        return [
            _parts(refund),
            ledger_lines(lines, opens=lines_url(q=refund.public_id)),
            Timeline(happenings),
        ]

    @property
    def header_buttons(self) -> list[Button]:
        """Offer what can be done with a refund that came to nothing, to those who may."""
        refund = self.object
        if not self.request.user.has_perm("billing.reissue_refund"):
            return []
        if not operations.stuck().filter(pk=refund.pk).exists():
            return []
        url = reverse("settle_refund", args=[refund.pk])
        return [HeaderButton("Settle this refund", url=url, icon_name="rotate")]


def refund_link(refund: Refund) -> SafeString:
    """Return the refund's reference as a link."""
    url = reverse("refunds:inspect", args=[refund.pk])
    return format_html('<a href="{}">{}</a>', url, refund.public_id)


def _parts(refund: Refund) -> Lines:
    currency = refund.currency
    rows = [
        ("From the mentor's share", money_html(refund.mentor_minor, currency)),
        ("From the commission", money_html(refund.commission_minor, currency)),
        ("From the gateway fee", money_html(refund.fee_minor, currency)),
    ]
    if refund.prepaid_minor:
        rows = [("From what is unused of the package", money_html(refund.prepaid_minor, currency))]
    return Lines(
        title="Where it comes from",
        headings=["Part", "Amount"],
        rows=rows,
        right=(1,),
        total=("To the client", money_html(refund.amount_minor, currency)),
    )


class RefundViewSet(ReadOnlyViewSet):
    model = Refund
    name = "refunds"
    icon = "rotate"
    menu_label = "Refunds"
    menu_order = 20
    index_view_class = RefundIndexView
    inspect_view_class = RefundInspectView
    filterset_class = RefundFilters
