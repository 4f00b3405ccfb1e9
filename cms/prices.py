"""A price told to readers, to the cent: its parts, and what a cancellation gives back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing import queries as billing
from billing.queries import Breakdown
from kernel.money import Money, divide_half_up, exponent
from scheduling.models import CancellationPolicy
from scheduling.policies import WHOLE_BPS, read_tiers


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What a client gets back who cancels so many hours before the start, or later."""

    hours_before: int
    amount: Money


@dataclass(frozen=True, slots=True)
class PriceTold:
    """The parts of a price by today's rates, and the default policy's tiers in money."""

    parts: Breakdown
    given_back: tuple[GivenBack, ...]


def tell(*, price: Decimal, currency: str, now: datetime) -> PriceTold | None:
    """Return what becomes of a price sold at `now`; None where nothing is sold at it.

    Three queries.
    """
    minor = int(price.scaleb(exponent(currency)))
    parts = billing.price_parts(price_minor=minor, currency=currency, at=now)
    if parts is None:
        return None
    policy = CancellationPolicy.objects.filter(is_default=True).first()
    tiers = read_tiers(policy.tiers) if policy else ()
    return PriceTold(
        parts=parts,
        given_back=tuple(
            GivenBack(
                tier.hours_before,
                Money(divide_half_up(minor * tier.refund_bps, WHOLE_BPS), currency),
            )
            for tier in tiers
        ),
    )
