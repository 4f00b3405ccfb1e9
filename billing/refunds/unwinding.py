"""Give back what no gateway paid: discount and credit of a purchase that they covered whole.

What a refund is elsewhere, in one step: there is nobody to order it from, and nothing can fail.
"""

from datetime import datetime

from billing import client_credit
from billing.fees import Bearer, RefundParts, ShareTooLarge, Taken, refund_parts
from billing.ledger import entries, posting
from billing.models import Purchase, Refund, Unwinding
from billing.refunds.promise import RefundTooLarge, beside_of, recognise_first, split_of
from kernel.money import Money


def parts_unwound(*, purchase: Purchase, share_minor: int, bearer: Bearer) -> RefundParts:
    """Return what `share_minor` of a covered price takes from each side; writes nothing.

    Raises RefundTooLarge.
    """
    try:
        return refund_parts(
            paid=split_of(purchase),
            taken=_taken(purchase),
            share_minor=share_minor,
            bearer=bearer,
            beside=beside_of(purchase),
        )
    except ShareTooLarge as error:
        raise RefundTooLarge(
            f"{Money(share_minor, purchase.currency)} of purchase {purchase.public_id} cannot go "
            f"back. {error}"
        ) from None


def covered_left(purchase: Purchase) -> int:
    """Return how much of a covered price has not gone back, in minor units."""
    return purchase.price_minor - _taken(purchase).given_minor


def unwind(
    purchase: Purchase,
    *,
    share_minor: int,
    cause: Refund.Cause,
    bearer: Bearer,
    requested_by: str,
    key: str,
    now: datetime,
    reason: str = "",
) -> Unwinding:
    """Give `share_minor` of a covered price back, once by its key; the purchase is locked.

    Expects the caller's transaction. Raises RefundTooLarge.
    """
    known = Unwinding.objects.filter(key=key).first()
    if known is not None:
        return known
    parts = parts_unwound(purchase=purchase, share_minor=share_minor, bearer=bearer)
    recognise_first(purchase, occurred_at=now, now=now, part_of_the_end=cause != "goodwill")
    unwinding = Unwinding.objects.create(
        purchase=purchase,
        cause=cause,
        bearer=parts.bearer,
        mentor_minor=parts.mentor_minor,
        commission_minor=parts.commission_minor,
        fee_minor=parts.fee_minor,
        fee_waived_minor=parts.fee_waived_minor,
        discount_minor=parts.discount_minor,
        credit_minor=parts.credit_minor,
        key=key,
        requested_by=requested_by,
        reason=reason[:500],
        created_at=now,
    )
    client_credit.give_back(
        purchase=purchase,
        amount_minor=parts.credit_minor,
        key=f"unwinding:{unwinding.pk}",
        now=now,
    )
    subject = entries.subject_of(purchase=purchase, gateway="")
    entries.post(
        posting.unwound(subject=subject, unwinding_id=unwinding.pk, parts=parts, at=now),
        posted_at=now,
    )
    return unwinding


def _taken(purchase: Purchase) -> Taken:
    taken = Taken()
    for one in Unwinding.objects.filter(purchase=purchase):
        taken = taken.plus(
            RefundParts(
                bearer=Bearer(one.bearer),
                mentor_minor=one.mentor_minor,
                commission_minor=one.commission_minor,
                fee_minor=one.fee_minor,
                fee_waived_minor=one.fee_waived_minor,
                discount_minor=one.discount_minor,
                credit_minor=one.credit_minor,
            )
        )
    return taken
