"""How a price is split, and what each part gives back. Pure; all amounts are minor units.

Rules 2, 5 and 7 of docs/money.md. Nothing here knows an account, a table or a gateway.
"""

from dataclasses import dataclass
from enum import StrEnum

from kernel.money import divide_half_even, divide_half_up

WHOLE_BPS = 10_000


class Bearer(StrEnum):
    """Who bears the gateway's fee, which gateways keep when they refund."""

    PLATFORM = "platform"
    MENTOR = "mentor"
    CLIENT = "client"


class PriceBelowParts(ValueError):
    """The fee and the commission would exceed the price."""


class ShareTooLarge(ValueError):
    """More would go back than is left of the payment."""


@dataclass(frozen=True, slots=True)
class Split:
    """The three parts of a price; they sum to it by construction."""

    fee_minor: int
    commission_minor: int
    mentor_minor: int

    @property
    def price_minor(self) -> int:
        return self.fee_minor + self.commission_minor + self.mentor_minor


def split(*, price_minor: int, fee_bps: int, fee_fixed_minor: int, commission_bps: int) -> Split:
    """Split a price: the fee rounds half up, the commission half even, the mentor has the rest.

    Half even keeps the platform's mean gain from rounding at zero (docs/adr, the split).
    Raises PriceBelowParts where nothing would be left for the mentor to lose.
    """
    fee = fee_fixed_minor + divide_half_up(price_minor * fee_bps, WHOLE_BPS)
    commission = divide_half_even(price_minor * commission_bps, WHOLE_BPS)
    mentor = price_minor - fee - commission
    if price_minor <= 0 or mentor < 0:
        raise PriceBelowParts(
            f"A price of {price_minor} does not cover a fee of {fee} and {commission} commission."
        )
    return Split(fee_minor=fee, commission_minor=commission, mentor_minor=mentor)


@dataclass(frozen=True, slots=True)
class RefundParts:
    """What one refund takes from whom.

    `amount_minor` is what the gateway sends: mentor + commission + fee. `share_minor` is the
    share of the price that this gives back; it exceeds the amount by the waived fee where the
    client bears it.
    """

    bearer: Bearer
    mentor_minor: int
    commission_minor: int
    fee_minor: int
    fee_waived_minor: int

    @property
    def amount_minor(self) -> int:
        return self.mentor_minor + self.commission_minor + self.fee_minor

    @property
    def share_minor(self) -> int:
        kept_from_client = self.fee_waived_minor if self.bearer is Bearer.CLIENT else 0
        return self.amount_minor + kept_from_client


@dataclass(frozen=True, slots=True)
class Taken:
    """What the refunds that count (pending and succeeded) took of one payment so far."""

    amount_minor: int = 0
    share_minor: int = 0
    commission_minor: int = 0
    fee_minor: int = 0
    waived_by_mentor_minor: int = 0
    waived_by_client_minor: int = 0

    def plus(self, parts: RefundParts) -> "Taken":
        """Return the sum with one more refund."""
        by_mentor = parts.fee_waived_minor if parts.bearer is Bearer.MENTOR else 0
        by_client = parts.fee_waived_minor if parts.bearer is Bearer.CLIENT else 0
        return Taken(
            amount_minor=self.amount_minor + parts.amount_minor,
            share_minor=self.share_minor + parts.share_minor,
            commission_minor=self.commission_minor + parts.commission_minor,
            fee_minor=self.fee_minor + parts.fee_minor,
            waived_by_mentor_minor=self.waived_by_mentor_minor + by_mentor,
            waived_by_client_minor=self.waived_by_client_minor + by_client,
        )


def refund_parts(*, paid: Split, taken: Taken, share_minor: int, bearer: Bearer) -> RefundParts:
    """Return what a refund of `share_minor` of the price takes from each side.

    Cumulative over the refunded share S of the price a, `r` being `share_minor`:
    `c = min(r, max(0, half_even(C·S/a) − c taken))`,
    `f = min(r − c, max(0, half_even(F·S/a) − f taken or waived))`, `mentor = r − c − f`.
    Platform bears: all three are given. Mentor or client bears: f is waived, that is, it stays
    with the platform; then the mentor gives r − c, or the client gets r − f.

    Raises ShareTooLarge beyond what is left. Note [Fees that clients bore].
    """
    left = _left(paid=paid, taken=taken, bearer=bearer)
    if not 0 < share_minor <= left:
        raise ShareTooLarge(f"{share_minor} is not within the {left} that are left to refund.")

    price = paid.price_minor
    refunded = min(price, taken.share_minor + share_minor)
    waived = taken.waived_by_mentor_minor + taken.waived_by_client_minor
    commission_due = divide_half_even(paid.commission_minor * refunded, price)
    fee_due = divide_half_even(paid.fee_minor * refunded, price)
    commission = min(share_minor, max(0, commission_due - taken.commission_minor))
    fee = min(share_minor - commission, max(0, fee_due - taken.fee_minor - waived))

    if bearer is Bearer.CLIENT:
        return RefundParts(bearer, share_minor - commission - fee, commission, 0, fee)
    fee += _fee_borne_by_clients(
        paid=paid, taken=taken, share_minor=share_minor, commission=commission, fee=fee
    )
    if bearer is Bearer.MENTOR:
        return RefundParts(bearer, share_minor - commission, commission, 0, fee)
    return RefundParts(bearer, share_minor - commission - fee, commission, fee, 0)


def _left(*, paid: Split, taken: Taken, bearer: Bearer) -> int:
    """Money is the bound; a client can also bear no fee of a share that went back before."""
    of_money = paid.price_minor - taken.amount_minor
    of_share = paid.price_minor - taken.share_minor
    return min(of_money, of_share) if bearer is Bearer.CLIENT else of_money


# Note [Fees that clients bore]: where a client bore the fee, the share S runs ahead of the money
# that went back, by the fee that was waived. If even that goes back later (goodwill, or a refund
# made at the gateway), it is a fee part like any other: it leaves the platform's fee recovery, or
# is waived where the mentor bears it. So the last refund takes exactly the rest.
def _fee_borne_by_clients(
    *, paid: Split, taken: Taken, share_minor: int, commission: int, fee: int
) -> int:
    beyond_price = taken.share_minor + share_minor - paid.price_minor
    still_held = paid.fee_minor - taken.waived_by_mentor_minor - taken.fee_minor - fee
    return max(
        0,
        min(
            beyond_price,
            taken.waived_by_client_minor,
            still_held,
            share_minor - commission - fee,
        ),
    )
