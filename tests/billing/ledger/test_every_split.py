"""The split of every amount 1…1,000,000, beside a reference of exact fractions.

The reference is written from docs/money.md and imports nothing of the product: it rounds
`fractions.Fraction`, where the product divides integers.
"""

from fractions import Fraction
from functools import cache

import pytest

from billing.fees import PriceBelowParts, split

AMOUNTS = range(1, 1_000_001)
COMMISSION_BPS = 1500


def half_up(exact: Fraction) -> int:
    # The floor of exact + 1/2, without a second fraction for each of a million amounts.
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def half_even(exact: Fraction) -> int:
    return round(exact)  # Python rounds a Fraction's half to the even neighbour


@cache
def commissions() -> list[int]:
    """The reference's commission of each amount."""
    return [half_even(Fraction(amount * COMMISSION_BPS, 10_000)) for amount in AMOUNTS]


@cache
def variable_fees(bps: int) -> list[int]:
    """The reference's fee of each amount, without its fixed part."""
    return [half_up(Fraction(amount * bps, 10_000)) for amount in AMOUNTS]


@pytest.mark.parametrize(
    ("currency", "fee_bps", "fixed", "covered_from"),
    [
        ("JPY", 360, 40, 49),  # exponent 0: 3.6 % and ¥40
        ("USD", 290, 30, 36),  # exponent 2: 2.9 % and 30 cents
        ("KWD", 290, 100, 122),  # exponent 3: 2.9 % and 0.100 dinar
    ],
)
def test_every_split_is_that_of_the_exact_fractions(
    currency: str, fee_bps: int, fixed: int, covered_from: int
) -> None:
    refused = []
    parts_of_all = zip(AMOUNTS, variable_fees(fee_bps), commissions(), strict=True)
    for amount, variable, commission in parts_of_all:
        fee = variable + fixed
        try:
            parts = split(
                price_minor=amount,
                fee_bps=fee_bps,
                fee_fixed_minor=fixed,
                commission_bps=COMMISSION_BPS,
            )
        except PriceBelowParts:
            refused.append(amount)
            continue
        assert parts.fee_minor == fee, (currency, amount)
        assert parts.commission_minor == commission, (currency, amount)
        assert parts.mentor_minor == amount - fee - commission, (currency, amount)
        assert parts.mentor_minor >= 0, (currency, amount)

    # What is refused would have left the mentor less than nothing, and nothing else is refused.
    assert refused == [
        amount
        for amount in AMOUNTS[:1000]
        if amount < variable_fees(fee_bps)[amount - 1] + fixed + commissions()[amount - 1]
    ]
    assert max(refused) == covered_from - 1


@pytest.mark.parametrize("wrong", [half_even, int])
def test_the_reference_tells_other_roundings_apart(wrong: object) -> None:
    """The negative control: a fee rounded otherwise differs somewhere in the range."""
    assert callable(wrong)
    exact = [Fraction(amount * 290, 10_000) for amount in range(1, 2001)]

    assert [half_up(fee) for fee in exact] != [wrong(fee) for fee in exact]
