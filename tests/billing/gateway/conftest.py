"""A stage for money: one instant for product and stand-in, and books that must balance after."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from billing.ledger.checks import check_books
from billing.models import CommissionRule, FeeSchedule
from kernel import clock
from tests.billing.gateway.journey import NOW
from tests.standin import StandIn

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stage(db: None, standin: StandIn) -> Iterator[StandIn]:
    """Set every clock to NOW, have the first rates in force; afterwards check the books."""
    standin.control("POST", "clock", set=NOW.isoformat(), frozen=True)
    # The tests that commit empty the tables, and what migrations put there with them.
    CommissionRule.objects.get_or_create(
        scope="default", mentor=None, effective_from=BEGINNING, defaults={"rate_bps": 1500}
    )
    for gateway, bps, fixed in (("stripe", 290, 30), ("paypal", 349, 49)):
        FeeSchedule.objects.get_or_create(
            gateway=gateway,
            currency="USD",
            effective_from=BEGINNING,
            defaults={"bps": bps, "fixed_minor": fixed, "minimum_price_minor": 500},
        )
    with clock.travel(NOW):
        yield standin
    report = check_books(now=NOW)
    assert report.ok, report.as_json()
