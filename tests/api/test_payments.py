"""Payments over HTTP, against the stand-in: begin, pay, confirm, webhook, refund, look."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from django.contrib.auth.models import Group

from accounts import roles
from api.routers import sessions
from billing import client_credit
from billing.models import Discount, FeeSchedule, GatewayEvent, Payment, Refund
from kernel import clock, tasks
from kernel.models import IdempotencyRecord
from kernel.money import Money
from scheduling.models import Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import UserFactory
from tests.paypal_standin import CLIENT_ID
from tests.standin import WEBHOOK_SECRET, StandIn

INTENT_FIELDS = {
    "payment_id",
    "gateway",
    "price",
    "discount",
    "credit",
    "amount",
    "client_secret",
    "publishable_key",
    "order_id",
    "client_id",
}

pytestmark = pytest.mark.django_db
pytest_plugins = ["tests.standin"]


@pytest.fixture
def market(standin: StandIn) -> Market:
    return open_market()


def begin(market: Market, session: str, *, key: str = "fresh") -> Any:
    body = {"session_id": session, "gateway": "stripe"}
    return market.ann.post("/api/payments/create-intent", body, key=key)


def pay(standin: StandIn, intent: Any) -> None:
    """Pay as the payer's browser does."""
    standin.pay(intent["client_secret"].partition("_secret_")[0])


def paid(market: Market, standin: StandIn, *, hours: int = 48) -> tuple[str, str]:
    """Hold, pay and confirm; return the session's and the payment's id."""
    session = market.held(hours=hours)
    intent = begin(market, session).json()
    pay(standin, intent)
    answer = market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})
    assert answer.status_code == 200, answer.content
    return session, intent["payment_id"]


def test_an_amount_that_the_gateway_cannot_say_is_a_refusal_with_its_reason(
    market: Market,
) -> None:
    FeeSchedule.objects.create(
        gateway="paypal",
        currency="HUF",
        bps=349,
        fixed_minor=14_900,
        minimum_price_minor=100_000,
        effective_from=datetime(2020, 1, 1, tzinfo=UTC),
    )
    session = market.held()
    Session.objects.update(price_minor=1_500_050, currency="HUF")

    body = {"session_id": session, "gateway": "paypal"}
    answer = market.ann.post("/api/payments/create-intent", body, key="fine")

    assert (answer.status_code, answer.json()["code"]) == (409, "amount_too_fine")
    assert not Payment.objects.exists()


def test_an_intent_names_the_payment_and_what_the_page_needs(market: Market) -> None:
    answer = begin(market, market.held())

    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == INTENT_FIELDS
    assert (body["order_id"], body["client_id"]) == (None, None)
    assert body["payment_id"].startswith("pay_")
    assert body["amount"] == {"amount": 10_000, "currency": "USD"}
    assert body["publishable_key"].startswith("pk_test_")
    assert "_secret_" in body["client_secret"]


def test_a_discount_code_lowers_what_is_left_to_pay(market: Market) -> None:
    Discount.objects.create(
        code="SPRING",
        name="Spring",
        bearer="platform",
        amount_minor=2000,
        currency="USD",
        starts_at=clock.now(),
        created_at=clock.now(),
    )
    body = {"session_id": market.held(), "gateway": "stripe", "discount_code": "spring"}

    answer = market.ann.post("/api/payments/create-intent", body, key="coded").json()

    assert [answer[name]["amount"] for name in ("price", "discount", "amount")] == [
        10_000, 2000, 8000,
    ]  # fmt: skip


def test_credit_pays_for_a_session_alone(market: Market) -> None:
    client_credit.grant(
        client=market.ann_client,
        amount=Money(12_000, "USD"),
        by="usr_finance",
        reason="Our fault.",
        key="test",
        now=clock.now(),
    )
    body = {"session_id": market.held()}

    refused = market.ann.post(
        "/api/payments/create-intent", {**body, "gateway": "stripe", "use_credit": True}, key="a"
    )
    covered = market.ann.post("/api/payments/cover", body, key="b")

    assert refused.json()["code"] == "nothing_to_pay"
    assert covered.status_code == 201, covered.content
    assert covered.json()["session"]["status"] == "confirmed"
    assert covered.json()["credit"]["amount"] == 10_000
    credit = market.ann.get("/api/credit").json()
    assert credit["balances"] == [{"amount": 2000, "currency": "USD"}]
    assert [row["kind"] for row in credit["movements"]] == ["spent", "goodwill"]
    assert len(credit["referral_code"]) == 8


def test_an_unknown_discount_code_is_refused_with_its_reason(market: Market) -> None:
    body = {"session_id": market.held(), "gateway": "stripe", "discount_code": "NOPE"}

    answer = market.ann.post("/api/payments/create-intent", body, key="coded")

    assert answer.status_code == 409
    assert answer.json()["code"] == "discount_unknown"
    assert Payment.objects.count() == 0


