"""What of money is told to webhooks, and how. Knows no endpoint.

Each is called in the transaction that books the money, and says who may see it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from billing.models import Payment, Payout, Refund
from webhooks.emitting import emit
from webhooks.kinds import Kind


def payment_succeeded(payment: Payment, *, at: datetime) -> None:
    """Tell that the gateway holds the money of a payment."""
    emit(
        kind=Kind.PAYMENT_SUCCEEDED,
        object_id=payment.public_id,
        people=lambda: _both_of(payment),
        data=lambda: _payment(payment),
        at=at,
    )


def payment_refunded(payment: Payment, refund: Refund, *, at: datetime) -> None:
    """Tell that money of a payment went back to its client."""
    emit(
        kind=Kind.PAYMENT_REFUNDED,
        object_id=payment.public_id,
        people=lambda: _both_of(payment),
        data=lambda: {
            **_payment(payment),
            "refund": {
                "id": refund.public_id,
                "amount": _money(refund.amount_minor, refund.currency),
            },
        },
        at=at,
    )


def payout_paid(payout: Payout, *, at: datetime) -> None:
    """Tell that a mentor was paid."""
    emit(
        kind=Kind.PAYOUT_PAID,
        object_id=payout.public_id,
        people=lambda: [payout.mentor.user_id],
        data=lambda: {
            "status": payout.state,
            "amount": _money(payout.amount_minor, payout.currency),
        },
        at=at,
    )


def _both_of(payment: Payment) -> list[UUID]:
    purchase = payment.purchase
    return [purchase.client.user_id, purchase.mentor.user_id]


def _payment(payment: Payment) -> dict[str, Any]:
    purchase = payment.purchase
    return {
        "status": payment.state,
        "amount": _money(payment.amount_minor, payment.currency),
        "gateway": payment.gateway,
        "session_id": purchase.session.public_id if purchase.session else None,
        "package_id": purchase.package.public_id if purchase.package else None,
    }


def _money(amount_minor: int, currency: str) -> dict[str, Any]:
    return {"amount": amount_minor, "currency": currency}
