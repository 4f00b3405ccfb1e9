"""Stripe's minor units and ISO 4217's: the same for most, never rounded for the others."""

import pytest

from billing.gateways.base import NotExpressible
from billing.gateways.stripe_units import NoAmount, from_stripe, smallest_step, to_stripe


@pytest.mark.parametrize(
    ("currency", "ours", "stripes"),
    [
        ("USD", 10_000, 10_000),
        ("JPY", 1_500, 1_500),  # none at both
        ("ISK", 1_500, 150_000),  # none in ISO, two at Stripe
        ("UGX", 7, 700),
        ("MGA", 500, 5),  # two in ISO, none at Stripe
        ("KWD", 12_340, 12_340),  # three at both, the last one zero
        ("USD", -320, -320),
        ("ISK", -15, -1_500),
        ("MGA", -500, -5),
    ],
)
def test_amounts_go_there_and_back(currency: str, ours: int, stripes: int) -> None:
    assert to_stripe(ours, currency) == stripes
    assert from_stripe(stripes, currency) == ours


@pytest.mark.parametrize(("amount", "currency"), [(501, "MGA"), (12_345, "KWD")])
def test_what_stripe_cannot_say_is_refused(amount: int, currency: str) -> None:
    with pytest.raises(NotExpressible):
        to_stripe(amount, currency)


def test_a_fraction_of_our_unit_is_refused() -> None:
    with pytest.raises(NoAmount):
        from_stripe(150_050, "ISK")


@pytest.mark.parametrize(
    ("currency", "step"), [("USD", 1), ("MGA", 100), ("KWD", 10), ("ISK", 1), ("HUF", 1)]
)
def test_what_stripe_can_say_goes_in_steps(currency: str, step: int) -> None:
    assert smallest_step(currency) == step
    assert from_stripe(to_stripe(7 * step, currency), currency) == 7 * step
