"""What we did not ask for: other amounts, refunds made there, contradictions."""

import pytest
from django.db import transaction

from billing import payments, refunds
from billing.gateways.registry import gateway
from billing.models import Entry, Payment, Refund
from billing.payments import Outcome
from billing.settlement import apply_sight
from kernel.errors import NotFound
from kernel.ids import uuid7
from kernel.models import AuditEntry
from scheduling.models import Session
from tests.billing.gateway.journey import (
    HOUR,
    NOW,
    books,
    confirmed,
    deliver_all,
    held,
    intent_of,
    paid,
    start,
    work,
)
from tests.standin import StandIn


def settle(payment: Payment) -> Outcome:
    return payments.settle(payment_id=payment.pk, now=NOW).outcome


def test_another_amount_is_flagged_and_never_posted_as_if_right(standin: StandIn) -> None:
    standin.fault("wrong_amount", method="POST", path="/confirm$", options={"delta": -1})
    payment = paid(standin)

    first, second = settle(payment), settle(payment)

    assert (first, second) == (Outcome.MISMATCH, Outcome.MISMATCH)
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == ("pending", "amount_mismatch")
    assert Entry.objects.count() == 0
    assert Session.objects.get().state == "pending"
    entry = AuditEntry.objects.get(action="payment.amount_mismatch")
    assert entry.object_id == payment.public_id
    assert entry.data["expected"] == {"amount": 10_000, "currency": "USD"}
    assert entry.data["received"]["amount"] != 10_000
    assert payments.sweep(now=NOW + HOUR) == 0  # it waits for a person


def test_a_refund_made_at_the_gateway_is_in_our_books_too(standin: StandIn) -> None:
    payment = confirmed(standin)
    standin.refund(intent_of(payment), 3_333)

    outcome = settle(payment)

    assert outcome == Outcome.UPDATED
    refund = Refund.objects.get()
    assert (refund.cause, refund.bearer, refund.state) == ("external", "platform", "succeeded")
    # 33.33: commission 5.00, fee 1.07, mentor the rest.
    assert (refund.mentor_minor, refund.commission_minor, refund.fee_minor) == (2_726, 500, 107)
    # 96.80 − 33.33 · 81.80 − 27.26 · 15.00 − 5.00 · 3.20 − 1.07
    assert books(payment.purchase_id) == {
        "1100": 6_347, "2110": -5_454, "2200": -1_000, "4020": -213, "5010": 320,
    }  # fmt: skip
    assert settle(payment) == Outcome.UNCHANGED
    assert Session.objects.get().state == "confirmed"


def test_its_webhook_brings_it_too_though_it_does_not_name_our_row(standin: StandIn) -> None:
    payment = confirmed(standin)
    standin.refund(intent_of(payment), 1_000)

    deliver_all(standin)

    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.state) == (1_000, "succeeded")


def test_a_refund_made_there_of_money_that_we_promised_too_heals(standin: StandIn) -> None:
    payment = confirmed(standin)
    with transaction.atomic():
        ours = refunds.create(
            payment_id=payment.pk,
            share_minor=10_000,
            cause=Refund.Cause.GOODWILL,
            bearer="platform",
            requested_by="usr_1",
            key="goodwill:1",
            now=NOW,
        )
    standin.refund(intent_of(payment), 10_000)

    # Our promise stands in the way of theirs, until the gateway refuses ours.
    assert settle(payment) == Outcome.UNCHANGED
    work()
    ours.refresh_from_db()
    assert (ours.state, ours.failure_code) == ("failed", "charge_already_refunded")

    # Theirs was recorded with the refusal of ours.
    assert settle(payment) == Outcome.UNCHANGED
    assert sorted(Refund.objects.values_list("cause", "state")) == [
        ("external", "succeeded"),
        ("goodwill", "failed"),
    ]
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}


def test_a_refund_that_fails_at_the_bank_later_is_taken_back(standin: StandIn) -> None:
    payment = start(held()).payment
    standin.pay(intent_of(payment), card="pm_card_refundFail")
    settle(payment)
    with transaction.atomic():
        refunds.create(
            payment_id=payment.pk,
            share_minor=5_000,
            cause=Refund.Cause.GOODWILL,
            bearer="platform",
            requested_by="usr_1",
            key="goodwill:1",
            now=NOW,
        )
    work()
    standin.control("POST", "clock", advance_seconds=3_600)

    deliver_all(standin)

    assert Refund.objects.get().state == "failed"
    assert books(payment.purchase_id) == {
        "1100": 9_680, "2110": -8_180, "2200": -1_500, "4020": -320, "5010": 320,
    }  # fmt: skip


def test_money_on_a_payment_that_we_called_cancelled_is_still_money(standin: StandIn) -> None:
    payment = paid(standin)
    Payment.objects.filter(pk=payment.pk).update(state="cancelled", cancelled_at=NOW)

    assert settle(payment) == Outcome.CONFIRMED

    payment.refresh_from_db()
    assert (payment.state, payment.cancelled_at) == ("succeeded", None)


def test_a_second_capture_of_one_purchase_is_flagged(standin: StandIn) -> None:
    session = held()
    first = paid(standin, session)
    Payment.objects.filter(pk=first.pk).update(state="cancelled", cancelled_at=NOW)
    second = paid(standin, session)
    assert settle(second) == Outcome.CONFIRMED

    assert settle(first) == Outcome.MISMATCH

    first.refresh_from_db()
    assert (first.state, first.failure_code) == ("cancelled", "second_capture")
    assert AuditEntry.objects.filter(action="payment.second_capture").count() == 1
    assert Entry.objects.filter(kind="captured").count() == 1


def test_an_older_sight_does_not_undo_a_newer_one(standin: StandIn) -> None:
    """Two settles raced: the one that looked first writes last."""
    payment = start(held()).payment
    before = gateway("stripe").fetch_intent(intent_id=intent_of(payment))
    standin.pay(intent_of(payment))
    settle(payment)

    settled = apply_sight(payment.pk, before, now=NOW)

    assert settled.outcome == Outcome.UNCHANGED
    assert settled.session is not None
    assert (settled.payment.state, settled.session.state) == ("succeeded", "confirmed")


def test_a_missing_payment_is_not_found() -> None:
    with pytest.raises(NotFound):
        payments.settle(payment_id=uuid7(), now=NOW)


def test_one_bad_payment_does_not_stop_the_sweep(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = paid(standin), paid(standin)
    original = payments.settle

    def sometimes(**asked: object) -> payments.Settled:
        if asked["payment_id"] == bad.pk:
            raise RuntimeError("a defect")
        return original(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(payments, "settle", sometimes)

    assert payments.sweep(now=NOW + HOUR / 6) == 1

    good.refresh_from_db()
    assert good.state == "succeeded"
