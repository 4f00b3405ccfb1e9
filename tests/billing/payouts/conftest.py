"""A stage for payouts: one instant for product and stand-in, money there, books that balance."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from billing.ledger.checks import check_books
from billing.models import PayoutMinimum
from kernel import clock
from tests.billing.payouts.world import NOW
from tests.standin import StandIn


@pytest.fixture(autouse=True)
def stage(db: None, standin: StandIn) -> Iterator[StandIn]:
    """Set every clock to NOW and fund the gateway's balance; afterwards check the books."""
    standin.control("POST", "clock", set=NOW.isoformat(), frozen=True)
    standin.fund()
    PayoutMinimum.objects.get_or_create(
        currency="USD",
        effective_from=datetime(2020, 1, 1, tzinfo=UTC),
        defaults={"minimum_minor": 1000},
    )
    with clock.travel(NOW):
        yield standin
    report = check_books(now=NOW)
    assert report.ok, report.as_json()
