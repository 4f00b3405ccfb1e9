"""The planted breaks: what is bent in the stand-in's records, for reconciliation to find.

Each plant is silent (no webhook) and bends the other side alone, the gateway's or the bank's.
Those that the product mends by itself are dated beyond the nightly window, so that they wait for
somebody to look.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from billing.models import Payment, Refund
from demo.year.bank import stray_line
from demo.year.gateway import StandIn
from kernel import clock


@dataclass(frozen=True, slots=True)
class Planted:
    """One break: its type and key as reconciliation names them, and what was done."""

    type: str
    key: str
    what: str


@dataclass(slots=True)
class Gardener:
    """Plants one break after the other, each at another sale."""

    stand_in: StandIn
    ends_at: datetime
    days: int

    def plant(self) -> list[Planted]:
        """Plant all of them; the order decides which sale each takes."""
        sales = self._sales()
        return [
            self._fee(next(sales)),
            self._amount(next(sales)),
            self._duplicate(next(sales)),
            self._missing_there(next(sales)),
            self._refund_there(next(sales)),
            self._stranger(),
            self._levy(),
            self._stray(),
            *self._unrefund(),
        ]

    def _sales(self) -> Iterator[Payment]:
        """Yield sales without any refund, spread over the year, never within the last month."""
        refunded = Refund.objects.filter(payment=OuterRef("pk"))
        plain = (
            Payment.objects.filter(
                ~Exists(refunded),
                state="succeeded",
                late=False,
                purchase__released_at__isnull=False,
                purchase__currency="USD",
                purchase__session__state__in=["completed", "reviewed"],
                succeeded_at__lt=self.ends_at - self._back(0.12),
            )
            .select_related("purchase__client__user", "purchase__mentor__user")
            .order_by("succeeded_at", "purchase__client__user__email")
        )
        rows = [payment for payment in plain if not self._is_disputed(payment)]
        step = max(1, len(rows) // 6)
        yield from rows[step // 2 :: step]

    def _is_disputed(self, payment: Payment) -> bool:
        found = self.stand_in.dashboard(
            "GET", "/v1/disputes", payment_intent=payment.gateway_intent_id
        )
        return bool(found["data"])

    def _back(self, share: float) -> timedelta:
        return timedelta(days=max(1, round(self.days * share)))

    def _lever(self, name: str, **given: Any) -> Any:
        return self.stand_in.lever(f"stripe/plant/{name}", **given)

    def _fee(self, sale: Payment) -> Planted:
        self._lever("fee", charge=sale.gateway_charge_id, delta=37)
        return Planted("fee", str(sale.gateway_charge_id), f"{_sale(sale)}: a fee 37 ¢ higher")

    def _amount(self, sale: Payment) -> Planted:
        self._lever("amount", charge=sale.gateway_charge_id, delta=-250)
        return Planted(
            "amount", str(sale.gateway_charge_id), f"{_sale(sale)}: listed 2.50 lower there"
        )

    def _duplicate(self, sale: Payment) -> Planted:
        assert sale.succeeded_at is not None  # noqa: S101 - a paid sale
        made = self._lever(
            "duplicate_charge",
            charge=sale.gateway_charge_id,
            created=(sale.succeeded_at + timedelta(minutes=9)).isoformat(),
        )
        return Planted(
            "duplicate_charge", made["charge"]["id"], f"{_sale(sale)}: charged twice there"
        )

    def _missing_there(self, sale: Payment) -> Planted:
        self._lever("missing_charge", charge=sale.gateway_charge_id, intent="keep")
        return Planted(
            "charge_missing_there", str(sale.gateway_charge_id), f"{_sale(sale)}: not listed there"
        )

    def _refund_there(self, sale: Payment) -> Planted:
        made = self._lever(
            "refund",
            charge=sale.gateway_charge_id,
            amount=sale.amount_minor // 4,
            created=(self.ends_at - self._back(0.1)).isoformat(),
        )
        return Planted(
            "refund_missing_here", made["refund"]["id"], f"{_sale(sale)}: a quarter refunded there"
        )

    def _stranger(self) -> Planted:
        made = self._lever(
            "charge",
            amount=7_500,
            currency="usd",
            metadata={},
            created=(self.ends_at - self._back(0.3)).isoformat(),
        )
        return Planted(
            "charge_missing_here", made["charge"]["id"], "a charge of USD 75.00 that names no sale"
        )

    def _levy(self) -> Planted:
        made = self._lever(
            "unknown_category",
            amount=-1_234,
            currency="usd",
            category="card_scheme_levy",
            description="Card scheme levy",
            created=(self.ends_at - self._back(0.2)).isoformat(),
        )
        return Planted(
            "unknown_category", made["balance_transaction"]["id"], "a levy of USD 12.34, unknown"
        )

    def _stray(self) -> Planted:
        line = stray_line(self.ends_at.date() - timedelta(days=1), now=clock.now())
        what = "USD 42.00 at the bank, from nobody we know"
        return Planted("bank_line_unknown", str(line.pk), what)

    def _unrefund(self) -> Iterator[Planted]:
        """A refund of ours that the gateway denies; a very short year may have none to take."""
        refund = (
            Refund.objects.filter(
                state="succeeded",
                cause=Refund.Cause.CLIENT_CANCELLED,
                created_at__lt=self.ends_at - self._back(0.12),
            )
            .select_related("payment__purchase__client__user", "payment__purchase__mentor__user")
            .order_by("created_at", "payment__purchase__client__user__email")
            .last()
        )
        if refund is not None:
            self._lever("unrefund", refund=refund.gateway_refund_id)
            yield Planted(
                "status_refunded_here",
                str(refund.payment.gateway_intent_id),
                f"{_sale(refund.payment)}: our refund is gone there",
            )


def _sale(payment: Payment) -> str:
    purchase = payment.purchase
    return (
        f"{payment.public_id} ({purchase.client.user.name} with {purchase.mentor.user.name}, "
        f"{payment.succeeded_at:%Y-%m-%d})"
    )
