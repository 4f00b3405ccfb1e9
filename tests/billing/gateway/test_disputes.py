"""Disputes at the stand-in: told by webhook, by reconciliation, or by nobody until the sweep."""

import random
from datetime import timedelta
from typing import Any

import pytest

from billing import cancellations, disputes, payments, reconciliation, refunds
from billing.backoffice.settling import owed_after_disputes
from billing.models import Break, Dispute, DisputeLoss, Entry, GatewayEvent, Payment
from billing.tasks import reconcile
from kernel import clock
from kernel.errors import NotFound
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import (
    NOW,
    books,
    confirmed,
    deliver_all,
    intent_of,
    receive,
    work,
)
from tests.billing.ledger.books import refund
from tests.standin import StandIn

# 96.80 less 100.00 and 15.00; the session has not been yet.
LOST = {"1100": -1820, "5010": 320, "5020": 1500}
HELD = {
    "1100": -1820, "1130": 10_000, "2110": -8180, "2200": -1500, "4020": -320, "5010": 320,
    "5020": 1500,
}  # fmt: skip
WON = {"1100": 8180, "2110": -8180, "2200": -1500, "4020": -320, "5010": 320, "5020": 1500}


def open_dispute(standin: StandIn, payment: Payment, **what: Any) -> str:
    made = standin.control("POST", "stripe/disputes", payment_intent=intent_of(payment), **what)
    return str(made["id"])


def decide(standin: StandIn, dispute_id: str, outcome: str, **what: Any) -> None:
    standin.control("POST", f"stripe/disputes/{dispute_id}/decide", outcome=outcome, **what)


def settle(dispute_id: str) -> str:
    return disputes.settle(gateway="stripe", dispute_id=dispute_id, now=NOW).outcome


def test_webhooks_tell_of_a_dispute_from_its_opening_to_its_loss(standin: StandIn) -> None:
    payment = confirmed(standin)
    dispute_id = open_dispute(standin, payment)
    deliver_all(standin)

    assert books(payment.purchase_id) == HELD
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount_minor, dispute.fee_minor) == (
        "needs_response", 10_000, 1500,
    )  # fmt: skip
    assert dispute.due_by == NOW + timedelta(days=9)

    standin.stripe.v1.disputes.update(dispute_id, {"evidence": {"product_description": "1 h"}})
    deliver_all(standin)
    assert Dispute.objects.get().state == "under_review"

    decide(standin, dispute_id, "lost")
    deliver_all(standin)
    assert Dispute.objects.get().state == "lost"
    assert books(payment.purchase_id) == LOST
    assert set(GatewayEvent.objects.values_list("state", flat=True)) == {"done"}


def test_a_settled_dispute_is_no_news_the_second_time(standin: StandIn) -> None:
    payment = confirmed(standin)
    dispute_id = open_dispute(standin, payment, fee=3000)
    decide(standin, dispute_id, "won", fee_returned=1500)

    first, second = settle(dispute_id), settle(dispute_id)

    assert (first, second) == ("updated", "unchanged")
    assert books(payment.purchase_id) == WON