def test_paypal_is_paid_by_an_order_that_the_payer_approves(
    market: Market, standin: StandIn
) -> None:
    session = market.held()
    body = {"session_id": session, "gateway": "paypal"}
    first = market.ann.post("/api/payments/create-intent", body, key="k")
    again = market.ann.post("/api/payments/create-intent", body, key="k")

    intent = first.json()
    assert set(intent) == INTENT_FIELDS
    assert (intent["gateway"], intent["client_id"]) == ("paypal", CLIENT_ID)
    assert (intent["client_secret"], intent["publishable_key"]) == (None, None)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")

    waits = market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})
    standin.paypal.approve(intent["order_id"])
    paid = market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})

    assert (waits.status_code, paid.status_code) == (202, 200)
    assert paid.json()["session"] == {"id": session, "status": "confirmed"}


def test_a_webhook_of_paypals_is_taken_and_a_forged_one_refused(
    market: Market, standin: StandIn
) -> None:
    session = market.held()
    intent = market.ann.post(
        "/api/payments/create-intent", {"session_id": session, "gateway": "paypal"}, key="k"
    ).json()
    standin.paypal.approve(intent["order_id"])
    (event,) = standin.paypal.events()
    body, headers = standin.paypal.signed(event, at=clock.now())

    def deliver(body: bytes) -> Any:
        return market.ann._client.post(
            "/api/payments/webhook/paypal", body, content_type="application/json", headers=headers
        )

    forged, taken = deliver(body + b" "), deliver(body)

    assert (forged.status_code, forged.json()["code"]) == (400, "bad_signature")
    assert (taken.status_code, taken.json()) == (200, {"received": True})
    assert GatewayEvent.objects.get().intent_id == intent["order_id"]


def test_a_repetition_answers_the_same_bytes_and_stores_no_secret(market: Market) -> None:
    session = market.held()

    first, again = begin(market, session, key="k"), begin(market, session, key="k")

    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    stored = b"".join(bytes(record.body or b"") for record in IdempotencyRecord.objects.all())
    assert first.json()["client_secret"].encode() not in stored
    assert Payment.objects.count() == 1


def test_another_key_for_the_same_hold_gives_the_same_payment(market: Market) -> None:
    session = market.held()

    first, second = begin(market, session).json(), begin(market, session).json()

    assert second == first


def test_a_payment_confirms_the_session(market: Market, standin: StandIn) -> None:
    session, payment = paid(market, standin)

    assert market.ann.get(f"/api/sessions/{session}").json()["status"] == "confirmed"
    seen = market.ann.get(f"/api/payments/{payment}").json()
    assert (seen["status"], seen["session_id"]) == ("succeeded", session)
    assert seen["receipt"]["amount"] == {"amount": 10_000, "currency": "USD"}
    assert seen["receipt"]["mentor"] == "Ada Adams"
    assert seen["receipt"]["client"] == "Ann"
    assert (seen["refunds"], seen["breakdown"]) == ([], None)


def test_the_mentor_sees_the_split_of_100_dollars(market: Market, standin: StandIn) -> None:
    _, payment = paid(market, standin)

    seen = market.ada.get(f"/api/payments/{payment}").json()

    # 2.9 % of 100.00 + 0.30 = 3.20; 15 % = 15.00; 100.00 − 3.20 − 15.00 = 81.80
    assert seen["breakdown"] == {"gateway_fee": 320, "commission": 1500, "mentor_share": 8180}


def test_an_unpaid_intent_is_a_202(market: Market) -> None:
    intent = begin(market, market.held()).json()

    answer = market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})

    assert answer.status_code == 202
    assert answer.json()["session"]["status"] == "pending"


def test_money_that_came_too_late_says_that_it_goes_back(market: Market, standin: StandIn) -> None:
    session = market.held()
    intent = begin(market, session).json()
    Session.objects.update(expires_at=clock.now())
    taken = market.ben.post("/api/sessions", {"slot_token": market.slot()[1]})
    pay(standin, intent)

    answer = market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})

    assert taken.status_code == 201
    assert answer.status_code == 200
    assert answer.json()["session"] == {"id": session, "status": "expired"}
    (refund,) = answer.json()["refunds"]
    assert refund["amount"] == {"amount": 10_000, "currency": "USD"}
    assert refund["cause"] == "late_payment"


def test_the_webhook_alone_confirms_the_session(market: Market, standin: StandIn) -> None:
    session = market.held()
    pay(standin, begin(market, session).json())

    for event in standin.events():
        answer = deliver(event)
        assert (answer.status_code, answer.json()) == (200, {"received": True})
    tasks.drain()

    assert market.ann.get(f"/api/sessions/{session}").json()["status"] == "confirmed"


