"""A refund that a person in finance gives: how much of the price, why, and who bears the fee then.

The cause decides on the bearer, so that nobody chooses at whose cost they are kind. Knows no
screen; the order to the gateway goes out after the commit, as for every refund.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing.fees import Bearer
from billing.models import Payment, Purchase, Refund, Unwinding
from billing.refunds.orders import create
from billing.refunds.promise import lock_payment
from billing.refunds.unwinding import unwind
from kernel import audit
from kernel.errors import Invalid, NotFound
from scheduling.states import CancelledBy

# None: what the session's own policy says.
BEARERS: Mapping[Refund.Cause, Bearer | None] = {
    Refund.Cause.GOODWILL: Bearer.PLATFORM,
    Refund.Cause.PLATFORM_FAULT: Bearer.PLATFORM,
    Refund.Cause.MENTOR_FAULT: Bearer.MENTOR,
    Refund.Cause.BY_POLICY: None,
}


def bearer_of(cause: str, *, purchase: Purchase, share_minor: int) -> Bearer:
    """Return who bears the gateway's fee of a refund by hand. Raises Invalid for other causes.

    By the policy it is as on cancelling: whoever cancelled the session, mentor or platform; of a
    client's doing the platform for a whole price, else who the policy says.
    """
    if cause not in BEARERS:
        raise Invalid(f"{cause!r} is no cause of a refund by hand.", pointer="/cause")
    bearer = BEARERS[Refund.Cause(cause)]
    if bearer is not None:
        return bearer
    by = purchase.session.cancelled_by if purchase.session is not None else ""
    if by == CancelledBy.MENTOR:
        return Bearer.MENTOR
    if by in {CancelledBy.PLATFORM, CancelledBy.SYSTEM}:
        return Bearer.PLATFORM
    if purchase.session is None or share_minor >= purchase.price_minor:
        return Bearer.PLATFORM
    return Bearer(purchase.session.policy["late_bearer"])


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
    reason = _said(reason, share_minor)
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
            bearer=bearer_of(cause, purchase=payment.purchase, share_minor=share_minor),
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


def give_covered(
    *,
    purchase_id: UUID,
    share_minor: int,
    cause: str,
    reason: str,
    by: str,
    token: UUID,
    now: datetime,
) -> Unwinding:
    """Give `share_minor` of a price back that discount and credit covered: to them, at once.

    As `give`, where no gateway has a part in it. Locks the purchase.

    Raises: NotFound (also where a gateway or a package paid), Invalid, RefundTooLarge.
    """
    reason = _said(reason, share_minor)
    with transaction.atomic():
        rows = Purchase.objects.select_for_update(of=("self",)).select_related("session")
        purchase = rows.filter(
            pk=purchase_id, settled_at__isnull=False, package_credit=None
        ).first()
        if purchase is None:
            raise NotFound(f"There is no purchase {purchase_id} that discount and credit covered.")
        key = f"by-hand:{token}"
        given = Unwinding.objects.filter(key=key, purchase=purchase).first()
        if given is not None:
            return given
        given = unwind(
            purchase,
            share_minor=share_minor,
            bearer=bearer_of(cause, purchase=purchase, share_minor=share_minor),
            cause=Refund.Cause(cause),
            requested_by=by,
            reason=reason,
            key=key,
            now=now,
        )
        audit.record(
            actor=by,
            action="purchase.given_back",
            object_type="purchase",
            object_id=purchase.public_id,
            data={
                "unwinding": given.public_id,
                "credit_minor": given.credit_minor,
                "discount_minor": given.discount_minor,
                "currency": purchase.currency,
                "cause": cause,
                "reason": reason,
            },
        )
    return given


def _said(reason: str, share_minor: int) -> str:
    reason = reason.strip()[:500]
    if not reason:
        raise Invalid("Say why: it stays with the refund.", pointer="/reason")
    if share_minor <= 0:
        raise Invalid("Say how much: a refund of nothing is none.", pointer="/share_minor")
    return reason
