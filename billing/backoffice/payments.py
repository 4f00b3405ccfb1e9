"""Payments: the list, and one payment with its split, refunds, ledger lines and timeline."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from billing.backoffice.tables import (
    PAYMENT_TONES,
    ledger_lines,
    or_nothing,
    refunds_table,
    session_link,
)
from billing.models import Line, Payment, Purchase, Refund
from billing.states import PaymentState
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.exports import decimal_amount
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import instant_html, money_html, money_text, state_html, state_words

PAYMENTS = Payment.objects.select_related(
    "purchase__client__user", "purchase__mentor__user", "purchase__session__session_type"
)


class PaymentFilters(WagtailFilterSet):  # type: ignore[misc]
    state = django_filters.MultipleChoiceFilter(
        choices=[(state.value, state_words(state)) for state in PaymentState]
    )
    created_at = django_filters.DateFromToRangeFilter(label="Created", widget=DateRangePickerWidget)

    class Meta:
        model = Payment
        fields: ClassVar[list[str]] = ["state", "gateway", "currency", "late", "created_at"]


class PaymentIndexView(ReadOnlyIndexView):
    queryset = PAYMENTS
    empty = "No payments yet. One appears when a client begins to pay for a session."
    search_hint = "pay_…, ses_…, e-mail, pi_… or ch_…"
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="payments:inspect"),
        StateColumn("state", tones=PAYMENT_TONES, sort_key="state"),
        InstantColumn("created_at", label="Created", sort_key="created_at"),
        Column("client", accessor="purchase.client.user.name"),
        Column("mentor", accessor="purchase.mentor.user.name"),
        MoneyColumn("refunded_minor", label="Refunded"),
        MoneyColumn("amount_minor", label="Amount", sort_key="amount_minor"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Session": "purchase.session.public_id",
        "Status": "state",
        "Created at": "created_at",
        "Succeeded at": "succeeded_at",
        "Client": "purchase.client.user.name",
        "Client e-mail": "purchase.client.user.email",
        "Mentor": "purchase.mentor.user.name",
        "Gateway": "gateway",
        "Intent": "gateway_intent_id",
        "Charge": "gateway_charge_id",
        "Amount": lambda payment: decimal_amount(payment.amount_minor, payment.currency),
        "Refunded": lambda payment: decimal_amount(payment.refunded_minor, payment.currency),
        "Gateway fee": lambda payment: decimal_amount(payment.purchase.fee_minor, payment.currency),
        "Commission": lambda payment: decimal_amount(
            payment.purchase.commission_minor, payment.currency
        ),
        "Mentor's share": lambda payment: decimal_amount(
            payment.purchase.mentor_minor, payment.currency
        ),
        "Currency": "currency",
    }

    def find(self, query: str) -> Q:
        return (
            by_reference("pay", query)
            | by_reference("ses", query, field="purchase__session_id")
            | by_reference("pur", query, field="purchase_id")
            | Q(gateway_intent_id=query)
            | Q(gateway_charge_id=query)
            | by_text(
                query,
                "purchase__client__user__email",
                "purchase__client__user__name",
                "purchase__mentor__user__email",
                "purchase__mentor__user__name",
            )
        )


class PaymentInspectView(ReadOnlyInspectView):
    queryset = PAYMENTS

    def get_page_subtitle(self) -> str:
        return str(self.object.public_id)

    def facts(self) -> Sequence[tuple[str, object]]:
        payment = self.object
        purchase = payment.purchase
        facts: list[tuple[str, object]] = [
            ("Reference", payment.public_id),
            ("Status", state_html(payment.state, tone=PAYMENT_TONES[payment.state])),
            ("Amount", money_html(payment.amount_minor, payment.currency)),
            ("Client", f"{purchase.client.user.name} · {purchase.client.user.email}"),
            ("Mentor", f"{purchase.mentor.user.name} · {purchase.mentor.user.email}"),
            ("Session", session_link(purchase.session, user=self.request.user)),
            ("Session starts", instant_html(purchase.session.starts_at)),
            ("Gateway", payment.gateway.capitalize()),
            ("Intent", or_nothing(payment.gateway_intent_id)),
            ("Charge", or_nothing(payment.gateway_charge_id)),
            ("Balance transaction", or_nothing(payment.gateway_balance_transaction_id)),
            ("Created", instant_html(payment.created_at)),
            ("Succeeded", instant_html(payment.succeeded_at)),
        ]
        if payment.late:
            facts.append(("Late", "The money came when the time was gone."))
        if payment.failure_code:
            facts.append(("Failure", payment.failure_code))
        return facts

    def sections(self) -> Sequence[Component]:
        payment = self.object
        refunds = list(payment.refunds.all())
        lines = Line.objects.filter(purchase=payment.purchase).select_related("entry")
        return [
            breakdown(payment.purchase, actual_fee_minor=payment.actual_fee_minor),
            refunds_table(refunds),
            ledger_lines(lines),
            Timeline(_happenings(payment, refunds)),
        ]


def breakdown(purchase: Purchase, *, actual_fee_minor: int | None) -> Lines:
    """Show the three exact parts of the price, and what the gateway really took."""
    currency = purchase.currency
    fixed = money_text(purchase.fee_fixed_minor, currency, code=False)
    rows: list[tuple[object, object, object]] = [
        (
            "Gateway fee",
            f"{purchase.fee_bps / 100:g} % + {fixed}",
            money_html(purchase.fee_minor, currency),
        ),
        (
            "Commission",
            f"{purchase.commission_bps / 100:g} %",
            money_html(purchase.commission_minor, currency),
        ),
        ("Mentor's share", "the rest", money_html(purchase.mentor_minor, currency)),
    ]
    total = ("Price", "", money_html(purchase.price_minor, currency))
    title = "Breakdown"
    if actual_fee_minor is not None and actual_fee_minor != purchase.fee_minor:
        taken = money_text(actual_fee_minor, currency)
        title = f"Breakdown (the gateway took {taken}; the platform bears the difference)"
    return Lines(
        title=title, headings=["Part", "Rule", "Amount"], rows=rows, right=(2,), total=total
    )


def _happenings(payment: Payment, refunds: Sequence[Refund]) -> list[Happening]:
    happenings = [Happening(at=payment.created_at, what="Payment created")]
    if payment.succeeded_at:
        happenings.append(Happening(at=payment.succeeded_at, what="Payment succeeded"))
    if payment.cancelled_at:
        happenings.append(Happening(at=payment.cancelled_at, what="Payment cancelled"))
    for refund in refunds:
        amount = money_text(refund.amount_minor, refund.currency)
        happenings.append(
            Happening(
                at=refund.created_at, what=f"Refund of {amount} created", detail=refund.reason
            )
        )
        if refund.settled_at:
            happenings.append(Happening(at=refund.settled_at, what=f"Refund {refund.state}"))
    purchase = payment.purchase
    if purchase.recognised_at:
        happenings.append(Happening(at=purchase.recognised_at, what="Commission earned"))
    if purchase.released_at:
        happenings.append(Happening(at=purchase.released_at, what="Mentor's share available"))
    for event in payment.events.all():
        what = f"{event.gateway.capitalize()} event {event.type}"
        happenings.append(Happening(at=event.received_at, what=what, detail=event.event_id))
    return happenings


class PaymentViewSet(ReadOnlyViewSet):
    model = Payment
    name = "payments"
    icon = "cf-card"
    menu_label = "Payments"
    in_search = True
    menu_order = 10
    index_view_class = PaymentIndexView
    inspect_view_class = PaymentInspectView
    filterset_class = PaymentFilters
