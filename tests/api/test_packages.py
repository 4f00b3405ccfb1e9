"""Packages over HTTP, against the stand-in: offer, buy, pay, use, cancel, give back."""

from datetime import timedelta
from typing import Any

import pytest

from api.schemas.packages import OfferOut
from billing import payments
from billing.ledger.checks import check_books
from billing.models import Package, PackageOffer, Payment
from billing.payments import Outcome
from kernel import clock
from kernel.ids import parse_public_id
from messaging import safety
from tests.api.market import Market, open_market
from tests.standin import StandIn

pytestmark = pytest.mark.django_db
pytest_plugins = ["tests.standin"]


@pytest.fixture
def market(standin: StandIn) -> Market:
    return open_market()


def offered(market: Market, **changes: Any) -> Any:
    body = {
        "session_type": market.kind.public_id,
        "sessions": 3,
        "price_minor": 25_000,
        "valid_days": 90,
        **changes,
    }
    return market.ada.post("/api/packages/offers", body)


def begun(market: Market, offer_id: str, *, gateway: str = "stripe", key: str = "fresh") -> Any:
    return market.ann.post("/api/packages", {"offer_id": offer_id, "gateway": gateway}, key=key)


def bought(market: Market, standin: StandIn) -> str:
    """Offer, begin, pay in the browser and confirm; return the package's id."""
    intent = begun(market, offered(market).json()["id"]).json()
    standin.pay(intent["client_secret"].partition("_secret_")[0])
    answer = market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["payment"]["status"], found["session"]) == ("succeeded", None)
    assert found["package_id"] == intent["package_id"]
    package: str = intent["package_id"]
    return package


def use(market: Market, package: str, session: str) -> Any:
    return market.ann.post(f"/api/packages/{package}/use", {"session_id": session})


def test_a_mentor_offers_and_withdraws(market: Market) -> None:
    made = offered(market)

    assert made.status_code == 201, made.content
    listed = market.ann.get("/api/packages/offers", {"mentor": "ada"}).json()["items"]
    assert [(one["sessions"], one["price"]["amount"]) for one in listed] == [(3, 25_000)]
    offer = made.json()["id"]
    assert market.bob.post(f"/api/packages/offers/{offer}/withdraw").status_code == 404
    assert market.ada.post(f"/api/packages/offers/{offer}/withdraw").status_code == 200
    assert market.ann.get("/api/packages/offers", {"mentor": "ada"}).json()["items"] == []
    refused = begun(market, offer)
    assert (refused.status_code, refused.json()["code"]) == (409, "offer_withdrawn")


def test_a_crash_between_the_offer_and_the_answer_is_resumed_and_offers_once(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {
        "session_type": market.kind.public_id, "sessions": 3, "price_minor": 900, "valid_days": 9,
    }  # fmt: skip
    with monkeypatch.context() as crashing:
        crashing.setattr(OfferOut, "of", lambda _: 1 / 0)
        crashed = market.ada.post("/api/packages/offers", body, key="k")
    resumed = market.ada.post("/api/packages/offers", body, key="k")

    assert (crashed.status_code, resumed.status_code) == (500, 201)
    assert PackageOffer.objects.get().public_id == resumed.json()["id"]


def test_an_offer_is_for_an_own_session_type_and_of_sound_terms(market: Market) -> None:
    body = {"session_type": market.kind.public_id, "sessions": 3, "price_minor": 9, "valid_days": 9}
    assert market.bob.post("/api/packages/offers", body).status_code == 404
    assert offered(market, sessions=1).status_code == 422
    assert offered(market, sessions=100, price_minor=99).status_code == 422


def test_a_package_is_paid_used_cancelled_used_again_and_given_back(
    market: Market, standin: StandIn
) -> None:
    package = bought(market, standin)
    first, second = market.held(hours=48), market.held(hours=72)

    used = use(market, package, first)
    assert (used.status_code, used.json()["drawn"]["amount"]) == (201, 8334)
    assert used.json()["session"] == {"id": first, "status": "confirmed"}
    shown = market.ann.get(f"/api/packages/{package}").json()
    assert (shown["credits_left"], shown["unused"]["amount"]) == (2, 16_666)

    quote = market.ann.get(f"/api/sessions/{first}/cancellation-quote").json()
    assert (quote["refund"]["amount"], quote["prepaid"]["amount"]) == (0, 8334)
    market.ann.post(f"/api/sessions/{first}/cancel", {})
    assert use(market, package, second).json()["drawn"]["amount"] == 8334

    back = market.ann.post(f"/api/packages/{package}/refund")
    assert (back.status_code, back.json()["amount"]["amount"]) == (201, 16_666)
    assert market.ann.get(f"/api/packages/{package}").json()["credits_left"] == 0
    again = market.ann.post(f"/api/packages/{package}/refund")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_unused")
    refused = use(market, package, market.held(hours=96))
    assert (refused.status_code, refused.json()["code"]) == (409, "package_unusable")
    assert check_books(now=clock.now()).ok


def test_a_package_is_paid_through_paypal_by_the_same_road(
    market: Market, standin: StandIn
) -> None:
    intent = begun(market, offered(market).json()["id"], gateway="paypal").json()
    standin.paypal.approve(intent["order_id"])

    market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})

    shown = market.ann.get(f"/api/packages/{intent['package_id']}").json()
    assert (shown["credits_left"], shown["unused"]["amount"]) == (3, 25_000)
    # 3.49 % + 0.49 of 250.00, to the cent, in three parts: 9.22 = 3.07 + 3.08 + 3.07
    fees = Package.objects.get().credits.order_by("number").values_list("fee_minor", flat=True)
    assert list(fees) == [307, 308, 307]
    assert check_books(now=clock.now()).ok


