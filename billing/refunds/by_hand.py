"""A refund that a person in finance gives: how much of the price, why, and who bears the fee then.

The cause decides on the bearer, so that nobody chooses at whose cost they are kind. Knows no
screen; the order to the gateway goes out after the commit, as for every refund.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing.fees import Bearer
from billing.models import Payment, Refund
from billing.refunds.orders import create
from billing.refunds.promise import lock_payment
from kernel import audit
from kernel.errors import Invalid, NotFound

# None: what the session's own policy says.
BEARERS: Mapping[Refund.Cause, Bearer | None] = {
    Refund.Cause.GOODWILL: Bearer.PLATFORM,
    Refund.Cause.PLATFORM_FAULT: Bearer.PLATFORM,
    Refund.Cause.MENTOR_FAULT: Bearer.MENTOR,
    Refund.Cause.BY_POLICY: None,
}


def bearer_of(cause: str, *, payment: Payment, share_minor: int) -> Bearer:
    """Return who bears the gateway's fee of a refund by hand. Raises Invalid for other causes.

    By the policy it is as on cancelling: the platform of a whole price, else who the policy says.
    """
    if cause not in BEARERS:
        raise Invalid(f"{cause!r} is no cause of a refund by hand.", pointer="/cause")
    bearer = BEARERS[Refund.Cause(cause)]
    if bearer is not None:
        return bearer
    if payment.purchase.session is None or share_minor >= payment.purchase.price_minor:
        return Bearer.PLATFORM
    return Bearer(payment.purchase.session.policy["late_bearer"])


def give(
    *,
    payment_id: UUID,
    share_minor: int,
    cause: str,
    reason: str,
    by: str,
    token: UUID,
    now: datetime,
) -> Refund:
    """Promise a refund of `share_minor` of the price; its sending is a job.

    `by` is the public id of the person; `token` names this wish, so that a form that is sent
    twice gives once. One transaction; locks purchase and payment, posts *created*.

    Raises: NotFound, Invalid (nothing, another cause, no reason), PaymentNotCaptured,
    PaymentDisputed, RefundTooLarge.
    """
    reason = reason.strip()[:500]
    if not reason:
        raise Invalid("Say why: it stays with the refund.", pointer="/reason")
    if share_minor <= 0:
        raise Invalid("Say how much: a refund of nothing is none.", pointer="/share_minor")
    if not Payment.objects.filter(pk=payment_id).exists():
        raise NotFound(f"There is no payment {payment_id}.")
    key = f"by-hand:{token}"
    with transaction.atomic():
        payment = lock_payment(payment_id)
        given = Refund.objects.filter(key=key, payment=payment).first()
        if given is not None:
            return given
        refund = create(
            payment_id=payment_id,
            share_minor=share_minor,
            cause=cause,
            bearer=bearer_of(cause, payment=payment, share_minor=share_minor),
            requested_by=by,
            reason=reason,
            key=key,
            now=now,
        )
        audit.record(
            actor=by,
            action="refund.given",
            object_type="refund",
            object_id=refund.public_id,
            data={
                "payment": payment.public_id,
                "amount_minor": refund.amount_minor,
                "currency": refund.currency,
                "cause": cause,
                "reason": reason,
            },
        )
    return refund
