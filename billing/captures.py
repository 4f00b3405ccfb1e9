"""Take the money of an intent that its payer approved: only while the session's hold lives.

The right to take it is a committed fact (`Payment.capture_ordered_at`) before the gateway is
asked, so that nobody gives the payment up meanwhile (docs/adr/0012-approved-orders.md). What the
capture brought is `settle`'s to apply.
"""

from datetime import datetime
from uuid import UUID

from billing.gateways.base import IntentSnapshot, IntentStatus
from billing.gateways.registry import gateway
from billing.models import Payment, Purchase
from billing.settlement import Moved, adopt, lock, locks
from billing.states import FLAGS, LIVE_PAYMENT_STATES, PaymentState

# A payer may choose another instrument; somebody who goes on and on is asked to begin anew.
MAX_ATTEMPTS = 10


def capture(payment_id: UUID, seen: IntentSnapshot, *, now: datetime) -> IntentSnapshot:
    """Take the money of an approved intent, where it is still wanted; return what is then seen.

    T: the claim, under the locks of session, purchase and payment. Outside: the capture, whose
    key is made of the payment's id and the attempt, so that two who do this at once make one.
    T: a decline ends the claim; the next attempt has a key of its own.
    Raises: GatewayUnavailable, GatewayRefused, RowBusy; the claim stands, and is tried again.
    """
    claimed = _claim(payment_id, seen, now=now)
    if claimed is None:
        return seen
    payment, attempt = claimed
    seen = gateway(payment.gateway).capture_intent(
        intent_id=seen.id, payment_id=payment_id, attempt=attempt
    )
    if seen.status in (IntentStatus.REQUIRES_ACTION, IntentStatus.APPROVED):
        _declined(payment_id, attempt)
    return seen


def _claim(payment_id: UUID, seen: IntentSnapshot, *, now: datetime) -> tuple[Payment, int] | None:
    """Commit that the money is asked for, and return which attempt that is; None: it is not."""
    while True:
        try:
            with locks():
                _, purchase, payment = lock(payment_id)
                if not _wanted(purchase, payment, seen, now):
                    return None
                adopt(payment, seen)
                payment.capture_ordered_at = payment.capture_ordered_at or now
                payment.save(update_fields=["capture_ordered_at"])
                return payment, payment.captures_declined + 1
        except Moved:
            continue


def _wanted(purchase: Purchase, payment: Payment, seen: IntentSnapshot, now: datetime) -> bool:
    """Say whether this intent is to be paid: its hold lives, and nothing else pays for it."""
    if not purchase.is_awaited(now=now):
        return False
    if payment.state not in (PaymentState.CREATED, PaymentState.PENDING):
        return False
    if payment.failure_code in FLAGS or payment.captures_declined >= MAX_ATTEMPTS:
        return False
    if payment.gateway_intent_id not in (None, seen.id):
        return False
    if (seen.amount_minor, seen.currency) != (payment.amount_minor, payment.currency):
        return False
    others = Payment.objects.filter(purchase=purchase, state__in=LIVE_PAYMENT_STATES)
    return not others.exclude(pk=payment.pk).exists()


def _declined(payment_id: UUID, attempt: int) -> None:
    """Count the decline once, whoever of two hears of it, and end the claim."""
    Payment.objects.filter(pk=payment_id, captures_declined__lt=attempt).update(
        captures_declined=attempt, capture_ordered_at=None
    )
