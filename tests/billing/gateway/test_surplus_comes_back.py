"""Money that went back and came back, and a dispute or a second person on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from billing import payments, reconciliation, replay, surplus
from billing.gateways.base import GatewayUnavailable, GatewayUnknownOutcome
from billing.gateways.stripe_gateway import StripeGateway
from billing.ledger.checks import check_books
from billing.models import Break, Entry, GatewayEvent, GatewayTransaction, Payment, Surplus
from billing.models.surplus import flagged_payments, not_gone_back
from kernel import clock
from tests.billing.gateway import paypal_journey
from tests.billing.gateway.journey import (
    NOW,
    books,
    confirmed,
    deliver_all,
    held,
    intent_of,
    receive,
    start,
    together,
    work,
)
from tests.standin import StandIn

NIGHT = NOW + timedelta(days=2)
BOUNCES = "pm_card_refundFail"  # a refund to it succeeds, and fails an hour later


def give(payment: Payment, *, intent_id: str = "") -> Surplus:
    sight = surplus.look(payment_id=payment.pk, intent_id=intent_id)
    return surplus.give_back(sight, by="usr_1", reason="Not what was asked for.", now=NOW)


def run(gateway: str = "stripe") -> dict[str, int]:
    since, until = reconciliation.nightly_window(now=NIGHT)
    with clock.travel(NIGHT):
        return reconciliation.run(gateway=gateway, since=since, until=until, now=NIGHT).breaks


def heal() -> list[str]:
    since, until = reconciliation.nightly_window(now=NIGHT)
    with clock.travel(NIGHT):
        result = reconciliation.run(gateway="stripe", since=since, until=until, now=NIGHT)
        return reconciliation.heal(result=result, now=NIGHT)


def breached() -> list[str]:
    return [one.invariant.code for one in check_books(now=NIGHT).findings if not one.ok]


def kinds_of(row: Surplus) -> list[str]:
    rows = Entry.objects.filter(source_type="surplus", source_id=str(row.pk))
    return sorted(rows.values_list("kind", flat=True))


def short(standin: StandIn, *, card: str = "pm_card_visa") -> Payment:
    """The gateway took 99.99 for a sale of 100.00."""
    standin.fault("wrong_amount", method="POST", path="/confirm$", options={"delta": -1})
    payment = start(held()).payment
    standin.pay(intent_of(payment), card=card)
    assert payments.settle(payment_id=payment.pk, now=NOW).outcome == payments.Outcome.MISMATCH
    return payment


def charged_twice(
    standin: StandIn, payment: Payment, *, gateway: str = "stripe", **more: Any
) -> str:
    """The same sale is charged once more; its break names the intent, which is returned."""
    plant = "duplicate_charge" if gateway == "paypal" else "charge"
    more |= {"created": NOW.isoformat(), "metadata": {"payment_id": payment.public_id}}
    more |= {"amount": 10_000, "order": intent_of(payment)}
    standin.control("POST", f"{gateway}/plant/{plant}", **more)
    assert run(gateway) == {"duplicate_charge": 1}
    rows = GatewayTransaction.objects.filter(source_id=Break.objects.get().key)
    return rows.values_list("intent_id", flat=True)[0]


def test_a_refund_of_the_dashboard_that_bounces_waits_for_a_person_again(standin: StandIn) -> None:
    payment = short(standin, card=BOUNCES)
    standin.refund(intent_of(payment), 9_999)
    row = give(payment)
    assert (row.amount_minor, row.state, kinds_of(row)) == (0, "succeeded", ["received"])
    standin.control("POST", "clock", advance_seconds=3_600)

    deliver_all(standin)

    row.refresh_from_db()
    assert (row.state, row.failure_code) == ("failed", "came_back")
    assert (books(payment.purchase_id), kinds_of(row)) == ({}, ["received", "reversed"])
    assert flagged_payments().get() == payment
    assert give(payment).amount_minor == 9_999
    work()
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}
    assert breached() == []


def test_the_part_that_bounces_goes_back_beside_ours(standin: StandIn) -> None:
    payment = short(standin, card=BOUNCES)
    standin.control("POST", "settings", async_seconds=60)
    standin.refund(intent_of(payment), 4_999)
    standin.control("POST", "clock", advance_seconds=30)
    row = give(payment)
    work()
    standin.control("POST", "clock", advance_seconds=40)  # the dashboard's fails, ours stands

    deliver_all(standin)

    row.refresh_from_db()
    assert (row.state, kinds_of(row)) == ("failed", ["bounced", "received", "returned", "reversed"])
    assert give(payment).amount_minor == 4_999
    work()
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}


def test_an_old_sight_undoes_nothing(standin: StandIn) -> None:
    payment = short(standin)
    before = surplus.look(payment_id=payment.pk).seen
    row = give(payment)
    work()

    payments.apply_sight(payment.pk, before, now=NOW)

    row.refresh_from_db()
    assert row.state == "succeeded"


def test_a_second_charge_whose_refund_bounces_is_heard_of(standin: StandIn) -> None:
    payment = confirmed(standin)
    second = charged_twice(standin, payment, payment_method=BOUNCES)
    row = give(payment, intent_id=second)
    work()
    standin.control("POST", "clock", advance_seconds=3_600)

    deliver_all(standin)

    row.refresh_from_db()
    assert row.state == "failed"
    assert kinds_of(row) == ["bounced", "received", "returned", "reversed"]
    assert books(payment.purchase_id) == {
        "1100": 9_680, "2110": -8_180, "2200": -1_500, "4020": -320, "5010": 320,
    }  # fmt: skip
    assert run() == {"duplicate_charge": 1}
    assert breached() == []


def test_an_event_of_a_second_charge_is_replayed_with_what_it_changes(standin: StandIn) -> None:
    payment = confirmed(standin)
    second = charged_twice(standin, payment, payment_method=BOUNCES)
    row = give(payment, intent_id=second)
    work()
    standin.control("POST", "clock", advance_seconds=3_600)
    [told] = [one for one in standin.events() if one["type"] == "refund.failed"]
    receive(told)
    event = GatewayEvent.objects.get(event_id=told["id"])

    sight = replay.look(event_id=event.pk)
    with transaction.atomic():
        done = replay.apply(sight, by="usr_1", now=NOW)

    row.refresh_from_db()
    assert (row.state, row.settled_at) == ("failed", NOW)
    assert [(one.before, one.after) for one in done.changes] == [
        ("succeeded", "failed"),
        ("received", "done"),
    ]


def test_a_lost_webhook_is_made_up_for_by_who_asks_again(standin: StandIn) -> None:
    payment = short(standin, card=BOUNCES)
    first = give(payment)
    work()
    standin.control("POST", "clock", advance_seconds=3_600)

    second = give(payment)

    first.refresh_from_db()
    assert (first.state, second.state, second.amount_minor) == ("failed", "created", 9_999)


@pytest.mark.parametrize("own", [True, False], ids=["the payment's own", "a second charge"])
def test_a_lost_webhook_is_made_up_for_in_the_night(own: bool, standin: StandIn) -> None:
    payment = short(standin, card=BOUNCES) if own else confirmed(standin)
    second = "" if own else charged_twice(standin, payment, payment_method=BOUNCES)
    row = give(payment, intent_id=second)
    work()
    assert heal() == []  # as long as nothing failed there
    standin.control("POST", "clock", advance_seconds=3_600)

    assert heal() == [str(payment.pk)]

    row.refresh_from_db()
    assert (row.state, heal(), breached()) == ("failed", [], [])
    waits = flagged_payments() if own else not_gone_back()
    assert waits.get() == (payment if own else row)
    give(payment, intent_id=second)
    assert not waits.exists()


def test_paypal_tells_of_it_by_the_capture_alone(standin: StandIn) -> None:
    payment = paypal_journey.approved(standin)
    payments.settle(payment_id=payment.pk, now=NOW)
    second = charged_twice(standin, payment, gateway="paypal")
    row = give(payment, intent_id=second)

    found = surplus.find_for(gateway="paypal", intent_id="", charge_id=row.charge_id)
    stranger = surplus.find_for(gateway="paypal", intent_id="", charge_id="")
    work()

    assert (found, stranger) == (payment.pk, None)
    # Twice 100.00, once back; PayPal kept its 3.98 both times.
    assert books(payment.purchase_id) == {
        "1100": 9_204, "2110": -8_102, "2200": -1_500, "4020": -398, "5010": 796,
    }  # fmt: skip
    assert run("paypal") == {}
    assert breached() == []


def test_a_dispute_of_what_went_back_is_a_listed_break_and_no_breach(standin: StandIn) -> None:
    payment = short(standin)
    give(payment)
    work()
    standin.control(
        "POST", "stripe/plant/dispute", payment_intent=intent_of(payment), created=NOW.isoformat()
    )

    assert run() == {"dispute_missing_here": 1}
    assert breached() == []

    Break.objects.all().delete()
    assert breached() == ["I3"]
    run()


def test_what_a_bank_holds_is_not_given_back_before_it_is_won(standin: StandIn) -> None:
    payment = short(standin)
    dispute = standin.control("POST", "stripe/disputes", payment_intent=intent_of(payment))
    with pytest.raises(surplus.SurplusUnclear, match="bank"):
        give(payment)

    standin.control("POST", f"stripe/disputes/{dispute['id']}/decide", outcome="won")
    give(payment)
    work()

    assert Surplus.objects.get().state == "succeeded"
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}


def test_what_a_bank_took_for_good_is_not_given_back(standin: StandIn) -> None:
    payment = short(standin)
    dispute = standin.control("POST", "stripe/disputes", payment_intent=intent_of(payment))
    standin.control("POST", f"stripe/disputes/{dispute['id']}/decide", outcome="lost")

    with pytest.raises(surplus.SurplusUnclear, match="for good"):
        give(payment)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_press_at_once_give_it_once(standin: StandIn) -> None:
    payment = short(standin)

    first, second = together(lambda: give(payment), lambda: give(payment))
    work()

    assert first == second
    assert Surplus.objects.get().state == "succeeded"
    there = standin.stripe.v1.refunds.list(params={"payment_intent": intent_of(payment)})
    assert [one.amount for one in there.data] == [9_999]


@pytest.fixture
def of_stripe(standin: StandIn) -> tuple[Surplus, Surplus]:
    """Two surpluses of one gateway, neither ordered yet."""
    return give(short(standin)), give(short(standin))


def test_a_gateway_that_is_silent_stops_no_other(
    standin: StandIn, of_stripe: tuple[Surplus, Surplus], monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paypal_journey.approved(standin)
    payments.settle(payment_id=payment.pk, now=NOW)
    of_paypal = give(payment, intent_id=charged_twice(standin, payment, gateway="paypal"))

    def silent(port: StripeGateway, **_: Any) -> Any:
        raise GatewayUnavailable("Nobody answers.")

    monkeypatch.setattr(StripeGateway, "refund", silent)

    tried = surplus.sweep(now=NOW + timedelta(minutes=2))

    assert tried == 2  # the second of Stripe's is not asked about: nobody is there
    assert set(Surplus.objects.exclude(state="created")) == {of_paypal}
    of_paypal.refresh_from_db()
    assert of_paypal.state == "succeeded"


def test_a_key_that_replays_an_error_stops_no_other(
    of_stripe: tuple[Surplus, Surplus], monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, free = of_stripe
    real = StripeGateway.refund

    def replayed(port: StripeGateway, **asked: Any) -> Any:
        if asked["refund_id"] == stuck.pk:
            raise GatewayUnknownOutcome("Nobody can use this answer.")
        return real(port, **asked)

    monkeypatch.setattr(StripeGateway, "refund", replayed)

    tried = surplus.sweep(now=NOW + timedelta(minutes=2))

    free.refresh_from_db()
    assert (tried, free.state) == (2, "succeeded")
