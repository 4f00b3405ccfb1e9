"""What a session tells of its payment: the state, a decline in words, late money."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Payment
from tests.api.market import Market, open_market
from tests.standin import StandIn

pytestmark = pytest.mark.django_db

FUNDS = "pm_card_chargeDeclinedInsufficientFunds"
STOLEN = "pm_card_chargeDeclinedStolenCard"


@pytest.fixture
def market(standin: StandIn) -> Market:
    return open_market()


def begin(market: Market, session: str) -> tuple[str, str]:
    """Begin to pay; return the payment's and the intent's id."""
    body = {"session_id": session, "gateway": "stripe"}
    begun = market.ann.post("/api/payments/create-intent", body).json()
    return begun["payment_id"], begun["client_secret"].partition("_secret_")[0]


def confirm(market: Market, payment: str) -> Any:
    return market.ann.post("/api/payments/confirm", {"payment_id": payment})


def decline(standin: StandIn, intent: str, card: str) -> None:
    with pytest.raises(Exception, match=r"declined|funds"):
        standin.pay(intent, card=card)


def test_a_held_session_has_no_payment(market: Market) -> None:
    assert market.ann.get(f"/api/sessions/{market.held()}").json()["payment"] is None


def test_a_session_names_the_payment_that_was_begun(market: Market) -> None:
    session = market.held()
    payment, _ = begin(market, session)

    assert market.ann.get(f"/api/sessions/{session}").json()["payment"] == {
        "id": payment,
        "gateway": "stripe",
        "status": "pending",
        "paid_at": None,
        "refunded": {"amount": 0, "currency": "USD"},
        "late": False,
        "failure": None,
    }


def test_a_decline_says_why_and_what_to_do_until_another_card_pays(
    market: Market, standin: StandIn
) -> None:
    session = market.held()
    payment, intent = begin(market, session)
    decline(standin, intent, FUNDS)

    answer = confirm(market, payment)

    failure = {
        "code": "insufficient_funds",
        "message": "The card does not have enough money for this. Nothing was charged. Try another "
        "card, or ask your bank.",
    }
    assert (answer.status_code, answer.json()["payment"]["failure"]) == (202, failure)
    assert market.ann.get(f"/api/sessions/{session}").json()["payment"]["failure"] == failure
    assert market.ann.get(f"/api/payments/{payment}").json()["failure"] == failure

    standin.pay(intent)
    paid = confirm(market, payment).json()

    assert paid["payment"] == {"id": payment, "status": "succeeded", "failure": None}
    seen = market.ann.get(f"/api/sessions/{session}").json()
    assert (seen["status"], seen["payment"]["failure"]) == ("confirmed", None)
    assert seen["payment"]["paid_at"] is not None


def test_the_banks_deeper_reason_is_not_told(market: Market, standin: StandIn) -> None:
    payment, intent = begin(market, market.held())
    decline(standin, intent, STOLEN)

    failure = confirm(market, payment).json()["payment"]["failure"]

    assert failure["code"] == "card_declined"
    assert "stolen" not in failure["message"]


def test_the_mentor_does_not_learn_of_the_clients_card(market: Market, standin: StandIn) -> None:
    session = market.held()
    payment, intent = begin(market, session)
    decline(standin, intent, FUNDS)
    confirm(market, payment)

    assert market.ada.get(f"/api/sessions/{session}").json()["payment"]["failure"] is None
    assert market.ada.get(f"/api/payments/{payment}").json()["failure"] is None


def test_a_payment_that_we_look_at_says_not_to_pay_again(market: Market) -> None:
    session = market.held()
    begin(market, session)
    Payment.objects.update(failure_code="amount_mismatch")

    failure = market.ann.get(f"/api/sessions/{session}").json()["payment"]["failure"]

    assert failure["code"] == "under_review"
    assert "need not pay again" in failure["message"]


def test_a_paid_attempt_counts_before_a_later_one(market: Market, standin: StandIn) -> None:
    session = market.held()
    begin(market, session)
    first = Payment.objects.get()
    later = first.created_at.replace(year=first.created_at.year + 1)
    Payment.objects.filter(pk=first.pk).update(state="failed", created_at=later)
    payment, intent = begin(market, session)
    standin.pay(intent)
    confirm(market, payment)

    assert market.ann.get(f"/api/sessions/{session}").json()["payment"]["id"] == payment


def test_one_paid_session_and_three_cost_the_same_queries(market: Market, standin: StandIn) -> None:
    counts = []
    for hours in (48, 50, 52):
        payment, intent = begin(market, market.held(hours=hours))
        standin.pay(intent)
        confirm(market, payment)
        with CaptureQueriesContext(connection) as captured:
            page = market.ann.get("/api/sessions").json()
        counts.append(len(captured))
        assert all(item["payment"]["status"] == "succeeded" for item in page["items"])

    assert counts == [counts[0]] * 3
