"""What the ledger tests say often: refund and settle it, and read the end balances."""

from datetime import datetime, timedelta

from django.db import transaction

from billing import chargebacks, earnings, refunds
from billing.gateways.base import (
    BalanceTransaction,
    DisputeSnapshot,
    DisputeStatus,
    RefundSnapshot,
    RefundStatus,
)
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


def made_there(payment: Payment, amount_minor: int, *, at: datetime) -> None:
    """Somebody refunds the payment at the gateway, and we see it."""
    seen = RefundSnapshot(
        id=f"re_{Refund.objects.count()}",
        status=RefundStatus.SUCCEEDED,
        amount_minor=amount_minor,
        currency="USD",
        charge_id=None,
        intent_id=None,
        balance_transaction_id=None,
        failure_code="",
        created_at=at,
        metadata={},
    )
    refunds.observe(payment_id=payment.pk, snapshot=seen, now=at)


def dispute(
    status: str,
    *,
    amount_minor: int = 10_000,
    fee_minor: int = 1500,
    fee_returned_minor: int = 0,
    at: datetime,
    withdrawn: bool = True,
    name: str = "dp_1",
) -> DisputeSnapshot:
    """A dispute as the gateway shows it: the money withdrawn at `at`, given back where won."""

    def moved(kind: str, amount: int, fee: int) -> BalanceTransaction:
        return BalanceTransaction(
            id=f"txn_{name}_{kind}",
            category=kind,
            amount_minor=amount,
            fee_minor=fee,
            net_minor=amount - fee,
            currency="USD",
            created_at=at,
            available_on=at,
        )

    return DisputeSnapshot(
        id=name,
        status=DisputeStatus(status),
        amount_minor=amount_minor,
        currency="USD",
        reason="fraudulent",
        charge_id=None,
        intent_id=None,
        due_by=at + timedelta(days=9),
        created_at=at,
        withdrawn=moved("dispute", -amount_minor, fee_minor) if withdrawn else None,
        reinstated=(
            moved("dispute_reversal", amount_minor, -fee_returned_minor)
            if status == "won"
            else None
        ),
    )


def bank_says(payment: Payment, *seen: DisputeSnapshot, at: datetime) -> bool:
    """Apply what the gateway shows of a payment's disputes; say if it was news."""
    with transaction.atomic():
        return chargebacks.observe(payment_id=payment.pk, seen=seen, now=at)


def earn(*, at: datetime) -> None:
    """What the task does every five minutes."""
    earnings.recognise(now=at)
    earnings.release(now=at)


def balances_of(payment: Payment) -> dict[str, int]:
    """The end balances as docs/money.md writes them: code → minor units, zeros left out."""
    found = balances.purchase_balances(purchase_id=payment.purchase_id)
    return {str(code): balance for code, balance in found.items()}
