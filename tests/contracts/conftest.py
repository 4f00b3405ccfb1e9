"""Every gateway that the contract suite runs on, each with its stand-in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from billing.gateways.base import Gateway
from billing.gateways.registry import gateway
from tests.standin import StandIn


@dataclass(frozen=True, slots=True)
class Ground:
    """A gateway, and what happens around it: who pays, what its own people do."""

    port: Gateway
    standin: StandIn
    pay: Callable[[str], Any]
    decline: Callable[[str], Any]
    refund_there: Callable[[str, int], Any]
    verify: Callable[[str, str], Any]  # (payee, "verified" or "restricted")
    fund: Callable[..., Any]  # make the platform's balance able to pay
    send_back: Callable[[str, int], Any]  # (transfer, amount)
    dispute: Callable[..., str]
    decide: Callable[..., Any]
    withdraw: Callable[[], str]  # send the balance to the platform's bank; the payout's id


def _stripe(standin: StandIn) -> Ground:
    return Ground(
        port=gateway("stripe"),
        standin=standin,
        pay=standin.pay,
        decline=standin.decline,
        refund_there=standin.refund,
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
    )


GROUNDS = {"stripe": _stripe}


@pytest.fixture(params=sorted(GROUNDS))
def ground(request: pytest.FixtureRequest, standin: StandIn) -> Ground:
    """One gateway after the other."""
    return GROUNDS[request.param](standin)
