"""The split and the refund parts: golden numbers of docs/money.md, and rules over random paths."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.fees import (
    Bearer,
    PriceBelowParts,
    RefundParts,
    ShareTooLarge,
    Split,
    Taken,
    refund_parts,
    split,
)

HUNDRED = Split(fee_minor=320, commission_minor=1500, mentor_minor=8180)


def split_usd(price_minor: int) -> Split:
    return split(price_minor=price_minor, fee_bps=290, fee_fixed_minor=30, commission_bps=1500)


def refund_in_turn(paid: Split, *refunds: tuple[int, Bearer]) -> list[RefundParts]:
    taken = Taken()
    result = []
    for share_minor, bearer in refunds:
        parts = refund_parts(paid=paid, taken=taken, share_minor=share_minor, bearer=bearer)
        taken = taken.plus(parts)
        result.append(parts)
    return result


@pytest.mark.parametrize(
    ("price", "fee", "commission", "mentor"),
    [
        (50, 31, 8, 11),
        (70, 32, 10, 28),
        (100, 33, 15, 52),
        (500, 45, 75, 380),
        (999, 59, 150, 790),
        (2500, 103, 375, 2022),
        (4990, 175, 748, 4067),
        (4999, 175, 750, 4074),
        (10000, 320, 1500, 8180),
        (123456, 3610, 18518, 101328),
    ],
)
def test_the_golden_splits(price: int, fee: int, commission: int, mentor: int) -> None:
    assert split_usd(price) == Split(fee, commission, mentor)


def test_a_price_that_does_not_cover_its_parts_is_refused() -> None:
    # 30 + 0.93 → 31 fee and 5 commission of 32.
    with pytest.raises(PriceBelowParts, match="A price of 32"):
        split_usd(32)


def test_the_platform_gains_nothing_by_rounding_its_commission() -> None:
    # Over one whole period of 15 % (prices 10 000 to 29 999) the rounding errors cancel out.
    errors = [
        Fraction(split_usd(price).commission_minor) - Fraction(price * 1500, 10_000)
        for price in range(10_000, 30_000)
    ]

    assert sum(errors) == 0


@given(
    price=st.integers(min_value=500, max_value=10**9),
    fee_bps=st.integers(min_value=0, max_value=1000),
    fixed=st.integers(min_value=0, max_value=100),
    commission_bps=st.integers(min_value=0, max_value=5000),
)
def test_a_split_is_the_exact_fractions_rounded(
    price: int, fee_bps: int, fixed: int, commission_bps: int
) -> None:
    parts = split(
        price_minor=price, fee_bps=fee_bps, fee_fixed_minor=fixed, commission_bps=commission_bps
    )

    exact_fee = Fraction(price * fee_bps, 10_000) + fixed
    exact_commission = Fraction(price * commission_bps, 10_000)
    assert parts.fee_minor == (exact_fee + Fraction(1, 2)).__floor__()
    assert parts.commission_minor == round(exact_commission)  # Python rounds half to even
    assert parts.price_minor == price


def test_a_third_refunded_platform_bears() -> None:
    [parts] = refund_in_turn(HUNDRED, (3333, Bearer.PLATFORM))

    assert parts == RefundParts(Bearer.PLATFORM, 2726, 500, 107, 0)
    assert parts.amount_minor == 3333


def test_a_third_refunded_mentor_bears() -> None:
    [parts] = refund_in_turn(HUNDRED, (3333, Bearer.MENTOR))

    assert parts == RefundParts(Bearer.MENTOR, 2833, 500, 0, 107)
    assert parts.amount_minor == 3333


def test_half_refunded_client_bears() -> None:
    [parts] = refund_in_turn(HUNDRED, (5000, Bearer.CLIENT))

    assert parts == RefundParts(Bearer.CLIENT, 4090, 750, 0, 160)
    assert parts.amount_minor == 4840
    assert parts.share_minor == 5000


def test_a_mentor_who_cancels_may_end_owing() -> None:
    [parts] = refund_in_turn(HUNDRED, (10_000, Bearer.MENTOR))

    assert parts.mentor_minor == 8500  # 320 more than the 8180 that were booked
    assert parts.fee_waived_minor == 320


def test_three_thirds_are_the_whole() -> None:
    parts = refund_in_turn(
        HUNDRED, (3333, Bearer.PLATFORM), (3333, Bearer.PLATFORM), (3334, Bearer.PLATFORM)
    )

    assert [part.mentor_minor for part in parts] == [2726, 2727, 2727]
    assert [part.commission_minor for part in parts] == [500, 500, 500]
    assert [part.fee_minor for part in parts] == [107, 106, 107]


def test_two_thirds_of_49_99() -> None:
    parts = refund_in_turn(split_usd(4999), (1667, Bearer.PLATFORM), (1666, Bearer.PLATFORM))

    assert [part.mentor_minor for part in parts] == [1359, 1357]
    assert [part.commission_minor for part in parts] == [250, 250]
    assert [part.fee_minor for part in parts] == [58, 59]


def test_mentor_bears_99_then_platform_bears_the_last_1() -> None:
    parts = refund_in_turn(HUNDRED, (9900, Bearer.MENTOR), (100, Bearer.PLATFORM))

    assert sum(part.mentor_minor for part in parts) == 8180 + 317
    assert sum(part.fee_minor for part in parts) == 320 - 317


def test_the_fee_that_a_client_bore_can_still_be_given_back_by_the_platform() -> None:
    parts = refund_in_turn(HUNDRED, (5000, Bearer.CLIENT), (5160, Bearer.PLATFORM))

    # The rest: 8180 − 4090 of the mentor, 1500 − 750 of the commission, the whole fee.
    assert parts[1] == RefundParts(Bearer.PLATFORM, 4090, 750, 320, 0)


@pytest.mark.parametrize(
    ("before", "share", "bearer"),
    [
        ([], 10_001, Bearer.PLATFORM),
        ([], 0, Bearer.PLATFORM),
        ([], -1, Bearer.MENTOR),
        ([(10_000, Bearer.PLATFORM)], 1, Bearer.MENTOR),
        ([(10_000, Bearer.CLIENT)], 1, Bearer.CLIENT),
        ([(10_000, Bearer.CLIENT)], 321, Bearer.PLATFORM),
    ],
)
def test_more_than_is_left_is_refused(
    before: list[tuple[int, Bearer]], share: int, bearer: Bearer
) -> None:
    with pytest.raises(ShareTooLarge):
        refund_in_turn(HUNDRED, *before, (share, bearer))


class Path:
    """One payment with random refunds, some of which fail later."""

    def __init__(self, rng: random.Random, bearers: list[Bearer], *, failing: bool) -> None:
        self.rng = rng
        self.bearers = bearers
        self.failing = failing
        self.paid = split_usd(rng.choice([500, 999, 4999, 10_000, rng.randint(45, 200_000)]))
        self.live: list[RefundParts] = []

    @property
    def taken(self) -> Taken:
        taken = Taken()
        for parts in self.live:
            taken = taken.plus(parts)
        return taken

    def refund(self, share_minor: int, bearer: Bearer) -> None:
        parts = refund_parts(
            paid=self.paid, taken=self.taken, share_minor=share_minor, bearer=bearer
        )
        assert min(parts.mentor_minor, parts.commission_minor, parts.fee_minor) >= 0
        assert parts.fee_waived_minor >= 0
        assert parts.share_minor == share_minor
        self.live.append(parts)

    def walk(self) -> None:
        for _ in range(self.rng.randint(0, 6)):
            if self.failing and self.live and self.rng.random() < 0.3:
                self.live.pop(self.rng.randrange(len(self.live)))
            bearer = self.rng.choice(self.bearers)
            left = self.left(bearer)
            if left > 0:
                self.refund(self.rng.randint(1, left), bearer)

    def left(self, bearer: Bearer) -> int:
        of_money = self.paid.price_minor - self.taken.amount_minor
        of_share = self.paid.price_minor - self.taken.share_minor
        return min(of_money, of_share) if bearer is Bearer.CLIENT else of_money

    def refund_the_rest(self) -> None:
        rest = self.left(Bearer.PLATFORM)
        if rest:
            self.refund(rest, Bearer.PLATFORM)


@pytest.mark.parametrize("failing", [False, True])
@pytest.mark.parametrize(
    "bearers",
    [[Bearer.PLATFORM], [Bearer.MENTOR], [Bearer.CLIENT], list(Bearer)],
    ids=["platform", "mentor", "client", "mixed"],
)
def test_on_random_paths_the_last_refund_takes_exactly_the_rest(
    bearers: list[Bearer], failing: bool
) -> None:
    rng = random.Random(f"{bearers} {failing}")
    for _ in range(7_500):  # 8 cases × 7,500 = 60,000 paths
        path = Path(rng, bearers, failing=failing)
        path.walk()
        path.refund_the_rest()

        taken, paid = path.taken, path.paid
        mentor_gave = taken.amount_minor - taken.commission_minor - taken.fee_minor
        assert taken.amount_minor == paid.price_minor
        assert taken.commission_minor == paid.commission_minor
        # What mentors bore stays with the platform, and is exactly what they gave beyond theirs.
        assert taken.fee_minor == paid.fee_minor - taken.waived_by_mentor_minor
        assert mentor_gave == paid.mentor_minor + taken.waived_by_mentor_minor
