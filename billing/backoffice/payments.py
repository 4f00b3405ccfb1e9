"""Payments: the list, and one payment with its split, refunds, ledger lines and timeline."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from billing.backoffice.filters import gateway_filter, gateway_name, people_filter, people_words
from billing.backoffice.lines import lines_url
from billing.backoffice.tables import (
    PAYMENT_TONES,
    bought,
    dispute_happenings,
    disputes_table,
    ledger_lines,
    maybe_money,
    or_nothing,
    refund_happenings,
    refunds_table,
    surplus_happenings,
)
from billing.backoffice.told import audited
from billing.models import Dispute, Line, Payment, Purchase, Refund
from billing.models.surplus import flagged_payments
from billing.states import PaymentState
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
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, money_html, money_text, state_html

PAYMENTS = Payment.objects.select_related(
    "purchase__client__user",
    "purchase__mentor__user",
    "purchase__session__session_type",
    "purchase__package",
)


WATCHED = {
    "late": ("The money came too late", Q(late=True)),
    "flagged": ("Not what was asked for", Q(pk__in=flagged_payments().values("pk"))),
    "refunded": ("Refunded, in part or whole", Q(refunded_minor__gt=0)),
    "disputed": ("Disputed", Q(disputes__isnull=False)),
    "held": ("Held by a dispute", Q(held_by_dispute=True)),
}


def _watched(payments: QuerySet[Payment], value: str) -> QuerySet[Payment]:
    matching = Payment.objects.filter(WATCHED[value][1])
    return payments.filter(pk__in=matching.values("pk"))


class PaymentFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(PaymentState)
    what = choice_filter("Only", {key: words for key, (words, _) in WATCHED.items()}, _watched)
    person = people_filter("purchase")
    currency = currency_filter()
    gateway = gateway_filter()
    created_at = period_filter("Created")

    class Meta:
        model = Payment
        fields: ClassVar[list[str]] = []


class PaymentIndexView(BusinessIndexView):
    queryset = PAYMENTS
    empty = "No payments yet. One appears when a client begins to pay for a session."
    search_hint = "pay_…, ses_…, e-mail, pi_… or ch_…"
    references: ClassVar[dict[str, str]] = {
        "pay": "pk",
        "ses": "purchase__session_id",
        "pur": "purchase_id",
    }
    exact = ("gateway_intent_id", "gateway_charge_id")
    words = people_words("purchase")
    totals: ClassVar[dict[str, Any]] = {
        "Captured": Sum("amount_minor", filter=Q(state=PaymentState.SUCCEEDED)),
        "Refunded": Sum("refunded_minor"),
        "Disputed": Sum("disputed_minor"),
    }
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
        "Session": "purchase.reference",
        "Status": "state",
        "Created at": "created_at",
        "Succeeded at": "succeeded_at",
        "Client": "purchase.client.user.name",
        "Client e-mail": "purchase.client.user.email",
        "Mentor": "purchase.mentor.user.name",
        "Gateway": "gateway",
        "Intent": "gateway_intent_id",
        "Charge": "gateway_charge_id",
        "Amount": amount("amount_minor"),
        "Refunded": amount("refunded_minor"),
        "Disputed": amount("disputed_minor"),
        "Gateway fee": amount("purchase.fee_minor"),
        "Commission": amount("purchase.commission_minor"),
        "Mentor's share": amount("purchase.mentor_minor"),
        "Currency": "currency",
    }


class PaymentInspectView(BusinessInspectView):
    queryset = PAYMENTS

    def facts(self) -> Sequence[tuple[str, object]]:
        payment = self.object
        purchase = payment.purchase
        facts: list[tuple[str, object]] = [
            ("Reference", payment.public_id),
            ("Status", state_html(payment.state, tone=PAYMENT_TONES[payment.state])),
            ("Amount", money_html(payment.amount_minor, payment.currency)),
            ("Refundable", money_html(payment.refundable_minor, payment.currency)),
            ("Client", f"{purchase.client.user.name} · {purchase.client.user.email}"),
            ("Mentor", f"{purchase.mentor.user.name} · {purchase.mentor.user.email}"),
            bought(purchase, user=self.request.user),
            ("Session starts", instant_html(purchase.session and purchase.session.starts_at)),
            ("Gateway", gateway_name(payment.gateway)),
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
        refunds = list(payment.refunds.order_by("created_at", "pk"))
        disputes = list(payment.disputes.order_by("opened_at", "pk"))
        lines = Line.objects.filter(purchase=payment.purchase).select_related("entry")
        return [
            breakdown(
                payment.purchase,
                actual_fee_minor=payment.actual_fee_minor,
                fee_currency=payment.fee_currency,
            ),
            *_exchanges(payment),
            refunds_table(refunds),
            *([disputes_table(disputes)] if disputes else []),
            ledger_lines(lines, opens=lines_url(purchase=payment.purchase.public_id)),
            Timeline(
                [
                    *_happenings(payment, refunds, disputes),
                    *surplus_happenings(payment),
                    *audited(
                        payment=[payment.public_id],
                        purchase=[payment.purchase.public_id],
                        refund=[refund.public_id for refund in refunds],
                    ),
                ]
            ),
        ]

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to refund what is left, or what was never asked for, to those who may."""
        payment, user = self.object, self.request.user
        if payment.refundable_minor and user.has_perm("billing.give_refund"):
            url = reverse("refund_payment", args=[payment.pk])
            return [HeaderButton("Refund", url=url, icon_name="rotate")]
        flagged = flagged_payments().filter(pk=payment.pk)
        if user.has_perm("billing.settle_payment") and flagged.exists():
            url = reverse("give_surplus_back", args=[payment.pk])
            return [HeaderButton("Give it back", url=url, icon_name="rotate")]
        return []


