"""What the ledger tests say often: refund and settle it, and read the end balances."""

from datetime import datetime, timedelta

from django.db import transaction

from billing import earnings, refunds
from billing.ledger import balances
from billing.models import Payment, Refund
from tests.factories.sessions import STARTS_AT

LATE = STARTS_AT - timedelta(hours=3)
EARLY = STARTS_AT - timedelta(hours=30)
ENDED = STARTS_AT + timedelta(hours=1)
HOLD_OVER = ENDED + timedelta(days=3)


def refund(
    payment: Payment, share_minor: int, *, cause: str = "goodwill", bearer: str, at: datetime
) -> Refund:
    """Promise a refund; a key of its own, so that two equal ones are two."""
    with transaction.atomic():
        return refunds.create(
            payment_id=payment.pk,
            share_minor=share_minor,
            cause=cause,
            bearer=bearer,
            requested_by="usr_test",
            key=f"test:{payment.pk}:{Refund.objects.count()}",
            now=at,
        )


def gateway_says(refund: Refund, state: str, *, at: datetime) -> Refund:
    """Apply the gateway's word on a refund."""
    with transaction.atomic():
        return refunds.apply(
            refund_id=refund.pk,
            gateway_state=state,
            gateway_refund_id=f"re_{refund.pk.hex}",
            now=at,
        )


def earn(*, at: datetime) -> None:
    """What the task does every five minutes."""
    earnings.recognise(now=at)
    earnings.release(now=at)


def balances_of(payment: Payment) -> dict[str, int]:
    """The end balances as docs/money.md writes them: code → minor units, zeros left out."""
    found = balances.purchase_balances(purchase_id=payment.purchase_id)
    return {str(code): balance for code, balance in found.items()}
