"""`seed_demo --busy-day` moves money at the stand-in, and the books agree with it."""

from datetime import UTC, datetime

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from billing.ledger.checks import check_books
from billing.models import CommissionRule, FeeSchedule, Payment, Refund
from kernel import clock
from scheduling.models import Session
from tests.standin import StandIn

STORIES = 10
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def rates(transactional_db: None) -> None:
    """The first rates: tests that commit empty the tables, and what migrations put there."""
    CommissionRule.objects.get_or_create(
        scope="default", mentor=None, effective_from=BEGINNING, defaults={"rate_bps": 1500}
    )
    FeeSchedule.objects.get_or_create(
        gateway="stripe",
        currency="USD",
        effective_from=BEGINNING,
        defaults={"bps": 290, "fixed_minor": 30, "minimum_price_minor": 500},
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_bookings_end_as_their_stories_say(
    standin: StandIn, rates: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.mentors.CROWD", 0)

    call_command("seed_demo", "--busy-day", str(STORIES))

    states = Session.objects.order_by("created_at", "pk").values_list("state", flat=True)
    assert sorted(states) == ["cancelled"] * 3 + ["confirmed"] * 5 + ["pending"] * 2
    paid = Payment.objects.filter(state="succeeded")
    assert paid.count() == 8
    assert Refund.objects.filter(state="succeeded").count() == 3
    # In time and by the mentor: everything. Late: half.
    shares = sorted(
        refund.amount_minor * 100 // refund.payment.amount_minor for refund in Refund.objects.all()
    )
    assert shares == [50, 100, 100]
    assert check_books(now=clock.now()).ok


@pytest.mark.django_db
def test_no_demo_payment_goes_to_a_real_gateway(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.mentors.CROWD", 0)
    settings.STRIPE_API_BASE = "https://api.stripe.com"

    with pytest.raises(CommandError, match="stand-in"):
        call_command("seed_demo", "--busy-day", "1")

    assert not Session.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_stand_in_the_command_says_what_to_start(
    rates: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.mentors.CROWD", 0)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # nobody listens on the discard port

    with pytest.raises(CommandError, match="start `make run` first"):
        call_command("seed_demo", "--busy-day", "1")

    assert not Payment.objects.filter(state="succeeded").exists()
