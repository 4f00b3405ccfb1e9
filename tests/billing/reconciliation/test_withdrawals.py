"""Leg B at the stand-in: what the gateway sent to our bank, and whether its items explain it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction

from billing import reconciliation, treasury
from billing.ledger.checks import check_books
from billing.models import Break, GatewayPayout, GatewayPayoutItem, Line
from kernel import clock
from tests.standin import StandIn

DAY = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)  # a Wednesday
NIGHT = DAY + timedelta(days=2, hours=5)

pytestmark = pytest.mark.django_db

OF_BANK_PAYOUTS = [
    "gateway_payout_missing_here",
    "gateway_payout_missing_there",
    "payout_sum",
    "bank_line_missing",
    "bank_line_unknown",
]


@pytest.fixture(autouse=True)
def stage(standin: StandIn) -> Iterator[StandIn]:
    standin.control("POST", "clock", set=DAY.isoformat(), frozen=True)
    with clock.travel(NIGHT):
        yield standin
        assert [found.breaches for found in check_books(now=NIGHT).findings if found.breaches] == []


def swept(stage: StandIn, *amounts: int) -> str:
    """Sales of nobody we know, and the payout that the gateway makes of them."""
    for amount in amounts or (100_000,):
        stage.fund(amount)
    payout_id: str = stage.control("POST", "stripe/payouts", currency="usd")["id"]
    return payout_id


def run(*, now: datetime = NIGHT) -> reconciliation.Result:
    return reconciliation.run(
        gateway="stripe",
        since=DAY - timedelta(days=1),
        until=DAY + timedelta(days=1),
        now=now,
    )


def of_leg_b(result: reconciliation.Result) -> dict[str, int]:
    breaks = Break.objects.filter(leg="B", state="open", last_run=result.run)
    return {found.type: breaks.filter(type=found.type).count() for found in breaks}


def healed(*, now: datetime = NIGHT) -> reconciliation.Result:
    reconciliation.heal(result=run(now=now), now=now)
    return run(now=now)


def balances() -> dict[str, int]:
    """The accounts that a payout to our bank moves."""
    found: dict[str, int] = {}
    for line in Line.objects.filter(entry__source_type="gateway_payout"):
        found[line.account_id] = found.get(line.account_id, 0) + line.amount_minor
    return {account: amount for account, amount in found.items() if amount}


def test_a_payout_that_we_did_not_hear_of_is_missing_here_until_it_is_settled(
    stage: StandIn,
) -> None:
    payout_id = swept(stage, 100_000, 5_000)  # less 2930 and 175 of fees

    first = run()
    assert of_leg_b(first) == {"gateway_payout_missing_here": 1}
    assert Break.objects.get(leg="B").theirs_minor == 101_895
    assert reconciliation.heal(result=first, now=NIGHT) == [payout_id]
    second = run()

    assert of_leg_b(second) == {}
    assert Break.objects.get(leg="B").state == "closed"
    assert balances() == {"1120:stripe:USD": 101_895, "1100:stripe:USD": -101_895}
    assert GatewayPayoutItem.objects.filter(gateway_payout_id=payout_id).count() == 2


def test_a_payout_of_a_moment_ago_is_timing(stage: StandIn) -> None:
    swept(stage)

    result = run(now=DAY + timedelta(minutes=10))

    assert of_leg_b(result) == {}
    assert result.timing["gateway_payout_missing_here"] == 1


def test_without_a_bank_account_the_gateway_says_that_it_arrived(stage: StandIn) -> None:
    payout_id = swept(stage)
    healed()
    stage.control("POST", f"stripe/payouts/{payout_id}/finish", outcome="paid")

    treasury.settle(gateway="stripe", gateway_payout_id=payout_id, now=NIGHT)
    treasury.settle(gateway="stripe", gateway_payout_id=payout_id, now=NIGHT)

    payout = GatewayPayout.objects.get()
    assert (payout.state, payout.arrived_at) == ("arrived", datetime(2027, 3, 5, tzinfo=UTC))
    assert len(payout.reference) == 12
    assert balances() == {"1010:USD": 97_070, "1100:stripe:USD": -97_070}


def test_a_payout_that_failed_there_is_a_status_that_settle_mends(stage: StandIn) -> None:
    payout_id = swept(stage)
    healed()
    stage.control("POST", f"stripe/payouts/{payout_id}/finish", outcome="failed")

    assert of_leg_b(run()) == {"status_returned_there": 1}
    assert of_leg_b(healed()) == {}

    assert GatewayPayout.objects.get().state == "failed"
    assert balances() == {}


def test_a_payout_that_came_back_after_it_had_arrived_leaves_the_bank_again(
    stage: StandIn,
) -> None:
    payout_id = swept(stage)
    stage.control("POST", f"stripe/payouts/{payout_id}/finish", outcome="paid")
    healed()
    assert balances() == {"1010:USD": 97_070, "1100:stripe:USD": -97_070}
    stage.control("POST", f"stripe/payouts/{payout_id}/finish", outcome="failed")

    healed()

    assert balances() == {}


def test_what_the_items_do_not_explain_is_a_break_of_its_own_amount(stage: StandIn) -> None:
    payout_id = swept(stage, 100_000, 5_000)
    healed()
    item = GatewayPayoutItem.objects.get(net_minor=4_825)
    stage.control("POST", "stripe/plant/hide", id=item.transaction_id)

    result = run()

    assert of_leg_b(result) == {"payout_sum": 1}
    found = Break.objects.get(type="payout_sum", key=payout_id)
    assert (found.theirs_minor, found.ours_minor) == (101_895, 97_070)
    assert result.as_json()["unexplained"] == [
        {
            "payout": payout_id,
            "amount": 101_895,
            "items": 97_070,
            "remainder": 4_825,
            "currency": "USD",
        }
    ]
    assert reconciliation.heal(result=result, now=NIGHT) == []


def test_a_payout_that_the_gateway_no_longer_lists_is_missing_there(stage: StandIn) -> None:
    payout_id = swept(stage)
    healed()
    stage.control("POST", "stripe/plant/hide", id=payout_id)

    assert of_leg_b(run()) == {"gateway_payout_missing_there": 1}


def test_one_made_by_hand_at_the_gateway_has_no_items_to_explain(stage: StandIn) -> None:
    stage.fund(100_000)
    stage.stripe.v1.payouts.create({"amount": 5_000, "currency": "usd"})

    assert of_leg_b(healed()) == {}

    assert balances() == {"1120:stripe:USD": 5_000, "1100:stripe:USD": -5_000}


def test_one_under_way_is_asked_for_however_old_it_is(stage: StandIn) -> None:
    payout_id = swept(stage)
    healed()
    stage.control("POST", f"stripe/payouts/{payout_id}/finish", outcome="failed")

    later = reconciliation.run(
        gateway="stripe",
        since=DAY + timedelta(days=20),
        until=DAY + timedelta(days=28),
        now=NIGHT + timedelta(days=30),
    )

    assert of_leg_b(later) == {"status_returned_there": 1}


def test_amount_and_dates_of_a_payout_are_fixed_in_the_database(stage: StandIn) -> None:
    payout_id = swept(stage)
    stage.control("POST", f"stripe/payouts/{payout_id}/finish", outcome="paid")
    healed()

    for change in ("amount_minor = 1", "arrived_at = now()", "currency = 'EUR'"):
        with (
            pytest.raises(Error, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE billing_gatewaypayout SET {change}")
    with pytest.raises(Error, match="history"), transaction.atomic():
        GatewayPayout.objects.all().delete()
