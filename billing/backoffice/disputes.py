"""Disputes: the list, and one dispute with what it took, its postings and its timeline."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from billing.backoffice.answering import MAY_ANSWER, answers_tables, waits_for_answer
from billing.backoffice.filters import gateway_filter, gateway_name, people_filter, people_words
from billing.backoffice.tables import (
    DISPUTE_TONES,
    bought,
    dispute_happenings,
    ledger_lines,
    maybe_money,
    payment_link,
)
from billing.models import Dispute, DisputeLoss, GatewayEvent, Line
from billing.states import OPEN_DISPUTE_STATES, DisputeState
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    choice_filter,
    currency_filter,
    period_filter,
    state_filter,
)
from kernel.backoffice.columns import DayColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, money_html, state_html, state_words

DISPUTES = Dispute.objects.select_related(
    "payment__purchase__client__user",
    "payment__purchase__mentor__user",
    "payment__purchase__session",
    "payment__purchase__package",
).prefetch_related(
    Prefetch("losses", DisputeLoss.objects.filter(reversed_at=None), to_attr="standing")
)
OPEN = {"open": "Not decided yet", "answer": "Waits for our answer"}


def _only(disputes: QuerySet[Dispute], value: str) -> QuerySet[Dispute]:
    if value == "open":
        return disputes.filter(state__in=OPEN_DISPUTE_STATES)
    return disputes.filter(
        state__in=[DisputeState.NEEDS_RESPONSE, DisputeState.INQUIRY_NEEDS_RESPONSE]
    )


class DisputeFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(DisputeState)
    what = choice_filter("Only", OPEN, _only)
    person = people_filter("payment__purchase")
    currency = currency_filter()
    gateway = gateway_filter("payment__gateway")
    opened_at = period_filter("Opened")
    due_by = period_filter("Answer due")

    class Meta:
        model = Dispute
        fields: ClassVar[list[str]] = []


class DisputeIndexView(BusinessIndexView):
    queryset = DISPUTES
    empty = "No disputes. One appears when a client's bank asks for a payment back."
    search_hint = "dsp_…, pay_…, ses_…, e-mail, dp_… or pi_…"
    references: ClassVar[dict[str, str]] = {
        "dsp": "pk",
        "pay": "payment_id",
        "ses": "payment__purchase__session_id",
    }
    exact = (
        "gateway_dispute_id",
        "payment__gateway_intent_id",
        "payment__gateway_charge_id",
        "withdrawal_id",
        "reinstatement_id",
    )
    words = people_words("payment__purchase")
    totals: ClassVar[dict[str, Any]] = {
        "Withdrawn": Sum("withdrawn_minor"),
        "Given back": Sum("reinstated_minor"),
        "Lost": Sum("withdrawn_minor", filter=Q(state=DisputeState.LOST)),
        "Fees": Sum("fee_minor"),
    }
    default_ordering = "-opened_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="disputes:inspect"),
        StateColumn("state", tones=DISPUTE_TONES, sort_key="state"),
        DayColumn("opened_at", label="Opened", sort_key="opened_at"),
        DayColumn("due_by", label="Answer due", sort_key="due_by"),
        Column("reason", accessor=lambda dispute: state_words(dispute.reason)),
        Column("client", accessor="payment.purchase.client.user.name"),
        MoneyColumn("amount_minor", label="Disputed", sort_key="amount_minor"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Payment": "payment.public_id",
        "Session": "payment.purchase.reference",
        "Status": "state",
        "Reason": "reason",
        "Client": "payment.purchase.client.user.name",
        "Client e-mail": "payment.purchase.client.user.email",
        "Mentor": "payment.purchase.mentor.user.name",
        "Gateway": "payment.gateway",
        "Gateway dispute": "gateway_dispute_id",
        "Opened at": "opened_at",
        "Answer due": "due_by",
        "Closed at": "closed_at",
        "Disputed": amount("amount_minor"),
        "Withdrawn": amount("withdrawn_minor"),
        "Fee": amount("fee_minor"),
        "Given back": amount("reinstated_minor"),
        "Fee given back": amount("fee_returned_minor"),
        "Currency": "currency",
    }


class DisputeInspectView(BusinessInspectView):
    queryset = DISPUTES

    def facts(self) -> Sequence[tuple[str, object]]:
        dispute = self.object
        purchase = dispute.payment.purchase
        currency = dispute.currency
        return [
            ("Reference", dispute.public_id),
            ("Status", state_html(dispute.state, tone=DISPUTE_TONES[dispute.state])),
            ("Disputed", money_html(dispute.amount_minor, currency)),
            ("Paid", money_html(dispute.payment.amount_minor, dispute.payment.currency)),
            ("Withdrawn", maybe_money(dispute.withdrawn_minor, currency)),
            ("Fee", maybe_money(dispute.fee_minor, currency)),
            ("Given back", maybe_money(dispute.reinstated_minor, currency)),
            ("Fee given back", maybe_money(dispute.fee_returned_minor, currency)),
            ("Reason", state_words(dispute.reason)),
            ("Answer due", instant_html(dispute.due_by)),
            ("Client", f"{purchase.client.user.name} · {purchase.client.user.email}"),
            ("Mentor", f"{purchase.mentor.user.name} · {purchase.mentor.user.email}"),
            ("Payment", payment_link(dispute.payment)),
            bought(purchase, user=self.request.user),
            ("Gateway dispute", dispute.gateway_dispute_id),
            ("Last looked at", instant_html(dispute.seen_at)),
        ]

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to answer, while the bank waits for it, to those who may."""
        if not (self.request.user.has_perm(MAY_ANSWER) and waits_for_answer(self.object)):
            return []
        url = reverse("answer_dispute", args=[self.object.pk])
        return [HeaderButton("Answer this dispute", url=url, icon_name="mail")]

    def sections(self) -> Sequence[Component]:
        dispute = self.object
        losses = [str(pk) for pk in dispute.losses.values_list("pk", flat=True)]
        lines = Line.objects.filter(
            Q(entry__source_type="dispute", entry__source_id=str(dispute.pk))
            | Q(entry__source_type="dispute_loss", entry__source_id__in=losses)
        ).select_related("entry")
        told = GatewayEvent.objects.filter(object_id=dispute.gateway_dispute_id)
        events = [
            Happening(
                at=event.received_at,
                what=f"{gateway_name(event.gateway)} event {event.type}",
                detail=event.event_id,
            )
            for event in told.defer("payload")
        ]
        parts = [_loss(dispute, loss) for loss in dispute.standing]
        answers = dispute.answers.prefetch_related("documents").order_by("created_at", "pk")
        parts += answers_tables(answers)
        return [*parts, ledger_lines(lines), Timeline([*dispute_happenings(dispute), *events])]


def _loss(dispute: Dispute, loss: DisputeLoss) -> Lines:
    """Show who bears the loss."""
    currency = dispute.currency
    rows = [
        ("The mentor's share", money_html(loss.mentor_minor, currency)),
        ("The commission", money_html(loss.commission_minor, currency)),
        ("The gateway fee's recovery", money_html(loss.fee_minor, currency)),
        ("More than was left (the platform)", money_html(loss.excess_minor, currency)),
    ]
    return Lines(
        title="Who bears the loss",
        headings=["Part", "Amount"],
        rows=rows,
        right=(1,),
        total=("Lost", money_html(loss.amount_minor, currency)),
    )


class DisputeViewSet(ReadOnlyViewSet):
    model = Dispute
    name = "disputes"
    icon = "lock"
    menu_label = "Disputes"
    menu_order = 25
    index_view_class = DisputeIndexView
    inspect_view_class = DisputeInspectView
    filterset_class = DisputeFilters
