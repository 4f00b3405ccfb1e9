"""PayPal's decimal strings and ISO 4217's minor units: never rounded, no decimals for three."""

import pytest

from billing.gateways.base import NotExpressible
from billing.gateways.paypal_units import NoAmount, from_paypal, smallest_step, to_paypal


@pytest.mark.parametrize(
    ("currency", "ours", "paypals"),
    [
        ("USD", 10_000, "100.00"),
        ("USD", 5, "0.05"),
        ("USD", -320, "-3.20"),
        ("EUR", 4_999, "49.99"),
        ("JPY", 1_500, "1500"),  # none at both
        ("HUF", 150_000, "1500"),  # two in ISO, none at PayPal
        ("TWD", -99_900, "-999"),
        ("USD", 0, "0.00"),
    ],
)
def test_amounts_go_there_and_back(currency: str, ours: int, paypals: str) -> None:
    assert to_paypal(ours, currency) == paypals
    assert from_paypal(paypals, currency) == ours


def test_what_paypal_may_leave_out_is_read_alike() -> None:
    assert from_paypal("100", "USD") == 10_000
    assert from_paypal("100.5", "USD") == 10_050
    assert from_paypal("1500.00", "JPY") == 1_500


@pytest.mark.parametrize(("amount", "currency"), [(150_050, "HUF"), (1, "TWD"), (1_234, "KWD")])
def test_what_paypal_cannot_say_is_refused(amount: int, currency: str) -> None:
    with pytest.raises(NotExpressible):
        to_paypal(amount, currency)


@pytest.mark.parametrize(
    ("value", "currency"),
    [("0.005", "USD"), ("1.5", "JPY"), ("", "USD"), ("1e3", "USD"), ("NaN", "USD"), ("١٢", "USD")],
)
def test_what_is_no_amount_of_ours_is_refused(value: str, currency: str) -> None:
    with pytest.raises(NoAmount):
        from_paypal(value, currency)


@pytest.mark.parametrize(
    ("currency", "step"), [("USD", 1), ("HUF", 100), ("TWD", 100), ("JPY", 1), ("KWD", 10)]
)
def test_what_paypal_can_say_goes_in_steps(currency: str, step: int) -> None:
    assert smallest_step(currency) == step
    assert from_paypal(to_paypal(7 * step, currency), currency) == 7 * step
