"""Refunds: the list, and one refund with its parts and postings."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from accounts.names import names_of
from billing.backoffice.tables import (
    REFUND_TONES,
    ledger_lines,
    or_nothing,
    payment_link,
    session_link,
)
from billing.models import Line, Refund
from billing.states import RefundState
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.exports import decimal_amount
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import instant_html, money_html, state_html, state_words

REFUNDS = Refund.objects.select_related(
    "payment__purchase__client__user", "payment__purchase__session"
)


class RefundFilters(WagtailFilterSet):  # type: ignore[misc]
    state = django_filters.MultipleChoiceFilter(
        choices=[(state.value, state_words(state)) for state in RefundState]
    )
    created_at = django_filters.DateFromToRangeFilter(label="Created", widget=DateRangePickerWidget)

    class Meta:
        model = Refund
        fields: ClassVar[list[str]] = ["state", "cause", "bearer", "currency", "created_at"]


class RefundIndexView(ReadOnlyIndexView):
    queryset = REFUNDS
    empty = "No refunds yet. One appears when a paid session is cancelled."
    search_hint = "rfd_…, pay_…, ses_…, e-mail or re_…"
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
        "Session": "payment.purchase.session.public_id",
        "Status": "state",
        "Cause": "cause",
        "Fee borne by": "bearer",
        "Reason": "reason",
        "Client": "payment.purchase.client.user.name",
        "Created at": "created_at",
        "Settled at": "settled_at",
        "Amount": lambda refund: decimal_amount(refund.amount_minor, refund.currency),
        "From mentor": lambda refund: decimal_amount(refund.mentor_minor, refund.currency),
        "From commission": lambda refund: decimal_amount(refund.commission_minor, refund.currency),
        "From fee": lambda refund: decimal_amount(refund.fee_minor, refund.currency),
        "Currency": "currency",
        "Gateway refund": "gateway_refund_id",
    }

    def find(self, query: str) -> Q:
        return (
            by_reference("rfd", query)
            | by_reference("pay", query, field="payment_id")
            | by_reference("ses", query, field="payment__purchase__session_id")
            | Q(gateway_refund_id=query)
            | Q(payment__gateway_intent_id=query)
            | by_text(
                query,
                "payment__purchase__client__user__email",
                "payment__purchase__client__user__name",
            )
        )


class RefundInspectView(ReadOnlyInspectView):
    queryset = REFUNDS

    def get_page_subtitle(self) -> str:
        return str(self.object.public_id)

    def facts(self) -> Sequence[tuple[str, object]]:
        refund = self.object
        purchase = refund.payment.purchase
        return [
            ("Reference", refund.public_id),
            ("Status", state_html(refund.state, tone=REFUND_TONES[refund.state])),
            ("To client", money_html(refund.amount_minor, refund.currency)),
            ("Cause", refund.get_cause_display()),
            ("Fee borne by", refund.get_bearer_display()),
            ("Reason", or_nothing(refund.reason)),
            ("Client", f"{purchase.client.user.name} · {purchase.client.user.email}"),
            ("Payment", payment_link(refund.payment)),
            ("Session", session_link(purchase.session, user=self.request.user)),
            ("Gateway refund", or_nothing(refund.gateway_refund_id)),
            ("Requested by", names_of([refund.requested_by])[refund.requested_by]),
            ("Created", instant_html(refund.created_at)),
            ("Settled", instant_html(refund.settled_at)),
        ]

    def sections(self) -> Sequence[Component]:
        refund = self.object
        lines = Line.objects.filter(
            entry__source_type="refund", entry__source_id=str(refund.pk)
        ).select_related("entry")
        return [_parts(refund), ledger_lines(lines)]


def _parts(refund: Refund) -> Lines:
    currency = refund.currency
    rows = [
        ("From the mentor's share", money_html(refund.mentor_minor, currency)),
        ("From the commission", money_html(refund.commission_minor, currency)),
        ("From the gateway fee", money_html(refund.fee_minor, currency)),
    ]
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
    icon = "undo"
    menu_label = "Refunds"
    menu_order = 20
    index_view_class = RefundIndexView
    inspect_view_class = RefundInspectView
    filterset_class = RefundFilters
