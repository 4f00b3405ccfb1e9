"""Everything that a dispute moves is booked once, by an id of its own, whenever it is heard of."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from billing import payments, reconciliation
from billing.models import Break, Dispute, DisputeMovement, Entry, Payment
from tests.billing.gateway.journey import HOUR, NOW, books, held, intent_of
from tests.billing.gateway.paypal_journey import BOOKED, approved, deliver_all
from tests.standin import StandIn

# 100.00 and a fee of 15.00 were taken: 96.02 − 115.00 = −18.98.
TAKEN = BOOKED | {"1100": -1_898, "1130": 10_000, "5020": 1_500}
GIVEN_BACK = BOOKED | {"1100": 8_102, "5020": 1_500}
LOST = {"1100": -1_898, "5010": 398, "5020": 1_500}


class Disputed:
    """A payment of 100.00 through PayPal, and its dispute there."""

    def __init__(self, standin: StandIn, *, fee: int = 1_500) -> None:
        self.standin = standin
        self.payment = approved(standin, held())
        deliver_all(standin)
        order = intent_of(self.payment)
        made = standin.paypal.lever("disputes", order=order, stage="CHARGEBACK", fee=fee)
        self.id = str(made["dispute_id"])
        self.at = NOW

    def decide(self, outcome: str) -> None:
        self._later()
        self.standin.paypal.lever(f"disputes/{self.id}/decide", outcome=outcome)

    def move(self, amount: int, *, fee: int = 0) -> None:
        self._later()
        self.standin.paypal.lever(f"disputes/{self.id}/move", amount=amount, fee=fee)

    def _later(self) -> None:
        self.at += timedelta(minutes=1)
        self.standin.control("POST", "clock", set=self.at.isoformat(), frozen=True)

    def heard(self) -> dict[str, int]:
        """Look twice, as webhook and sweep do, and return the books."""
        for _ in range(2):
            payments.settle(payment_id=self.payment.pk, now=NOW)
        return books(self.payment.purchase_id)


def test_a_fee_that_is_asked_later_is_booked(standin: StandIn) -> None:
    one = Disputed(standin, fee=0)
    assert one.heard() == BOOKED | {"1100": -398, "1130": 10_000}

    one.move(0, fee=1_500)

    assert one.heard() == TAKEN
    assert [row.gateway_movement_id for row in DisputeMovement.objects.all()] == [
        f"{one.id}:debit:2"
    ]


def test_what_is_taken_again_after_it_was_given_back_is_lost(standin: StandIn) -> None:
    one = Disputed(standin)
    assert one.heard() == TAKEN
    one.decide("won")
    assert one.heard() == GIVEN_BACK

    one.move(-10_000)

    assert one.heard() == LOST
    assert Payment.objects.get().disputed_minor == 10_000

    one.move(10_000)

    assert one.heard() == GIVEN_BACK
    assert Payment.objects.get().disputed_minor == 0
    names = DisputeMovement.objects.order_by("pk").values_list("gateway_movement_id", flat=True)
    assert list(names) == [f"{one.id}:debit:2", f"{one.id}:credit:2"]


def test_what_comes_back_in_parts_comes_back(standin: StandIn) -> None:
    one = Disputed(standin)
    one.move(6_000)
    one.heard()
    one.move(4_000, fee=-500)

    assert one.heard() == BOOKED | {"1100": 8_602, "5020": 1_000}


def story(one: Disputed, between: Callable[[], object]) -> None:
    between()
    one.decide("won")
    between()
    one.move(-2_500, fee=700)
    between()
    one.move(0, fee=300)
    between()
    one.move(1_000)


@pytest.mark.parametrize("each_is_heard", [True, False])
def test_hearing_of_each_or_only_of_all_comes_to_the_same(
    standin: StandIn, each_is_heard: bool
) -> None:
    one = Disputed(standin)

    story(one, one.heard if each_is_heard else lambda: None)

    # 15.00 of the price are gone: mentor 12.15, commission 2.25, fee 0.60 (half even of 0.597).
    assert one.heard() == {
        "1100": 9_602 - 1_500 - 2_500 - 700 - 300 + 1_000,
        "2110": -8_102 + 1_215,
        "2200": -1_500 + 225,
        "4020": -398 + 60,
        "5010": 398,
        "5020": 2_500,
    }
    assert Dispute.objects.get().lost_minor == 1_500
    assert Entry.objects.filter(source_type="dispute_movement").count() == 3


def test_what_was_not_taken_is_not_given_back(standin: StandIn) -> None:
    one = Disputed(standin)
    one.decide("won")
    one.move(5_000)

    assert one.heard() == GIVEN_BACK
    assert DisputeMovement.objects.count() == 0


def test_each_movement_meets_its_own_in_the_list(standin: StandIn) -> None:
    one = Disputed(standin)
    story(one, one.heard)
    one.heard()

    reconciliation.run(gateway="paypal", since=NOW - HOUR, until=NOW + HOUR, now=NOW + 2 * HOUR)

    assert Break.objects.count() == 0


def test_one_that_nobody_heard_of_is_a_break(standin: StandIn) -> None:
    one = Disputed(standin)
    one.heard()
    one.move(0, fee=300)

    reconciliation.run(gateway="paypal", since=NOW - HOUR, until=NOW + HOUR, now=NOW + 2 * HOUR)

    assert [(each.type, each.theirs_minor) for each in Break.objects.all()] == [
        ("dispute_missing_here", -300)
    ]


def test_what_moved_is_history_and_happens_once(standin: StandIn) -> None:
    one = Disputed(standin)
    one.move(0, fee=300)
    one.heard()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_disputemovement SET fee_minor = 1")
    with pytest.raises(IntegrityError), transaction.atomic():
        row = DisputeMovement.objects.get()
        row.pk = None
        row.save(force_insert=True)

    assert DisputeMovement.objects.get().fee_minor == 300
