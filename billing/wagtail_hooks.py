"""Finance in the back office's menu, and what finance adds to a session's screen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSetGroup

from billing.backoffice.breaks import BreakViewSet
from billing.backoffice.disputes import DisputeViewSet
from billing.backoffice.gateway_events import GatewayEventViewSet
from billing.backoffice.ledger import EntryViewSet
from billing.backoffice.mentor_balances import MentorBalanceViewSet
from billing.backoffice.payments import PaymentViewSet
from billing.backoffice.payout_runs import PayoutRunViewSet
from billing.backoffice.payouts import PayoutViewSet
from billing.backoffice.refunds import RefundViewSet
from billing.backoffice.settling import (
    SettleRefundView,
    ToSettleView,
    flagged_payments,
    owed_after_disputes,
    stuck_refunds,
)
from billing.backoffice.tables import PAYMENT_TONES, payment_link
from billing.models import Break, Dispute, GatewayEvent, Payment
from billing.states import DisputeState, GatewayEventState
from kernel.backoffice.components import Lines
from kernel.backoffice.contributions import add_finder, add_sections
from kernel.backoffice.search import by_reference
from kernel.backoffice.today import Figure, add_figure
from kernel.display import instant_html, money_html, state_html
from scheduling.models import Session


class ToSettle(MenuItem):  # type: ignore[misc]
    """The queue of what waits for a person."""

    def __init__(self) -> None:
        super().__init__("To settle", reverse("to_settle"), icon_name="tasks", order=1)

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("billing.view_refund"))


class FinanceGroup(ViewSetGroup):  # type: ignore[misc]
    menu_label = "Finance"
    menu_icon = "cf-card"
    menu_order = 230
    items = (
        PaymentViewSet,
        RefundViewSet,
        DisputeViewSet,
        PayoutRunViewSet,
        PayoutViewSet,
        MentorBalanceViewSet,
        EntryViewSet,
        BreakViewSet,
        GatewayEventViewSet,
    )

    def get_submenu_items(self) -> list[MenuItem]:
        """Put the queue before the lists: it is what finance opens first."""
        return [ToSettle(), *super().get_submenu_items()]


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_finance() -> FinanceGroup:
    return FinanceGroup()


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_settling() -> list[URLPattern]:
    return [
        path("to-settle/", ToSettleView.as_view(), name="to_settle"),
        path("to-settle/<uuid:pk>/", SettleRefundView.as_view(), name="settle_refund"),
    ]


def payments_of_session(session: Session, user: Any) -> Sequence[Component]:
    """Add a session's payments to its screen, for those who may see payments."""
    if not user.has_perm("billing.view_payment"):
        return []
    payments = Payment.objects.filter(purchase__session=session).order_by("created_at", "pk")
    return [
        Lines(
            title="Payments",
            headings=["Reference", "Status", "Created", "Refunded", "Amount"],
            rows=[
                (
                    payment_link(payment),
                    state_html(payment.state, tone=PAYMENT_TONES[payment.state]),
                    instant_html(payment.created_at),
                    money_html(payment.refunded_minor, payment.currency),
                    money_html(payment.amount_minor, payment.currency),
                )
                for payment in payments
            ],
            right=(3, 4),
            empty="Nobody has begun to pay for this session.",
        )
    ]


def session_by_payment(query: str) -> Q:
    """Find a session by the gateway's id of its payment, or by ours."""
    paid = Payment.objects.filter(
        Q(gateway_intent_id=query) | Q(gateway_charge_id=query) | by_reference("pay", query)
    )
    return Q(pk__in=paid.values("purchase__session_id"))


def open_breaks(now: datetime) -> Figure:
    """Count open breaks and say how old the oldest is."""
    found = Break.objects.filter(state=Break.State.OPEN).aggregate(
        count=Count("pk"), oldest=Min("opened_at")
    )
    return Figure(
        label="open breaks",
        value=found["count"],
        url=f"{reverse('breaks:index')}?state=open",
        detail=f"the oldest for {(now - found['oldest']).days} days" if found["oldest"] else "",
        alarming=True,
    )


def unfinished_gateway_events(_now: datetime) -> Figure:
    """Count webhooks that failed for good."""
    return Figure(
        label="failed gateway events",
        value=GatewayEvent.objects.filter(state=GatewayEventState.FAILED).count(),
        url=f"{reverse('gateway-events:index')}?state=failed",
        alarming=True,
    )


def waiting_for_finance(_now: datetime) -> Figure:
    """Count what waits for a person: failed refunds, odd payments, shares held up by disputes."""
    rows = (stuck_refunds(), flagged_payments(), owed_after_disputes())
    return Figure(
        label="to settle",
        value=sum(found.count() for found in rows),
        url=reverse("to_settle"),
        detail="refunds that failed, payments that differ",
        alarming=True,
    )


def disputes_to_answer(_now: datetime) -> Figure:
    """Count disputes that wait for our answer, and say when the first is due."""
    found = Dispute.objects.filter(
        state__in=[DisputeState.NEEDS_RESPONSE, DisputeState.INQUIRY_NEEDS_RESPONSE]
    ).aggregate(count=Count("pk"), first=Min("due_by"))
    return Figure(
        label="disputes to answer",
        value=found["count"],
        url=f"{reverse('disputes:index')}?what=answer&ordering=due_by",
        detail=f"the first by {found['first']:%-d %b %Y}" if found["first"] else "",
        alarming=True,
    )


add_figure("billing.view_refund", waiting_for_finance)
add_figure("billing.view_dispute", disputes_to_answer)
add_figure("billing.view_break", open_breaks)
add_figure("billing.view_gatewayevent", unfinished_gateway_events)
add_sections(Session, payments_of_session)
add_finder(Session, session_by_payment)
