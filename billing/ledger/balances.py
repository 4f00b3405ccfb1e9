"""What the books say: balances, always computed from lines, never stored.

A debit is positive. Reading only; who may see what is the caller's question.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from billing.ledger.chart import CHART, Code, Kind, code_of, name_of
from billing.models import Line

_OF_MENTOR = {
    Code.MENTOR_PENDING: "pending_minor",
    Code.MENTOR_AVAILABLE: "available_minor",
    Code.MENTOR_RESERVE: "reserve_minor",
    Code.MENTOR_PAYOUTS_IN_TRANSIT: "in_transit_minor",
    Code.MENTOR_PAYOUTS_RETURNED: "returned_minor",
}


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One account's balance, as the books hold it (debit positive)."""

    account: str
    name: str
    kind: Kind
    currency: str
    balance_minor: int

    @property
    def natural_minor(self) -> int:
        """The balance as people read it: positive on the side on which the account grows."""
        return -self.balance_minor if self.kind.grows_by_credit else self.balance_minor


@dataclass(frozen=True, slots=True)
class MentorBalance:
    """What the platform owes a mentor in one currency; negative where the mentor owes."""

    currency: str
    pending_minor: int = 0
    available_minor: int = 0
    reserve_minor: int = 0
    in_transit_minor: int = 0
    returned_minor: int = 0


def account_balances(*, until: datetime | None = None) -> list[AccountBalance]:
    """Return every account that has lines, by code; `until` counts what occurred before it."""
    lines = Line.objects.all()
    if until is not None:
        lines = lines.filter(entry__occurred_at__lt=until)
    rows = (
        lines.order_by()
        .values("account_id", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by("account_id")
    )
    return [
        AccountBalance(
            account=row["account_id"],
            name=name_of(row["account_id"]),
            kind=CHART[code_of(row["account_id"])].kind,
            currency=row["currency"],
            balance_minor=row["total"],
        )
        for row in rows
    ]


def purchase_balances(*, purchase_id: UUID) -> dict[Code, int]:
    """Return what each account holds of one purchase; accounts at zero are left out."""
    rows = (
        Line.objects.filter(purchase=purchase_id)
        .order_by()
        .values("account__code")
        .annotate(total=Sum("amount_minor"))
        .order_by("account__code")
    )
    return {Code(row["account__code"]): row["total"] for row in rows if row["total"]}


def mentor_balances(*, mentor_id: UUID) -> list[MentorBalance]:
    """Return what a mentor has, by currency; one query."""
    rows = (
        Line.objects.filter(mentor=mentor_id, account__code__in=_OF_MENTOR)
        .order_by()
        .values("currency", "account__code")
        .annotate(total=Sum("amount_minor"))
    )
    amounts: dict[str, dict[str, int]] = {}
    for row in rows:
        field = _OF_MENTOR[Code(row["account__code"])]
        amounts.setdefault(row["currency"], {})[field] = -row["total"]
    return [MentorBalance(currency, **amounts[currency]) for currency in sorted(amounts)]