def test_a_dispute_about_nothing_of_ours_is_not_found(standin: StandIn) -> None:
    made = standin.stripe.v1.payment_intents.create(
        {"amount": 700, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True,
         "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    )  # fmt: skip
    theirs = standin.control("POST", "stripe/disputes", payment_intent=made.id)

    with pytest.raises(NotFound, match="none of the payments here"):
        settle(theirs["id"])

    assert Dispute.objects.count() == 0


def test_a_refund_is_refused_here_and_there_while_the_bank_holds_the_money(
    standin: StandIn,
) -> None:
    payment = confirmed(standin)
    # Promised before we heard of the dispute: the gateway refuses it, and the parts come back.
    promised = refund(payment, 3333, bearer="platform", at=NOW)
    dispute_id = open_dispute(standin, payment)
    refunds.send(refund_id=promised.pk, now=NOW)
    settle(dispute_id)

    promised.refresh_from_db()
    assert (promised.state, promised.failure_code) == ("failed", "charge_disputed")
    assert books(payment.purchase_id) == HELD
    with pytest.raises(refunds.PaymentDisputed):
        refund(payment, 1, bearer="platform", at=NOW)

    decide(standin, dispute_id, "lost")
    settle(dispute_id)
    assert books(payment.purchase_id) == LOST


def test_a_refund_made_there_before_the_dispute_leaves_less_to_lose(standin: StandIn) -> None:
    payment = confirmed(standin)
    standin.refund(intent_of(payment), 3333)
    dispute_id = open_dispute(standin, payment, amount=6667)
    decide(standin, dispute_id, "lost")

    settle(dispute_id)

    assert books(payment.purchase_id) == LOST
    assert DisputeLoss.objects.get().excess_minor == 0


def test_the_sweep_finds_what_no_webhook_told(standin: StandIn) -> None:
    payment = confirmed(standin)
    dispute_id = open_dispute(standin, payment)
    settle(dispute_id)
    decide(standin, dispute_id, "lost")

    assert disputes.sweep(now=NOW + timedelta(hours=5)) == 0
    assert disputes.sweep(now=NOW + timedelta(hours=6)) == 1

    assert books(payment.purchase_id) == LOST
    assert disputes.sweep(now=NOW + timedelta(hours=20)) == 0


def test_a_loss_that_waited_for_a_refund_is_booked_by_the_sweep(standin: StandIn) -> None:
    payment = confirmed(standin)
    promised = refund(payment, 3333, bearer="platform", at=NOW)
    dispute_id = open_dispute(standin, payment)
    decide(standin, dispute_id, "lost")
    settle(dispute_id)
    assert DisputeLoss.objects.count() == 0

    refunds.send(refund_id=promised.pk, now=NOW)
    assert disputes.sweep(now=NOW + timedelta(minutes=2)) == 1

    assert books(payment.purchase_id) == LOST


def test_reconciliation_finds_a_dispute_that_we_missed_and_heals_it(standin: StandIn) -> None:
    payment = confirmed(standin)
    made = standin.control(
        "POST",
        "stripe/plant/dispute",
        payment_intent=intent_of(payment),
        created=NOW.isoformat(),
    )
    night = NOW + timedelta(days=2)
    since, until = reconciliation.nightly_window(now=night)

    with clock.travel(night):
        found = reconciliation.run(gateway="stripe", since=since, until=until, now=night)
        broken = Break.objects.get()
        done = reconcile()

    assert found.breaks == {"dispute_missing_here": 1}
    assert (broken.key, broken.payment, broken.theirs_minor) == (
        made["dispute"]["id"], payment, -11_500,
    )  # fmt: skip
    assert done["stripe"] == {"found": 1, "healed": 1, "left": 0}
    assert Break.objects.get().state == "closed"
    assert books(payment.purchase_id) == HELD


def test_a_dispute_of_more_than_was_paid_is_a_break_for_a_person(standin: StandIn) -> None:
    payment = confirmed(standin)
    dispute_id = open_dispute(standin, payment, amount=10_500)
    decide(standin, dispute_id, "lost")
    settle(dispute_id)
    night = NOW + timedelta(days=2)
    since, until = reconciliation.nightly_window(now=night)

    found = reconciliation.run(gateway="stripe", since=since, until=until, now=night)

    assert books(payment.purchase_id) == {
        "1100": -2320, "5010": 320, "5020": 1500, "5030": 500,
    }  # fmt: skip
    assert found.breaks == {"amount": 1}
    broken = Break.objects.get()
    assert (broken.ours_minor, broken.theirs_minor) == (-10_000, -10_500)


def test_a_session_can_be_cancelled_while_a_bank_holds_its_money(standin: StandIn) -> None:
    """Nothing can be sent then; once the bank has given the money back, finance is told."""
    payment = confirmed(standin)
    dispute_id = open_dispute(standin, payment)
    settle(dispute_id)
    session = payment.purchase.booked
    quote = cancellations.quote(session=session, by=CancelledBy.MENTOR, now=NOW)

    done = cancellations.cancel(
        session_id=session.pk, by=CancelledBy.MENTOR, actor="usr_1", reason="ill", now=NOW
    )

    assert (quote.refund.amount_minor, done.refund, done.session.state) == (0, None, "cancelled")
    assert list(owed_after_disputes()) == []
    decide(standin, dispute_id, "won", fee_returned=1500)
    settle(dispute_id)
    assert list(owed_after_disputes()) == [payment]
    payment.refresh_from_db()
    assert payment.refundable_minor == 10_000


def test_what_was_owed_after_a_dispute_and_given_back_there_is_owed_no_more(
    standin: StandIn,
) -> None:
    payment = confirmed(standin)
    dispute_id = open_dispute(standin, payment)
    settle(dispute_id)
    cancellations.cancel(
        session_id=payment.purchase.booked.pk,
        by=CancelledBy.MENTOR,
        actor="usr_1",
        reason="ill",
        now=NOW,
    )
    decide(standin, dispute_id, "won")
    settle(dispute_id)

    standin.refund(intent_of(payment), 4000)
    payments.settle(payment_id=payment.pk, now=NOW)
    assert list(owed_after_disputes()) == [payment]
    standin.refund(intent_of(payment), 6000)
    payments.settle(payment_id=payment.pk, now=NOW)
    assert list(owed_after_disputes()) == []


def a_bad_week(standin: StandIn) -> list[Payment]:
    """Won, lost, refunded in part and lost, an inquiry, too large, still open."""
    made = [confirmed(standin, starts_at=NOW + timedelta(hours=30 + 2 * n)) for n in range(6)]
    won, lost, part, asked, large, waiting = made
    decide(standin, open_dispute(standin, won, fee=3000), "won", fee_returned=1500)
    decide(standin, open_dispute(standin, lost), "lost")
    standin.refund(intent_of(part), 3333)
    decide(standin, open_dispute(standin, part, amount=6667), "lost")
    decide(standin, open_dispute(standin, asked, inquiry=True), "won")
    standin.refund(intent_of(asked), 2000)
    decide(standin, open_dispute(standin, large, amount=10_500), "lost")
    open_dispute(standin, waiting)
    return made


def end_of(payments_: list[Payment]) -> list[tuple[dict[str, int], list[tuple[str, str]]]]:
    return [
        (
            books(payment.purchase_id),
            sorted(
                Entry.objects.filter(lines__purchase=payment.purchase_id)
                .distinct()
                .values_list("source_type", "kind")
            ),
        )
        for payment in payments_
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_books_do_not_depend_on_the_order_and_number_of_events(
    standin: StandIn, seed: int
) -> None:
    made = a_bad_week(standin)
    emitted = [event for event in standin.events() if "dispute" in event["type"]
               or "refund" in event["type"]]  # fmt: skip
    chance = random.Random(seed)
    copies = [event for event in emitted for _ in range(chance.randint(1, 4))]
    if seed:
        chance.shuffle(copies)

    for event in copies:
        receive(event)
        if chance.random() < 0.5:
            work()
    work()

    kept = {"2110": -8180, "2200": -1500, "4020": -320, "5010": 320}
    assert [balances for balances, _ in end_of(made)] == [
        WON,
        LOST,
        LOST,
        # 20.00 refunded: mentor 16.36, commission 3.00, fee 0.64
        {"1100": 7680, "2110": -6544, "2200": -1200, "4020": -256, "5010": 320},
        {"1100": -2320, "5010": 320, "5020": 1500, "5030": 500},
        kept | {"1100": -1820, "1130": 10_000, "5020": 1500},
    ]
    assert [kinds for _, kinds in end_of(made)][1] == [
        ("balance_transaction", "gateway_fee"),
        ("dispute", "withdrawn"),
        ("dispute_loss", "lost"),
        ("payment", "captured"),
    ]
    assert payments.settle(payment_id=made[0].pk, now=NOW).outcome == "unchanged"
