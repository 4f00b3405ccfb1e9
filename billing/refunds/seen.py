"""Refunds as a gateway shows them: ours are moved on, those begun there are recorded.

`settle` calls this for each refund of a charge that it fetched.
"""

from datetime import datetime
from uuid import UUID

from billing.fees import Bearer
from billing.gateways.base import RefundSnapshot, RefundStatus
from billing.models import Refund
from billing.refunds.outcome import RefundContradicted, apply
from billing.refunds.promise import lock_payment, promise
from kernel.money import Money


def observe(*, payment_id: UUID, snapshot: RefundSnapshot, now: datetime) -> Refund | None:
    """Apply a refund as the gateway shows it, whether it began here or there.

    Expects the caller's transaction. Returns None for one that began there and came to nothing.
    Raises what `apply` and `create` raise.
    """
    ours = Refund.objects.filter(gateway_refund_id=snapshot.id)
    if snapshot.refund_id is not None:
        ours = ours | Refund.objects.filter(pk=snapshot.refund_id, payment=payment_id)
    refund = ours.first()
    if refund is None:
        return external(payment_id=payment_id, snapshot=snapshot, now=now)
    refuse_another_amount(refund, snapshot)
    return apply(
        refund_id=refund.pk,
        gateway_state=snapshot.status,
        gateway_refund_id=snapshot.id,
        failure_code=snapshot.failure_code,
        now=now,
    )


def refuse_another_amount(refund: Refund, snapshot: RefundSnapshot) -> None:
    """Raise RefundContradicted where the gateway's refund is over another amount than ours."""
    there = Money(snapshot.amount_minor, snapshot.currency)
    here = Money(refund.amount_minor, refund.currency)
    if there != here:
        raise RefundContradicted(
            f"Refund {refund.public_id} is over {here} here, and {snapshot.id} over {there} at the "
            "gateway. What it sent is not what we owe; a person has to compare both."
        )


def external(*, payment_id: UUID, snapshot: RefundSnapshot, now: datetime) -> Refund | None:
    """Record a refund that was begun at the gateway; the platform bears its fee.

    Expects the caller's transaction. Keyed by the gateway's id. One that failed or was cancelled
    before we ever saw it moved nothing and is not recorded.

    Raises RefundTooLarge while refunds of ours are promised the same money.
    """
    payment = lock_payment(payment_id)
    refund = Refund.objects.filter(gateway_refund_id=snapshot.id).first()
    if refund is None:
        if snapshot.status in {RefundStatus.FAILED, RefundStatus.CANCELLED}:
            return None
        refund = promise(
            payment,
            share_minor=snapshot.amount_minor,
            cause=Refund.Cause.EXTERNAL,
            bearer=Bearer.PLATFORM,
            requested_by=f"gateway:{payment.gateway}",
            reason="Made at the gateway.",
            key=f"gateway:{payment.gateway}:{snapshot.id}",
            occurred_at=snapshot.created_at,
            now=now,
            gateway_refund_id=snapshot.id,
        )
    return apply(
        refund_id=refund.pk,
        gateway_state=snapshot.status,
        gateway_refund_id=snapshot.id,
        failure_code=snapshot.failure_code,
        now=now,
    )