def breakdown(purchase: Purchase, *, actual_fee_minor: int | None, fee_currency: str = "") -> Lines:
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
    taken_in = fee_currency or currency
    taken_as_quoted = (actual_fee_minor, taken_in) == (purchase.fee_minor, currency)
    if actual_fee_minor is not None and not taken_as_quoted:
        taken = money_text(actual_fee_minor, taken_in)
        title = f"Breakdown (the gateway took {taken}; the platform bears the difference)"
    return Lines(
        title=title, headings=["Part", "Rule", "Amount"], rows=rows, right=(2,), total=total
    )


def _exchanges(payment: Payment) -> list[Lines]:
    """Show what the gateway's balance holds in another currency; nothing where it does not."""
    rows = list(payment.conversions.select_related("refund").order_by("occurred_at", "pk"))
    if not rows:
        return []
    return [
        Lines(
            title="Exchanged by the gateway",
            headings=["When", "What", "Of the sale", "Became", "Difference left"],
            rows=[
                (
                    instant_html(row.occurred_at),
                    f"Refund {row.refund.public_id}" if row.refund else "The charge",
                    money_html(row.sale_minor, row.sale_currency),
                    money_html(row.settled_minor, row.settled_currency),
                    maybe_money(row.difference_minor or None, row.settled_currency),
                )
                for row in rows
            ],
            right=(2, 3, 4),
        )
    ]


def _happenings(
    payment: Payment, refunds: Sequence[Refund], disputes: Sequence[Dispute]
) -> list[Happening]:
    happenings = [Happening(at=payment.created_at, what="Payment created")]
    if payment.succeeded_at:
        happenings.append(Happening(at=payment.succeeded_at, what="Payment succeeded"))
    if payment.cancelled_at:
        happenings.append(Happening(at=payment.cancelled_at, what="Payment cancelled"))
    for refund in refunds:
        happenings += refund_happenings(refund)
    for dispute in disputes:
        happenings += dispute_happenings(dispute)
    purchase = payment.purchase
    if purchase.recognised_at:
        happenings.append(Happening(at=purchase.recognised_at, what="Commission earned"))
    if purchase.released_at:
        happenings.append(Happening(at=purchase.released_at, what="Mentor's share available"))
    for event in payment.events.all():
        what = f"{gateway_name(event.gateway)} event {event.type}"
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
