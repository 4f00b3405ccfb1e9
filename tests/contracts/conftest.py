"""Every gateway that the contract suite runs on, each with its stand-in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from billing.gateways.base import Gateway, IntentSnapshot
from billing.gateways.payees import PayeeStatus
from billing.gateways.registry import gateway
from kernel.ids import uuid7
from tests.billing.gateway.journey import signed
from tests.contracts.conformance.overheard import overheard  # noqa: F401
from tests.standin import StandIn


@dataclass(frozen=True, slots=True)
class Ground:
    """A gateway, and what happens around it: who pays, what its own people do."""

    port: Gateway
    standin: StandIn
    pay: Callable[[str], Any]
    decline: Callable[[str], IntentSnapshot]  # try to pay in vain; what is seen then
    refund_there: Callable[[str, int], Any]
    fail_refund: Callable[[Any], Any]  # one that was made there
    told: Callable[[], list[dict[str, Any]]]  # every event, oldest first
    sign: Callable[..., tuple[bytes, dict[str, str]]]  # an event, `at` an instant
    verify: Callable[[str, str], Any]  # (payee, "verified" or "restricted")
    fund: Callable[..., Any]  # make the platform's balance able to pay
    send_back: Callable[[str, int], Any]  # (transfer, amount)
    dispute: Callable[..., str]
    decide: Callable[..., Any]
    withdraw: Callable[[], str]  # send the balance to the platform's bank; the payout's id
    fee_minor: int  # of a sale of 100.00
    declined: str  # the code of that try
    missing: str  # the code of what is not there
    intents: str  # the path of the gateway's intents, and of its refunds, as faults match them
    refunds: str
    transfers: str
    dispute_reason: str
    inquiry_ends: str  # how an inquiry is decided that took nothing
    lose_answers: Callable[[str], Any]  # to writes of "payees" or "transfers", as long as it takes
    take_away: Callable[[str], Any]  # a payee, by its owner
    gone: PayeeStatus  # what it is then
    onboarding: dict[str, str]  # what the mentor fills in on the gateway's page
    names_currency_first: bool  # whether a payee has one before the mentor has been there
    returns_in_parts: bool  # whether a part of a transfer can come back
    refuses_restricted: bool  # a transfer, at once; else it fails
    has_secret: bool  # whether the payer's browser needs a secret
    lists_unpaid: bool  # whether the gateway lists intents that nobody has paid


def _stripe(standin: StandIn) -> Ground:
    port = gateway("stripe")

    def decline(intent_id: str) -> IntentSnapshot:
        standin.decline(intent_id)
        return port.fetch_intent(intent_id=intent_id)

    return Ground(
        port=port,
        standin=standin,
        pay=standin.pay,
        decline=decline,
        refund_there=standin.refund,
        fail_refund=lambda refund: standin.control(
            "POST", f"stripe/refunds/{refund.id}/finish", outcome="failed"
        ),
        told=standin.events,
        sign=signed,
        verify=standin.verify,
        fund=standin.fund,
        send_back=standin.send_back,
        dispute=lambda intent_id, **what: standin.control(
            "POST", "stripe/disputes", payment_intent=intent_id, **what
        )["id"],
        decide=lambda dispute_id, outcome, **what: standin.control(
            "POST", f"stripe/disputes/{dispute_id}/decide", outcome=outcome, **what
        ),
        withdraw=lambda: standin.control("POST", "stripe/payouts", currency="usd")["id"],
        fee_minor=320,  # 2.9 % of 100.00 + 0.30
        declined="generic_decline",
        missing="resource_missing",
        intents="/v1/payment_intents",
        refunds="/v1/refunds$",
        transfers="/v1/transfers$",
        dispute_reason="fraudulent",
        inquiry_ends="lost",
        lose_answers=lambda what: standin.fault(
            "error_after",
            path={"payees": "/v1/accounts", "transfers": "/v1/transfers"}[what],
            options={"sticky": True},
        ),
        take_away=standin.stripe.v1.accounts.delete,
        gone=PayeeStatus.CLOSED,
        onboarding={"state": "verified"},
        names_currency_first=True,
        returns_in_parts=True,
        refuses_restricted=True,
        has_secret=True,
        lists_unpaid=True,
    )


def _paypal(standin: StandIn) -> Ground:
    port, paypal = gateway("paypal"), standin.paypal

    def capture(order_id: str) -> IntentSnapshot:
        return port.capture_intent(intent_id=order_id, payment_id=uuid7(), attempt=1)

    def pay(order_id: str) -> IntentSnapshot:
        paypal.approve(order_id)
        return capture(order_id)

    def verify(payee_id: str, state: str) -> None:
        if state != "pending":  # nobody has connected an account yet
            words = {"verified": "active", "restricted": "restricted"}
            paypal.lever(f"merchants/{payee_id}/connect", state=words[state])

    def fund(amount: int = 100_000) -> None:
        """Take a sale of no row of ours; the fee of it is not there to be paid out."""
        order = port.create_intent(
            payment_id=uuid7(), session_id=uuid7(), amount_minor=amount, currency="USD"
        )
        pay(order.id)

    def send_back(batch_id: str, amount: int) -> None:
        paypal.lever(f"payouts/{batch_id}/finish", outcome="REFUNDED")

    def dispute(order_id: str, *, inquiry: bool = False, **what: int) -> str:
        stage = "INQUIRY" if inquiry else "CHARGEBACK"
        opened = paypal.lever("disputes", order=order_id, stage=stage, **what)
        return str(opened["dispute_id"])

    def decline(order_id: str) -> IntentSnapshot:
        paypal.approve(order_id, funding="declined")
        return capture(order_id)

    return Ground(
        port=port,
        standin=standin,
        pay=pay,
        decline=decline,
        refund_there=paypal.refund,
        fail_refund=lambda refund: paypal.lever(f"refunds/{refund['id']}/finish", outcome="FAILED"),
        told=paypal.events,
        sign=paypal.signed,
        verify=verify,
        fund=fund,
        send_back=send_back,
        dispute=dispute,
        decide=lambda dispute_id, outcome, **what: paypal.lever(
            f"disputes/{dispute_id}/decide", outcome=outcome, **what
        ),
        withdraw=lambda: paypal.lever("withdrawals", currency="USD")["transaction_info"][
            "transaction_id"
        ],
        fee_minor=398,  # 3.49 % of 100.00 + 0.49
        declined="instrument_declined",
        missing="INVALID_RESOURCE_ID",
        intents="/paypal/v2/checkout/orders",
        refunds="/paypal/v2/payments/captures/.*/refund$",
        transfers="/payments/payouts$",
        dispute_reason="unauthorised",
        inquiry_ends="won",
        lose_answers=lambda what: standin.fault(
            "error_after",
            method="POST",
            path={"payees": "/partner-referrals$", "transfers": "/payments/payouts$"}[what],
            times=3,
        ),
        take_away=lambda payee_id: paypal.lever(f"merchants/{payee_id}/disconnect"),
        gone=PayeeStatus.ONBOARDING,  # PayPal cannot tell it from one that was never there
        onboarding={"state": "active", "email": "mentor@example.com"},
        names_currency_first=False,
        returns_in_parts=False,
        refuses_restricted=False,
        has_secret=False,
        lists_unpaid=False,
    )


GROUNDS = {"stripe": _stripe, "paypal": _paypal}


@pytest.fixture(params=sorted(GROUNDS))
def ground(request: pytest.FixtureRequest, standin: StandIn) -> Ground:
    """One gateway after the other."""
    return GROUNDS[request.param](standin)
