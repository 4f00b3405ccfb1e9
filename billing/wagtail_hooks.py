"""Finance in the back office's menu, and what finance adds to a session's screen."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSetGroup

from billing.backoffice import books, market_reports
from billing.backoffice.answering import AnswerDisputeView, document
from billing.backoffice.bank import (
    BankAccountViewSet,
    BankStatementViewSet,
    GatewayPayoutViewSet,
)
from billing.backoffice.bank_dialogs import AddAccountView, LookView, UploadView
from billing.backoffice.break_dialogs import AskGatewayView, DecideAnswerView, ResolveBreakView
from billing.backoffice.breaks import BreakViewSet
from billing.backoffice.costs import CostViewSet
from billing.backoffice.covered_dialog import GiveCoveredBackView, covered_table
from billing.backoffice.credit import CreditViewSet, GrantCreditView
from billing.backoffice.discount_dialogs import AddDiscountView, SwitchDiscountOffView
from billing.backoffice.discounts import DiscountViewSet
from billing.backoffice.disputes import DisputeViewSet
from billing.backoffice.gateway_events import GatewayEventViewSet
from billing.backoffice.hold_dialogs import LiftHoldView, PlaceHoldView
from billing.backoffice.incident_dialog import DecideIncidentView, way_to_decide
from billing.backoffice.ledger import EntryViewSet
from billing.backoffice.lines import LineViewSet
from billing.backoffice.mentor_balances import MentorBalanceViewSet
from billing.backoffice.packages import PackageViewSet
from billing.backoffice.payments import PaymentViewSet
from billing.backoffice.payout_accounts import PayoutAccountViewSet
from billing.backoffice.payout_dialogs import (
    ApproveRunView,
    BuildRunView,
    DiscardRunView,
    FreezeRunView,
    ReassignPayoutView,
    SendRunAgainView,
)
from billing.backoffice.payout_pack import RunPrintView, RunProgressView, RunSheetView
from billing.backoffice.payout_runs import PayoutRunViewSet
from billing.backoffice.payout_statement import StatementPrintView, StatementSheetView
from billing.backoffice.payouts import PayoutViewSet
from billing.backoffice.periods import PeriodViewSet
from billing.backoffice.policies import MAY_SEE, AddPolicyView, PoliciesView
from billing.backoffice.rates import AddRateView, RatesView
from billing.backoffice.refund_dialog import RefundPaymentView
from billing.backoffice.refunds import RefundViewSet
from billing.backoffice.replay_dialog import ReplayEventView
from billing.backoffice.reserves import KeepReserveView, LetReserveGoView
from billing.backoffice.rules import AddLimitView, RulesView, SetCutOffView
from billing.backoffice.session_dialogs import (
    CancelSessionView,
    CompleteSessionView,
    legal_moves,
)
from billing.backoffice.settling import SettleRefundView, ToSettleView
from billing.backoffice.surplus_dialog import GiveSurplusBackView
from billing.backoffice.tables import PAYMENT_TONES, payment_link
from billing.backoffice.today import (
    disputes_to_answer,
    drifting_fees,
    failed_gateway_events,
    open_breaks,
    payouts_due,
    to_settle,
)
from billing.backoffice.write_offs import AskWriteOffView, DecideWriteOffView
from billing.models import Payment
from kernel.backoffice.components import Lines
from kernel.backoffice.contributions import add_finder, add_leads, add_sections
from kernel.backoffice.search import by_reference
from kernel.backoffice.today import add_queue
from kernel.display import instant_html, money_html, state_html
from scheduling.models import Incident, Session


class ToSettle(MenuItem):  # type: ignore[misc]
    """The queue of what waits for a person."""

    def __init__(self) -> None:
        super().__init__("To settle", reverse("to_settle"), icon_name="tasks", order=1)

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("billing.view_refund"))


class Rates(MenuItem):  # type: ignore[misc]
    """The dated rates."""

    def __init__(self) -> None:
        super().__init__("Rates", reverse("rates"), icon_name="calendar", order=900)

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("billing.view_payoutrun"))


class Rules(MenuItem):  # type: ignore[misc]
    """What reconciliation goes by."""

    def __init__(self) -> None:
        super().__init__(
            "Reconciliation rules", reverse("reconciliation_rules"), icon_name="cog", order=910
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("billing.view_break"))


class Policies(MenuItem):  # type: ignore[misc]
    """The terms of cancelling."""

    def __init__(self) -> None:
        super().__init__(
            "Cancellation policies", reverse("policies"), icon_name="doc-full", order=300
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_SEE))


class FinanceGroup(ViewSetGroup):  # type: ignore[misc]
    menu_label = "Finance"
    menu_icon = "cf-card"
    menu_order = 530
    items = (
        PaymentViewSet,
        PackageViewSet,
        RefundViewSet,
        DisputeViewSet,
        DiscountViewSet,
        CreditViewSet,
        PayoutRunViewSet,
        PayoutViewSet,
        PayoutAccountViewSet,
        MentorBalanceViewSet,
        EntryViewSet,
        LineViewSet,
        CostViewSet,
        PeriodViewSet,
        BreakViewSet,
        GatewayPayoutViewSet,
        BankStatementViewSet,
        BankAccountViewSet,
        GatewayEventViewSet,
    )

    def get_submenu_items(self) -> list[MenuItem]:
        """Put the queue before the lists: it is what finance opens first."""
        return [ToSettle(), *super().get_submenu_items(), Rates(), Rules()]


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_finance() -> FinanceGroup:
    return FinanceGroup()


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_settling() -> list[URLPattern]:
    return [
        *books.URLS,
        path("to-settle/", ToSettleView.as_view(), name="to_settle"),
        path("to-settle/<uuid:pk>/", SettleRefundView.as_view(), name="settle_refund"),
        path("rates/", RatesView.as_view(), name="rates"),
        path("rates/<slug:kind>/add/", AddRateView.as_view(), name="add_rate"),
        path("debts/<str:pk>/write-off/", AskWriteOffView.as_view(), name="ask_write_off"),
        path("write-offs/<uuid:pk>/", DecideWriteOffView.as_view(), name="decide_write_off"),
        path("payments/<uuid:pk>/refund/", RefundPaymentView.as_view(), name="refund_payment"),
        path(
            "payments/<uuid:pk>/surplus/", GiveSurplusBackView.as_view(), name="give_surplus_back"
        ),
        path(
            "payments/<uuid:pk>/surplus/<str:intent>/",
            GiveSurplusBackView.as_view(),
            name="give_charge_back",
        ),
        path("purchases/<uuid:pk>/back/", GiveCoveredBackView.as_view(), name="give_covered_back"),
        path("gateway-events/<uuid:pk>/replay/", ReplayEventView.as_view(), name="replay_event"),
        path("payout-runs/build/", BuildRunView.as_view(), name="build_run"),
        path("payout-runs/<uuid:pk>/freeze/", FreezeRunView.as_view(), name="freeze_run"),
        path("payout-runs/<uuid:pk>/approve/", ApproveRunView.as_view(), name="approve_run"),
        path("payout-runs/<uuid:pk>/discard/", DiscardRunView.as_view(), name="discard_run"),
        path("payout-runs/<uuid:pk>/send/", SendRunAgainView.as_view(), name="send_run_again"),
        path("payout-runs/<uuid:pk>/progress/", RunProgressView.as_view(), name="run_progress"),
        path("payout-runs/<uuid:pk>/sheet/", RunSheetView.as_view(), name="run_sheet"),
        path("payout-runs/<uuid:pk>/print/", RunPrintView.as_view(), name="run_print"),
        path(
            "payouts/<uuid:pk>/statement/sheet/",
            StatementSheetView.as_view(),
            name="statement_sheet",
        ),
        path(
            "payouts/<uuid:pk>/statement/print/",
            StatementPrintView.as_view(),
            name="statement_print",
        ),
        path("payouts/<uuid:pk>/reassign/", ReassignPayoutView.as_view(), name="reassign_payout"),
        path("mentor-balances/<str:pk>/hold/", PlaceHoldView.as_view(), name="place_hold"),
        path("mentor-balances/<str:pk>/lift/", LiftHoldView.as_view(), name="lift_hold"),
        path("disputes/<uuid:pk>/answer/", AnswerDisputeView.as_view(), name="answer_dispute"),
        path("disputes/document/<uuid:pk>/", document, name="answer_document"),
    ]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_settings() -> list[URLPattern]:
    return [
        path("discounts/add/", AddDiscountView.as_view(), name="add_discount"),
        path(
            "discounts/<uuid:pk>/off/", SwitchDiscountOffView.as_view(), name="switch_discount_off"
        ),
        path("mentor-balances/<str:pk>/keep/", KeepReserveView.as_view(), name="keep_reserve"),
        path("reserves/<uuid:pk>/release/", LetReserveGoView.as_view(), name="let_reserve_go"),
        path("reconciliation-rules/", RulesView.as_view(), name="reconciliation_rules"),
        path("reconciliation-rules/limit/", AddLimitView.as_view(), name="add_limit"),
        path(
            "reconciliation-rules/<slug:gateway>/cut-off/",
            SetCutOffView.as_view(),
            name="set_cut_off",
        ),
        path("credit/give/", GrantCreditView.as_view(), name="grant_credit"),
    ]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_reconciling() -> list[URLPattern]:
    return [
        path("breaks/<uuid:pk>/resolve/", ResolveBreakView.as_view(), name="resolve_break"),
        path("breaks/<uuid:pk>/decide/", DecideAnswerView.as_view(), name="decide_answer"),
        path("breaks/<uuid:pk>/ask/", AskGatewayView.as_view(), name="ask_gateway"),
        path("bank-accounts/add/", AddAccountView.as_view(), name="add_bank_account"),
        path("bank-statements/bring-in/", UploadView.as_view(), name="bring_in_statement"),
        path("bank-statements/look/<uuid:token>/", LookView.as_view(), name="look_statement"),
    ]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_moving_sessions() -> list[URLPattern]:
    return [
        path("sessions/<uuid:pk>/cancel/", CancelSessionView.as_view(), name="cancel_session"),
        path(
            "sessions/<uuid:pk>/complete/", CompleteSessionView.as_view(), name="complete_session"
        ),
        path("policies/", PoliciesView.as_view(), name="policies"),
        path("policies/add/", AddPolicyView.as_view(), name="add_policy"),
        path("incidents/<uuid:pk>/decide/", DecideIncidentView.as_view(), name="decide_incident"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def cancellation_policies() -> MenuItem:
    return Policies()


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_market_reports() -> list[URLPattern]:
    return market_reports.URLS


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def reports_of_the_market() -> MenuItem:
    return market_reports.MarketReports()


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def finance_reports() -> MenuItem:
    return books.FinanceReports()


def payments_of_session(session: Session, user: Any) -> Sequence[Component]:
    """Add a session's payments to its screen, for those who may see payments."""
    if not user.has_perm("billing.view_payment"):
        return []
    payments = Payment.objects.filter(purchase__session=session).order_by("created_at", "pk")
    return [
        *covered_table(session, user=user),
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
        ),
    ]


def session_by_payment(query: str) -> Q:
    """Find a session by the gateway's id of its payment, or by ours."""
    paid = Payment.objects.filter(
        Q(gateway_intent_id=query) | Q(gateway_charge_id=query) | by_reference("pay", query)
    )
    return Q(pk__in=paid.values("purchase__session_id"))


add_queue("billing.view_refund", to_settle, order=30)
add_queue("billing.view_dispute", disputes_to_answer, order=35)
add_queue("billing.view_mentorbalance", payouts_due, order=40)
add_queue("billing.view_periodclose", books.periods_to_close, order=45)
add_queue("billing.view_break", open_breaks, order=50)
add_queue("billing.view_line", drifting_fees, order=55)
add_queue("billing.view_gatewayevent", failed_gateway_events, order=70)
add_sections(Session, payments_of_session)
add_leads(Session, legal_moves)
add_leads(Incident, way_to_decide)
add_finder(Session, session_by_payment)