def test_a_package_that_is_not_paid_in_a_day_is_given_up_and_late_money_begins_it(
    market: Market, standin: StandIn
) -> None:
    intent = begun(market, offered(market).json()["id"]).json()
    payment = Payment.objects.get()
    tomorrow = clock.now() + timedelta(hours=25)

    assert payments.settle(payment_id=payment.pk, now=clock.now()).outcome is Outcome.WAITING
    ended = payments.settle(payment_id=payment.pk, now=tomorrow)

    assert (ended.outcome, ended.payment.state) == (Outcome.CANCELLED, "cancelled")
    again = begun(market, Package.objects.get().offer.public_id, key="again").json()
    assert again["package_id"] == intent["package_id"]  # our clock still says today
    standin.pay(again["client_secret"].partition("_secret_")[0])
    late = payments.settle(payment_id=Payment.objects.latest("created_at").pk, now=tomorrow)
    assert late.outcome is Outcome.CONFIRMED
    assert Package.objects.get().begun_at is not None


def test_a_package_that_is_not_paid_pays_for_nothing(market: Market) -> None:
    intent = begun(market, offered(market).json()["id"]).json()

    refused = use(market, intent["package_id"], market.held())

    assert (refused.status_code, refused.json()["code"]) == (409, "package_unusable")


def test_beginning_twice_is_one_package_and_another_gateway_takes_over(market: Market) -> None:
    offer = offered(market).json()["id"]

    first, second = begun(market, offer).json(), begun(market, offer).json()
    elsewhere = begun(market, offer, gateway="paypal").json()

    assert first["payment_id"] == second["payment_id"] != elsewhere["payment_id"]
    assert {one["package_id"] for one in (first, second, elsewhere)} == {
        Package.objects.get().public_id
    }
    assert elsewhere["order_id"]


def test_another_clients_package_answers_like_a_missing_one(
    market: Market, standin: StandIn
) -> None:
    package = bought(market, standin)

    assert market.ben.get(f"/api/packages/{package}").status_code == 404
    assert market.ben.post(f"/api/packages/{package}/refund").status_code == 404
    assert market.ben.get("/api/packages").json()["items"] == []
    assert [one["id"] for one in market.ann.get("/api/packages").json()["items"]] == [package]


def test_a_packages_payment_is_listed_with_a_receipt_and_no_session(
    market: Market, standin: StandIn
) -> None:
    package = bought(market, standin)

    [payment] = market.ann.get("/api/payments").json()["items"]

    assert (payment["session_id"], payment["package_id"]) == (None, package)
    assert payment["receipt"]["session_starts_at"] is None
    assert payment["receipt"]["session_type"] == market.kind.name
    assert payment["receipt"]["amount"]["amount"] == 25_000


def test_nobody_sells_a_package_to_whom_they_block(market: Market) -> None:
    offer = offered(market).json()["id"]
    written = market.ann.post("/api/conversations", {"mentor": "ada", "text": "Hello."}).json()
    pk = parse_public_id("cnv", written["conversation_id"])
    safety.block(conversation_id=pk, by=market.mentor.user, now=clock.now())

    refused = begun(market, offer)

    assert (refused.status_code, refused.json()["code"]) == (409, "slot_not_offered")
    safety.unblock(conversation_id=pk, by=market.mentor.user, now=clock.now())
    assert begun(market, offer).status_code == 201
