"""Refunds: promised once, ordered once, applied forward only; refusals change nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from billing import refunds
from billing.fees import Bearer
from billing.gateways.base import (
    GatewayRefused,
    GatewayUnavailable,
    RefundSnapshot,
    RefundStatus,
)
from billing.gateways.registry import gateway
from billing.models import Entry, Payment, Refund
from kernel.ids import public_id
from kernel.models import Job
from notifications.models import Email
from tests.billing.ledger.books import EARLY, ENDED, HOLD_OVER, balances_of, earn, gateway_says
from tests.billing.ledger.books import refund as promised
from tests.factories import sessions
from tests.factories.billing import PAID_AT, capture, open_payment, paid_session
from tests.standin import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    return paid_session()[1]


def snapshot(
    gateway_id: str,
    *,
    amount_minor: int = 3333,
    status: RefundStatus = RefundStatus.SUCCEEDED,
    created_at: datetime = EARLY,
    refund: Refund | None = None,
) -> RefundSnapshot:
    return RefundSnapshot(
        id=gateway_id,
        status=status,
        amount_minor=amount_minor,
        currency="USD",
        charge_id=None,
        intent_id=None,
        balance_transaction_id=None,
        failure_code="",
        created_at=created_at,
        metadata={"refund_id": public_id("rfd", refund.pk)} if refund else {},
    )


def observe(payment: Payment, seen: RefundSnapshot, *, at: datetime = HOLD_OVER) -> Refund | None:
    with transaction.atomic():
        return refunds.observe(payment_id=payment.pk, snapshot=seen, now=at)


def state_of_the_world(payment: Payment) -> tuple[object, ...]:
    payment.refresh_from_db()
    rows = Refund.objects.order_by("pk").values_list("pk", "state", "gateway_refund_id")
    return (
        balances_of(payment),
        list(rows),
        Entry.objects.count(),
        payment.refunded_minor,
        payment.pending_refund_minor,
        Email.objects.count(),
        Job.objects.count(),
    )


def create(payment: Payment, **changes: Any) -> Refund:
    facts: dict[str, Any] = {
        "share_minor": 5000,
        "cause": "goodwill",
        "bearer": "platform",
        "requested_by": "usr_1",
        "key": "once",
        "now": EARLY,
    }
    with transaction.atomic():
        return refunds.create(payment_id=payment.pk, **{**facts, **changes})


def test_a_refund_is_promised_with_its_parts_and_a_job(payment: Payment) -> None:
    refund = create(payment, reason="The room was too loud.")

    assert (refund.mentor_minor, refund.commission_minor, refund.fee_minor) == (4090, 750, 160)
    assert (refund.amount_minor, refund.share_minor, refund.state) == (5000, 5000, "created")
    assert balances_of(payment) == {
        "1100": 9680,
        "2110": -4090,
        "2200": -750,
        "2300": -5000,
        "4020": -160,
        "5010": 320,
    }
    payment.refresh_from_db()
    assert (payment.pending_refund_minor, payment.refunded_minor) == (5000, 0)
    assert payment.refundable_minor == 5000
    job = Job.objects.get(name="billing.refunds.orders.send_refund")
    assert job.arguments == {"refund_id": str(refund.pk)}


def test_the_same_key_is_the_same_refund(payment: Payment) -> None:
    first = create(payment)
    before = state_of_the_world(payment)

    again = create(payment, share_minor=100)

    assert again.pk == first.pk
    assert state_of_the_world(payment) == before


def test_more_than_is_left_is_refused_and_says_how_much_that_is(payment: Payment) -> None:
    create(payment)
    before = state_of_the_world(payment)

    with pytest.raises(refunds.RefundTooLarge, match=r"has USD 50\.00 left to refund") as refused:
        create(payment, share_minor=5001, key="another")

    assert refused.value.facts == {"refundable_minor": 5000, "currency": "USD"}
    assert state_of_the_world(payment) == before


def test_a_payment_that_was_not_captured_is_refused() -> None:
    payment = open_payment(sessions.pending_session())

    with pytest.raises(refunds.PaymentNotCaptured, match="is created"):
        create(payment)

    assert Refund.objects.count() == 0


def test_a_preview_is_what_the_refund_takes(payment: Payment) -> None:
    preview = refunds.preview(payment=payment, share_minor=5000, bearer=Bearer.CLIENT)

    refund = create(payment, bearer="client")

    assert preview.amount_minor == refund.amount_minor == 4840
    assert preview.fee_waived_minor == refund.fee_waived_minor == 160
    assert preview.share_minor == refund.share_minor == 5000


def test_a_refund_that_failed_can_be_promised_anew(payment: Payment) -> None:
    gateway_says(create(payment, share_minor=10_000), "failed", at=EARLY)

    again = create(payment, share_minor=10_000, key="second try")

    assert (again.mentor_minor, again.commission_minor, again.fee_minor) == (8180, 1500, 320)


@pytest.mark.parametrize(
    ("first", "stale"),
    [
        ("succeeded", "succeeded"),
        ("succeeded", "pending"),
        ("pending", "pending"),
        ("failed", "failed"),
        ("failed", "pending"),
        ("cancelled", "cancelled"),
    ],
)
def test_what_is_known_or_older_changes_nothing(payment: Payment, first: str, stale: str) -> None:
    refund = gateway_says(create(payment), first, at=EARLY)
    before = state_of_the_world(payment)

    gateway_says(refund, stale, at=HOLD_OVER)

    assert state_of_the_world(payment) == before


def test_a_success_after_a_failure_is_a_contradiction(payment: Payment) -> None:
    refund = gateway_says(create(payment), "failed", at=EARLY)
    before = state_of_the_world(payment)

    with pytest.raises(refunds.RefundContradicted, match="failed here and succeeded"):
        gateway_says(refund, "succeeded", at=EARLY)

    assert state_of_the_world(payment) == before


def test_a_second_gateway_refund_for_ours_is_a_contradiction(payment: Payment) -> None:
    refund = create(payment)
    observe(payment, snapshot("re_1", refund=refund, amount_minor=5000))
    before = state_of_the_world(payment)

    with pytest.raises(refunds.RefundContradicted, match="which now also shows re_2"):
        observe(payment, snapshot("re_2", refund=refund, amount_minor=5000))

    assert state_of_the_world(payment) == before


def test_the_client_is_told_once(payment: Payment) -> None:
    refund = create(payment)
    for state in ["pending", "succeeded", "succeeded"]:
        gateway_says(refund, state, at=EARLY)

    email = Email.objects.get()
    assert email.to == payment.purchase.client.user.email
    assert email.subject == "$50.00 USD is on its way back to you"
    assert payment.purchase.mentor.user.name in email.text
    assert "Monday, 1 March 2027, 15:00 UTC" in email.text
    assert refund.public_id in email.html


def test_a_refund_made_at_the_gateway_is_recorded_once(payment: Payment) -> None:
    for status in [RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.SUCCEEDED]:
        observe(payment, snapshot("re_theirs", status=status))

    refund = Refund.objects.get()
    assert (refund.cause, refund.bearer, refund.amount_minor) == ("external", "platform", 3333)
    assert (refund.mentor_minor, refund.commission_minor, refund.fee_minor) == (2726, 500, 107)
    assert balances_of(payment)["1100"] == 9680 - 3333
    assert not Job.objects.filter(name="billing.refunds.orders.send_refund").exists()


def test_a_refund_that_came_to_nothing_at_the_gateway_is_not_recorded(payment: Payment) -> None:
    before = state_of_the_world(payment)

    assert observe(payment, snapshot("re_no", status=RefundStatus.FAILED)) is None

    assert state_of_the_world(payment) == before


def test_money_promised_twice_is_refused_until_our_own_refund_fails(payment: Payment) -> None:
    ours = create(payment, share_minor=10_000)
    before = state_of_the_world(payment)
    with pytest.raises(refunds.RefundTooLarge):
        observe(payment, snapshot("re_theirs", amount_minor=10_000))
    assert state_of_the_world(payment) == before

    gateway_says(ours, "failed", at=EARLY)  # as the gateway will say: already refunded
    observe(payment, snapshot("re_theirs", amount_minor=10_000))

    assert balances_of(payment) == {"1100": -320, "5010": 320}


@pytest.mark.parametrize("seen_before_recognition", [True, False])
@pytest.mark.parametrize(
    ("made_at", "expected"),
    [
        # Before the end of the session: the part was never earned.
        (EARLY, {"4010": -1000}),
        # After it: earned 15.00, and 5.00 of it given back.
        (ENDED + timedelta(hours=1), {"4010": -1500, "4090": 500}),
    ],
)
def test_when_a_refund_happened_decides_not_when_we_heard_of_it(
    made_at: datetime, expected: dict[str, int], seen_before_recognition: bool
) -> None:
    session, payment = paid_session()
    sessions.complete(session)
    seen = snapshot("re_theirs", created_at=made_at)
    if seen_before_recognition:
        observe(payment, seen, at=ENDED + timedelta(hours=2))
    earn(at=HOLD_OVER)
    observe(payment, seen, at=HOLD_OVER)

    assert balances_of(payment) == {
        "1100": 6347,
        "2120": -5454,
        **expected,
        "4020": -213,
        "5010": 320,
    }


@pytest.fixture
def at_the_gateway(standin: StandIn) -> Payment:
    """A captured payment whose charge exists at the stand-in."""
    payment = open_payment(sessions.pending_session())
    intent = gateway("stripe").create_intent(
        payment_id=payment.pk,
        session_id=payment.purchase.session_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
    )
    payment.gateway_intent_id = intent.id
    payment.save()
    standin.pay(intent.id)
    capture(payment)
    return payment


def refunds_there(standin: StandIn, payment: Payment) -> list[Any]:
    assert payment.gateway_intent_id is not None
    page = standin.stripe.v1.refunds.list({"payment_intent": payment.gateway_intent_id})
    return list(page.data)


def test_a_sent_refund_is_at_the_gateway_under_our_id(
    standin: StandIn, at_the_gateway: Payment
) -> None:
    refund = create(at_the_gateway, bearer="client")

    sent = refunds.send(refund_id=refund.pk, now=EARLY)
    again = refunds.send(refund_id=refund.pk, now=EARLY)

    [there] = refunds_there(standin, at_the_gateway)
    assert there.amount == 4840  # the share less its fee, not the share
    assert there.metadata["refund_id"] == refund.public_id
    assert (sent.state, sent.gateway_refund_id) == ("succeeded", there.id)
    assert again.state == "succeeded"
    assert balances_of(at_the_gateway)["1100"] == 9680 - 4840


def test_an_answer_that_was_lost_is_asked_for_again(
    standin: StandIn, at_the_gateway: Payment
) -> None:
    refund = create(at_the_gateway)
    standin.fault("error_after", path="/v1/refunds", times=None)
    with pytest.raises(GatewayUnavailable):
        refunds.send(refund_id=refund.pk, now=EARLY)
    refund.refresh_from_db()
    assert refund.state == "created"
    standin.control("DELETE", "faults")

    sent = refunds.send(refund_id=refund.pk, now=EARLY + timedelta(days=2))

    [there] = refunds_there(standin, at_the_gateway)
    assert (sent.state, sent.gateway_refund_id) == ("succeeded", there.id)


def test_a_definite_no_makes_the_refund_failed(standin: StandIn, at_the_gateway: Payment) -> None:
    refund = create(at_the_gateway, share_minor=10_000)
    assert at_the_gateway.gateway_intent_id is not None
    standin.refund(at_the_gateway.gateway_intent_id, 10_000)

    sent = refunds.send(refund_id=refund.pk, now=EARLY)

    assert (sent.state, sent.failure_code) == ("failed", "charge_already_refunded")
    # Ours is taken back, and what the gateway sent instead is recorded.
    assert "2110" not in balances_of(at_the_gateway)
    assert Refund.objects.get(cause="external").state == "succeeded"


def test_an_ordered_refund_that_cannot_be_looked_up_is_not_called_failed(
    at_the_gateway: Payment,
) -> None:
    refund = create(at_the_gateway)
    Refund.objects.filter(pk=refund.pk).update(gateway_refund_id="re_of_another_account")
    before = state_of_the_world(at_the_gateway)

    with pytest.raises(GatewayRefused):
        refunds.send(refund_id=refund.pk, now=EARLY)

    assert state_of_the_world(at_the_gateway) == before


def test_the_sweep_sends_what_waits_and_survives_a_silent_gateway(
    standin: StandIn, at_the_gateway: Payment
) -> None:
    refund = create(at_the_gateway)
    assert refunds.sweep(now=EARLY + timedelta(seconds=59)) == 0
    standin.fault("error_before", path="/v1/refunds", times=None)
    assert refunds.sweep(now=EARLY + timedelta(minutes=1)) == 1
    refund.refresh_from_db()
    assert refund.state == "created"
    standin.control("DELETE", "faults")

    assert refunds.sweep(now=EARLY + timedelta(minutes=2)) == 1

    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert refunds.sweep(now=EARLY + timedelta(minutes=3)) == 0


def test_nothing_is_ordered_inside_a_transaction(at_the_gateway: Payment) -> None:
    refund = promised(at_the_gateway, 5000, bearer="platform", at=PAID_AT)

    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        refunds.send(refund_id=refund.pk, now=EARLY)

    refund.refresh_from_db()
    assert refund.state == "created"


def test_a_gateway_that_is_down_leaves_the_refund_waiting(
    standin: StandIn, at_the_gateway: Payment, settings: Any
) -> None:
    refund = create(at_the_gateway)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    with pytest.raises(GatewayUnavailable):
        refunds.send(refund_id=refund.pk, now=EARLY)

    refund.refresh_from_db()
    assert refund.state == "created"
    assert refunds_there(standin, at_the_gateway) == []