def deliver(event: dict[str, Any]) -> Any:
    """Deliver an event as Stripe would: JSON, signed over its raw bytes."""
    body = json.dumps(event)
    signature = stripe.WebhookSignature.generate_signature_header(body, WEBHOOK_SECRET)
    headers = {"Stripe-Signature": signature}
    return Caller()._client.post(
        "/api/payments/webhook/stripe", body, content_type="application/json", headers=headers
    )


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "t=x,v1=é", "x" * 5000])
def test_a_forged_webhook_is_refused_and_writes_nothing(market: Market, signature: str) -> None:
    answer = Caller().post(
        "/api/payments/webhook/stripe", {"id": "evt_1"}, key=None, **{"Stripe-Signature": signature}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_signature")
    assert GatewayEvent.objects.count() == 0


@pytest.mark.parametrize(("hours", "refund", "keeps"), [(30, 10_000, 0), (3, 5_000, 5_000)])
def test_a_cancellation_refunds_what_the_quote_said(
    market: Market, standin: StandIn, hours: int, refund: int, keeps: int
) -> None:
    session, payment = paid(market, standin, hours=hours)

    quote = market.ann.get(f"/api/sessions/{session}/cancellation-quote").json()
    cancelled = market.ann.post(f"/api/sessions/{session}/cancel", {"reason": "Ill"}).json()
    tasks.drain()

    assert quote["refund"] == {"amount": refund, "currency": "USD"}
    assert quote["keeps"] == {"amount": keeps, "currency": "USD"}
    assert cancelled["refund"]["amount"] == quote["refund"]
    (seen,) = market.ann.get(f"/api/payments/{payment}").json()["refunds"]
    assert (seen["amount"], seen["status"]) == (quote["refund"], "succeeded")


def test_the_quote_says_when_the_refund_next_becomes_less(market: Market, standin: StandIn) -> None:
    session, _ = paid(market, standin, hours=30)

    quote = market.ann.get(f"/api/sessions/{session}/cancellation-quote").json()

    starts_at = market.slot(hours=30)[0]
    before = starts_at - datetime.fromisoformat(quote["changes_at"])
    assert before.total_seconds() == 24 * 3600


def test_a_crash_after_the_cancellation_is_resumed(
    market: Market, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = paid(market, standin)
    with monkeypatch.context() as crashing:
        crashing.setattr(sessions, "refund_by_id", lambda _: 1 / 0)
        crashed = market.ann.post(f"/api/sessions/{session}/cancel", {}, key="k")
    resumed = market.ann.post(f"/api/sessions/{session}/cancel", {}, key="k")

    assert (crashed.status_code, resumed.status_code) == (500, 200)
    assert resumed.json()["refund"]["amount"] == {"amount": 10_000, "currency": "USD"}
    assert Refund.objects.count() == 1


def test_others_payments_answer_like_missing_ones(market: Market, standin: StandIn) -> None:
    _, payment = paid(market, standin)

    answers = [
        market.ben.get(f"/api/payments/{payment}"),
        market.bob.get(f"/api/payments/{payment}"),
        market.ben.post("/api/payments/confirm", {"payment_id": payment}),
        market.ann.get("/api/payments/pay_" + "0" * 26),
        market.ann.post("/api/payments/confirm", {"payment_id": "x"}),
    ]

    bodies = [answer.json() for answer in answers]
    for body in bodies:
        del body["request_id"]
    assert bodies == [bodies[0]] * 5
    assert bodies[0]["status"] == 404


def test_another_clients_hold_cannot_be_paid_for(market: Market) -> None:
    session = market.held()

    stranger = market.ben.post(
        "/api/payments/create-intent", {"session_id": session, "gateway": "stripe"}
    )
    mentor = market.ada.post(
        "/api/payments/create-intent", {"session_id": session, "gateway": "stripe"}
    )

    assert (stranger.status_code, mentor.status_code) == (404, 403)
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {"session_id": "ses_x"},
        {"session_id": "ses_x", "gateway": "bank"},
        {"session_id": 7, "gateway": "stripe"},
        {"session_id": "ses_x", "gateway": "stripe", "amount": 1},
    ],
)
def test_a_body_with_unknown_or_missing_fields_is_a_422(market: Market, body: Any) -> None:
    assert market.ann.post("/api/payments/create-intent", body).status_code == 422


def test_lists_show_the_own_payments_only(market: Market, standin: StandIn) -> None:
    _, payment = paid(market, standin)

    def listed(caller: Caller) -> list[str]:
        return [item["id"] for item in caller.get("/api/payments").json()["items"]]

    assert (listed(market.ann), listed(market.ada)) == ([payment], [payment])
    assert (listed(market.ben), listed(market.bob)) == ([], [])


def test_an_auditor_reads_anybodys_payment_and_has_none_of_it_among_the_own(
    market: Market, standin: StandIn
) -> None:
    _, payment = paid(market, standin)
    auditor = UserFactory()
    auditor.groups.add(Group.objects.get(name=roles.AUDITOR))
    caller = Caller(auditor)

    assert caller.get(f"/api/payments/{payment}").json()["receipt"]["client"] == "Ann"
    assert caller.get("/api/payments").json()["items"] == []
