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
class Beside:
    """What paid of a price beside the client's money: it goes back with its share of a refund.

    A discount that the *mentor* bears is none of it: it lowers the price that is split.
    """

    discount_minor: int = 0
    credit_minor: int = 0

    @property
    def minor(self) -> int:
        return self.discount_minor + self.credit_minor


ALL_PAID = Beside()


@dataclass(frozen=True, slots=True)
class RefundParts:
    """What one refund takes from whom, and to whom it goes.

    The mentor, the commission and the fee give `given_minor`; of a package, what was not used
    does (`prepaid_minor`), and was nobody's part yet. The platform's discount and the
    client's credit get their parts of it back, and the gateway sends the rest, `amount_minor`.
    `share_minor` is the share of the price that this gives back; it exceeds what is given by the
    waived fee where the client bears it.
    """

    bearer: Bearer
    mentor_minor: int
    commission_minor: int
    fee_minor: int
    fee_waived_minor: int
    discount_minor: int = 0
    credit_minor: int = 0
    prepaid_minor: int = 0

    @property
    def given_minor(self) -> int:
        return self.mentor_minor + self.commission_minor + self.fee_minor + self.prepaid_minor

    @property
    def amount_minor(self) -> int:
        return self.given_minor - self.discount_minor - self.credit_minor

    @property
    def share_minor(self) -> int:
        kept_from_client = self.fee_waived_minor if self.bearer is Bearer.CLIENT else 0
        return self.given_minor + kept_from_client


@dataclass(frozen=True, slots=True)
class Taken:
    """What the refunds that count (pending and succeeded) took of one payment so far."""

    amount_minor: int = 0
    share_minor: int = 0
    commission_minor: int = 0
    fee_minor: int = 0
    waived_by_mentor_minor: int = 0
    waived_by_client_minor: int = 0
    discount_minor: int = 0
    credit_minor: int = 0

    @property
    def beside_minor(self) -> int:
        return self.discount_minor + self.credit_minor

    @property
    def given_minor(self) -> int:
        return self.amount_minor + self.beside_minor

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
            discount_minor=self.discount_minor + parts.discount_minor,
            credit_minor=self.credit_minor + parts.credit_minor,
        )


def refund_parts(
    *, paid: Split, taken: Taken, share_minor: int, bearer: Bearer, beside: Beside = ALL_PAID
) -> RefundParts:
    """Return what a refund of `share_minor` of the price takes from each side.

    Cumulative over the refunded share S of the price a, `r` being `share_minor`:
    `c = min(r, max(0, half_even(C·S/a) − c taken))`,
    `f = min(r − c, max(0, half_even(F·S/a) − f taken or waived))`, `mentor = r − c − f`.
    Platform bears: all three are given. Mentor or client bears: f is waived, that is, it stays
    with the platform; then the mentor gives r − c, or the client gets r − f (never more of it
    than the client paid: what is beyond that is given like any other part).

    Raises ShareTooLarge beyond what is left. Note [Fees that clients bore].
    """
    left = _left(paid=paid, taken=taken, bearer=bearer)
    if not 0 < share_minor <= left:
        raise ShareTooLarge(f"{share_minor} is not within the {left} that are left to refund.")

    def gets(given: int) -> tuple[int, int]:
        return _beside(
            price=paid.price_minor, taken=taken, share=share_minor, given=given, beside=beside
        )

    commission, fee = _commission_and_fee(paid=paid, taken=taken, share_minor=share_minor)
    if bearer is Bearer.CLIENT:
        waived = min(fee, share_minor - sum(gets(share_minor)))
        mentor = share_minor - commission - fee
        back = gets(share_minor - waived)
        return RefundParts(bearer, mentor, commission, fee - waived, waived, *back)
    fee += _fee_borne_by_clients(
        paid=paid, taken=taken, share_minor=share_minor, commission=commission, fee=fee
    )
    back = gets(share_minor)
    if bearer is Bearer.MENTOR:
        return RefundParts(bearer, share_minor - commission, commission, 0, fee, *back)
    return RefundParts(bearer, share_minor - commission - fee, commission, fee, 0, *back)


