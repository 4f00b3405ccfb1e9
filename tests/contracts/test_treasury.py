"""Money from the gateway to the platform's own bank: what every gateway behind the port says."""

from datetime import UTC, datetime, timedelta

import pytest

from billing.gateways.base import GatewayRefused
from billing.gateways.treasury import GatewayPayout, GatewayPayoutStatus
from tests.contracts.conftest import Ground

HOUR = timedelta(hours=1)


def listed(ground: Ground) -> list[GatewayPayout]:
    now = datetime.now(UTC)
    return list(ground.port.gateway_payouts(since=now - HOUR, until=now + HOUR))


def test_a_payout_to_our_bank_is_listed_with_what_the_bank_will_say(ground: Ground) -> None:
    ground.fund(100_000)
    payout_id = ground.withdraw()

    [payout] = listed(ground)

    assert payout.id == payout_id
    assert payout.currency == "USD"
    assert payout.amount_minor > 0
    assert payout.status in {GatewayPayoutStatus.IN_TRANSIT, GatewayPayoutStatus.PAID}
    assert payout.arrives_on >= payout.created_at.date()
    assert ground.port.fetch_gateway_payout(gateway_payout_id=payout_id) == payout


def test_the_items_of_an_itemised_payout_sum_to_it_and_name_it(ground: Ground) -> None:
    ground.fund(100_000)
    ground.fund(5_000)
    payout_id = ground.withdraw()
    [payout] = listed(ground)

    items = list(ground.port.gateway_payout_items(gateway_payout_id=payout_id))

    if payout.itemised:
        assert len(items) == 2
        assert sum(item.net_minor for item in items) == payout.amount_minor
        assert {item.gateway_payout_id for item in items} == {payout_id}
    else:
        assert items == []


def test_the_movement_that_took_it_off_our_balance_is_in_the_list(ground: Ground) -> None:
    ground.fund(100_000)
    ground.withdraw()
    [payout] = listed(ground)
    now = datetime.now(UTC)

    rows = ground.port.balance_transactions(since=now - HOUR, until=now + HOUR)

    [moved] = [row for row in rows if row.id == payout.transaction_id]
    assert (moved.net_minor, moved.source_id) == (-payout.amount_minor, payout.id)


def test_what_is_outside_the_window_is_not_listed(ground: Ground) -> None:
    ground.fund(100_000)
    ground.withdraw()
    now = datetime.now(UTC)

    assert list(ground.port.gateway_payouts(since=now - 3 * HOUR, until=now - HOUR)) == []
    with pytest.raises(GatewayRefused):
        ground.port.fetch_gateway_payout(gateway_payout_id="po_nobody")
