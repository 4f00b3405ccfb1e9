"""Do the gateways' fees still follow our rates? One sale may differ; many that do are a drift.

Compares what the balance transactions took with what the sales' own rates say of the same amounts.
A fee taken in another currency than the sale's cannot be compared and is left out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Sum

from billing.fees import WHOLE_BPS
from billing.models import Payment
from billing.reconciliation.suggesting import TOLERANCE_BPS
from billing.states import PaymentState

WINDOW = timedelta(days=30)
# Of fewer sales the rounding of each, and one foreign card, say nothing.
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Drift:
    """What a gateway took for the sales of a currency, and what their rates say."""

    gateway: str
    currency: str
    sales: int
    expected_minor: int
    actual_minor: int

    @property
    def difference_minor(self) -> int:
        """Return what was taken beyond our rates; negative: less."""
        return self.actual_minor - self.expected_minor

    @property
    def percent(self) -> float | None:
        """Return the difference in percent of what our rates say; None where they say nothing."""
        if not self.expected_minor:
            return None
        return round(100 * self.difference_minor / self.expected_minor, 1)


def drifts(*, now: datetime) -> list[Drift]:
    """Return the gateways whose fees left our rates by more than the tolerance, the worst first."""
    rate = ExpressionWrapper(
        # Half up, as the split rounds it; of what was paid, whatever a discount bore.
        (F("amount_minor") * F("purchase__fee_bps") + WHOLE_BPS // 2) / WHOLE_BPS
        + F("purchase__fee_fixed_minor"),
        output_field=BigIntegerField(),
    )
    rows = (
        Payment.objects.filter(
            state=PaymentState.SUCCEEDED,
            succeeded_at__gte=now - WINDOW,
            succeeded_at__lte=now,
            actual_fee_minor__isnull=False,
            fee_currency=F("currency"),
        )
        .values("gateway", "currency")
        .annotate(sales=Count("pk"), expected=Sum(rate), actual=Sum("actual_fee_minor"))
        .filter(sales__gte=FEWEST)
    )
    found = [
        Drift(row["gateway"], row["currency"], row["sales"], row["expected"], row["actual"])
        for row in rows
    ]
    return sorted(filter(_is_one, found), key=lambda one: -abs(one.difference_minor))


def _is_one(found: Drift) -> bool:
    return abs(found.difference_minor) * WHOLE_BPS > found.expected_minor * TOLERANCE_BPS