def parts_of_money(
    *, paid: Split, taken: Taken, amount_minor: int, beside: Beside = ALL_PAID
) -> RefundParts:
    """Return what `amount_minor` of the client's money, gone back already, takes from each side.

    For what gateways and banks did, who know what was paid and not the price: the discount and
    the credit go back in the proportion of the money. The platform bears the fee.
    Raises ShareTooLarge beyond what was paid and not given back.
    """
    money = paid.price_minor - beside.minor
    left = money - taken.amount_minor
    if not 0 < amount_minor <= left:
        raise ShareTooLarge(f"{amount_minor} is not within the {left} that were paid.")
    due = divide_half_even(beside.minor * (taken.amount_minor + amount_minor), money)
    back = _within(due - taken.beside_minor, 0, beside.minor - taken.beside_minor)
    share = amount_minor + back
    commission, fee = _commission_and_fee(paid=paid, taken=taken, share_minor=share)
    fee += _fee_borne_by_clients(
        paid=paid, taken=taken, share_minor=share, commission=commission, fee=fee
    )
    credit = _credit_of(back, taken=taken, beside=beside)
    return RefundParts(
        Bearer.PLATFORM, share - commission - fee, commission, fee, 0, back - credit, credit
    )


def credit_splits(*, paid: Split, sessions: int) -> list[Split]:
    """Return what each session of a package takes of its price and of its parts, in their order.

    The price by largest remainder, the parts cumulative as those of refunds: all of them together
    are exactly the package's, and no part is negative.
    """
    each, over = divmod(paid.price_minor, sessions)
    splits: list[Split] = []
    taken = Taken()
    for number in range(sessions):
        share = each + (number < over)
        parts = refund_parts(paid=paid, taken=taken, share_minor=share, bearer=Bearer.PLATFORM)
        splits.append(Split(parts.fee_minor, parts.commission_minor, parts.mentor_minor))
        taken = taken.plus(parts)
    return splits


def _left(*, paid: Split, taken: Taken, bearer: Bearer) -> int:
    """Money is the bound; a client can also bear no fee of a share that went back before."""
    of_money = paid.price_minor - taken.given_minor
    of_share = paid.price_minor - taken.share_minor
    return min(of_money, of_share) if bearer is Bearer.CLIENT else of_money


def _commission_and_fee(*, paid: Split, taken: Taken, share_minor: int) -> tuple[int, int]:
    refunded = min(paid.price_minor, taken.share_minor + share_minor)
    waived = taken.waived_by_mentor_minor + taken.waived_by_client_minor
    commission_due = divide_half_even(paid.commission_minor * refunded, paid.price_minor)
    fee_due = divide_half_even(paid.fee_minor * refunded, paid.price_minor)
    commission = min(share_minor, max(0, commission_due - taken.commission_minor))
    fee = min(share_minor - commission, max(0, fee_due - taken.fee_minor - waived))
    return commission, fee


# Note [What was not paid goes back where it came from]: of the share S the client's money has
# its part, rounded half even, the discount and the credit have the rest; cumulative like the
# other parts, and never more than each has left. So a full refund gives each exactly its own.
def _beside(*, price: int, taken: Taken, share: int, given: int, beside: Beside) -> tuple[int, int]:
    """Return the discount's and the credit's part of what is given."""
    if not beside.minor:
        return 0, 0
    money = price - beside.minor
    refunded = min(price, taken.share_minor + share)
    due = refunded - divide_half_even(money * refunded, price)
    back = _within(
        due - taken.beside_minor,
        max(0, given - (money - taken.amount_minor)),
        min(given, beside.minor - taken.beside_minor),
    )
    credit = _credit_of(back, taken=taken, beside=beside)
    return back - credit, credit


def _credit_of(back: int, *, taken: Taken, beside: Beside) -> int:
    """Return the credit's part of what goes back to discount and credit."""
    if not back:
        return 0
    due = divide_half_even(beside.credit_minor * (taken.beside_minor + back), beside.minor)
    return _within(
        due - taken.credit_minor,
        max(0, back - (beside.discount_minor - taken.discount_minor)),
        min(back, beside.credit_minor - taken.credit_minor),
    )


def _within(wanted: int, least: int, most: int) -> int:
    return max(least, min(most, wanted))


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
