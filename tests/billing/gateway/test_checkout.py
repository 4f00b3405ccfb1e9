"""Begin to pay: one payment and one intent for a held session, whatever is repeated or lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Client, Mentor
from billing import checkout, payments
from billing.gateways.base import GatewayUnavailable, GatewayUnknownOutcome, UnknownGateway
from billing.gateways.stripe_gateway import StripeGateway
from billing.models import CommissionRule, Payment, Purchase
from kernel.errors import NotFound, Refusal
from kernel.money import Money
from scheduling import lifecycle
from scheduling.models import Session
from tests.billing.gateway.journey import (
    EXPIRED,
    HOUR,
    NOW,
    held,
    intent_of,
    other_client,
    paid,
    start,
    together,
)
from tests.factories.scheduling import SessionTypeFactory, open_mentor
from tests.standin import StandIn


def refused(kind: type[Refusal], call: Callable[[], Any]) -> Refusal:
    """Return the refusal, having checked that it wrote nothing."""
    before = Purchase.objects.count(), Payment.objects.count()
    with pytest.raises(kind) as caught:
        call()
    assert (Purchase.objects.count(), Payment.objects.count()) == before
    return caught.value


def intents(standin: StandIn) -> list[Any]:
    return list(standin.stripe.v1.payment_intents.list({"limit": 100}).auto_paging_iter())


def test_a_start_freezes_the_split_and_hands_out_the_secret(standin: StandIn) -> None:
    session = held()

    started = start(session)

    purchase = Purchase.objects.get()
    assert (purchase.session, purchase.client, purchase.mentor) == (
        session, session.client, session.mentor,
    )  # fmt: skip
    assert (purchase.fee_bps, purchase.fee_fixed_minor, purchase.commission_bps) == (290, 30, 1500)
    assert (purchase.fee_minor, purchase.commission_minor, purchase.mentor_minor) == (
        320, 1_500, 8_180,
    )  # fmt: skip
    payment = Payment.objects.get()
    assert (payment.state, payment.amount_minor, payment.currency) == ("pending", 10_000, "USD")
    (intent,) = intents(standin)
    assert intent.id == payment.gateway_intent_id
    assert intent.metadata.to_dict() == {
        "payment_id": payment.public_id,
        "session_id": session.public_id,
    }
    assert started.client_secret == intent.client_secret
    assert started.client_secret not in repr(started)


def test_a_second_start_returns_the_same_payment_and_secret(standin: StandIn) -> None:
    session = held()

    first, second = start(session), start(session)

    assert first == second
    assert len(intents(standin)) == 1


@pytest.mark.django_db(transaction=True)
def test_starts_at_the_same_instant_make_one_payment_and_one_intent(standin: StandIn) -> None:
    session = held()

    started = together(*[lambda: start(session)] * 4)

    assert len({one.client_secret for one in started}) == 1
    assert Payment.objects.count() == 1
    assert len(intents(standin)) == 1


def test_a_new_rate_leaves_what_was_begun_alone(standin: StandIn) -> None:
    session = held()
    start(session)
    CommissionRule.objects.create(scope="default", rate_bps=2_000, effective_from=NOW)

    start(session)
    start(held(), now=NOW)

    # 15 % of what was begun before, 20 % of what was begun after.
    assert sorted(Purchase.objects.values_list("commission_minor", flat=True)) == [1_500, 2_000]


def test_a_lost_answer_is_found_again_by_our_id(standin: StandIn) -> None:
    session = held()
    # Stripe keeps even its own 500 under the key, and replays it for a day.
    standin.fault(
        "error_after", method="POST", path="/v1/payment_intents$", options={"sticky": True}
    )
    with pytest.raises(GatewayUnknownOutcome):
        start(session)
    assert Payment.objects.get().state == "created"

    payments.sweep(now=NOW + HOUR / 6)
    assert Payment.objects.get().state == "pending"
    started = start(session)

    (intent,) = intents(standin)
    assert started.client_secret == intent.client_secret
    assert started.payment.gateway_intent_id == intent.id


def test_a_crash_before_the_gateway_was_asked_is_made_up(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = held()
    with monkeypatch.context() as patch:
        patch.setattr(payments, "open_intent", lambda **_: 1 / 0)  # the power goes
        with pytest.raises(ZeroDivisionError):
            start(session)
    assert Payment.objects.get().state == "created"

    payments.sweep(now=NOW + HOUR / 6)

    assert Payment.objects.get().state == "pending"
    assert start(session).payment == Payment.objects.get()
    assert len(intents(standin)) == 1


def test_a_crash_before_a_hold_ended_leaves_no_intent_that_could_be_paid(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = StripeGateway.create_intent

    def cut_short(port: StripeGateway, **asked: Any) -> None:
        original(port, **asked)
        raise ConnectionError("the power went after the gateway had heard us")

    with monkeypatch.context() as patch:
        patch.setattr(StripeGateway, "create_intent", cut_short)
        with pytest.raises(ConnectionError):
            start(held())
    lifecycle.expire_due(now=EXPIRED)

    payments.sweep(now=EXPIRED)

    assert Payment.objects.get().state == "cancelled"
    assert [intent.status for intent in intents(standin)] == ["canceled"]


def test_past_its_keys_life_a_payment_is_looked_up_and_not_made_again(standin: StandIn) -> None:
    payment = start(held()).payment
    Payment.objects.filter(pk=payment.pk).update(gateway_intent_id=None)
    lifecycle.expire_due(now=EXPIRED)

    payments.sweep(now=NOW + timedelta(days=2))

    payment.refresh_from_db()
    assert payment.state == "cancelled"
    assert len(intents(standin)) == 1


def test_past_its_keys_life_a_payment_that_was_never_made_is_written_off(
    standin: StandIn,
) -> None:
    payment = start_without_gateway()

    settled = payments.settle(payment_id=payment.pk, now=NOW + timedelta(days=2))

    assert settled.outcome == payments.Outcome.FAILED
    assert (settled.payment.state, settled.payment.failure_code) == ("failed", "never_made")
    assert intents(standin) == []


def start_without_gateway() -> Payment:
    """A payment whose gateway was never asked."""
    session = held()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(payments, "open_intent", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            start(session)
    return Payment.objects.get(purchase__session=session)


def test_a_gateway_that_refuses_ends_the_payment(standin: StandIn) -> None:
    payment = start_without_gateway()
    standin.stripe.v1.payment_intents.create(
        {"amount": 50, "currency": "usd"}, {"idempotency_key": f"payment:{payment.pk}"}
    )

    settled = payments.settle(payment_id=payment.pk, now=NOW)

    again = payments.settle(payment_id=payment.pk, now=NOW)

    assert (settled.outcome, again.outcome) == (
        payments.Outcome.FAILED,
        payments.Outcome.UNCHANGED,
    )
    assert settled.payment.failure_code == "IdempotencyError"


def test_an_intent_cancelled_at_the_gateway_is_followed_by_a_new_payment(
    standin: StandIn,
) -> None:
    session = held()
    first = start(session).payment
    standin.stripe.v1.payment_intents.cancel(intent_of(first))

    second = start(session).payment

    first.refresh_from_db()
    assert (first.state, second.state) == ("cancelled", "pending")
    assert first != second
    assert Purchase.objects.count() == 1


def test_another_clients_session_is_not_found() -> None:
    session = held()
    stranger: Client = other_client()

    refusal = refused(
        NotFound,
        lambda: checkout.start(session_id=session.pk, client=stranger, gateway="stripe", now=NOW),
    )

    assert refusal.code == "not_found"


@pytest.mark.parametrize("swept", [False, True])
def test_an_expired_hold_is_refused(swept: bool) -> None:
    session = held()
    if swept:
        lifecycle.expire_due(now=EXPIRED)

    refusal = refused(checkout.HoldExpired, lambda: start(session, now=EXPIRED))

    assert "08:1" in refusal.detail


def test_a_paid_session_is_refused_and_settled_on_the_way(standin: StandIn) -> None:
    session = held()
    paid(standin, session)

    with pytest.raises(checkout.NotPayable, match="paid already and is now confirmed"):
        start(session)

    assert Session.objects.get().state == "confirmed"
    refused(checkout.NotPayable, lambda: start(session))


def test_a_hold_with_a_mentor_who_is_off_the_market_by_now_is_not_paid(standin: StandIn) -> None:
    session = held()
    mentor = Mentor.objects.filter(pk=session.mentor_id)
    mentor.update(status=Mentor.Status.SUSPENDED)

    refusal = refused(checkout.NotPayable, lambda: start(session))

    assert "takes no bookings any more" in refusal.detail
    mentor.update(status=Mentor.Status.LIVE)
    start(session)  # the control: by the mentor's status alone


def test_a_price_below_the_minimum_is_refused() -> None:
    session_type = open_mentor()
    cheap = SessionTypeFactory(mentor=session_type.mentor, price_minor=499)

    refusal = refused(checkout.PriceTooLow, lambda: start(held(session_type=cheap)))

    assert refusal.detail == "USD 4.99 is below the least that can be paid, USD 5.00."
    assert refusal.facts == {"least": Money(500, "USD")}


def test_a_currency_that_the_gateway_does_not_take_is_refused() -> None:
    session_type = open_mentor()
    francs = SessionTypeFactory(mentor=session_type.mentor, currency="CHF")

    refused(checkout.NotPayable, lambda: start(held(session_type=francs)))


def test_an_unknown_gateway_is_refused() -> None:
    session = held()

    refused(
        UnknownGateway,
        lambda: checkout.start(
            session_id=session.pk, client=session.client, gateway="cash", now=NOW
        ),
    )


def test_a_gateway_that_is_down_leaves_a_payment_that_can_be_taken_up(standin: StandIn) -> None:
    session = held()
    standin.fault("error_before", method="POST", path="/v1/payment_intents$", times=3)

    with pytest.raises(GatewayUnavailable):
        start(session)

    started = start(session)
    assert started.payment.state == "pending"
    assert len(intents(standin)) == 1
