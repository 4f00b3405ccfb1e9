"""Rounding and arithmetic of money, against Fraction."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import CurrencyMismatch, Money, divide_half_even, divide_half_up, exponent

integers = st.integers(-(10**12), 10**12)
positive = st.integers(1, 10**6)


@given(integers, positive)
def test_half_even_is_what_python_rounds_a_fraction_to(a: int, b: int) -> None:
    assert divide_half_even(a, b) == round(Fraction(a, b))


@given(integers, positive)
def test_half_up_is_off_by_at_most_a_half_and_a_half_goes_outward(a: int, b: int) -> None:
    exact = Fraction(a, b)
    got = divide_half_up(a, b)

    assert abs(exact - got) <= Fraction(1, 2)
    if abs(exact - got) == Fraction(1, 2):
        assert abs(got) > abs(exact)


@pytest.mark.parametrize(
    ("numerator", "denominator", "up", "even"),
    [(1, 2, 1, 0), (3, 2, 2, 2), (5, 2, 3, 2), (-1, 2, -1, 0), (-3, 2, -2, -2), (7, 3, 2, 2)],
)
def test_halves(numerator: int, denominator: int, up: int, even: int) -> None:
    assert divide_half_up(numerator, denominator) == up
    assert divide_half_even(numerator, denominator) == even


def test_amounts_of_two_currencies_do_not_meet() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "USD") + Money(1, "EUR")


@pytest.mark.parametrize("amount", [1.0, True, "1"])
def test_only_integers_are_amounts(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "USD")  # type: ignore[arg-type]


def test_the_exponents_are_those_of_iso_4217() -> None:
    assert [exponent(code) for code in ("USD", "JPY", "KWD", "MGA")] == [2, 0, 3, 2]


def test_money_reads_with_its_currency_and_its_sign_first() -> None:
    assert str(Money(123456, "USD")) == "USD 1,234.56"
    assert str(Money(-320, "USD")) == "−USD 3.20"
    assert str(Money(500, "JPY")) == "JPY 500"
