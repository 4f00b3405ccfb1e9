"""Give back what no gateway paid: discount and credit of a purchase that they covered whole.

What a refund is elsewhere, in one step: there is nobody to order it from, and nothing can fail.
"""

from datetime import datetime, timedelta

from billing import client_credit
from billing.fees import Bearer, RefundParts, ShareTooLarge, Taken, refund_parts
from billing.ledger import entries, posting
from billing.models import Package, PackageCredit, Purchase, Refund, Unwinding
from billing.refunds.promise import (
    CANCELLATIONS,
    RefundTooLarge,
    beside_of,
    recognise_first,
    split_of,
)
from kernel.money import Money

# How long a credit can be used that comes back because of the mentor or of us.
GRACE = timedelta(days=30)


def parts_unwound(*, purchase: Purchase, share_minor: int, bearer: Bearer) -> RefundParts:
    """Return what `share_minor` of a covered price takes from each side; writes nothing.

    What a package paid goes back to it, and not to the client: no gateway keeps a fee of that, so
    there is none to bear. Raises RefundTooLarge.
    """
    if purchase.package_credit_id is not None:
        bearer = Bearer.PLATFORM
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
    recognise_first(purchase, occurred_at=now, now=now, part_of_the_end=cause in CANCELLATIONS)
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
        prepaid_minor=parts.amount_minor,
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
    if purchase.package_credit is not None:
        _return_credit(purchase, purchase.package_credit, cause=cause, now=now)
    return unwinding


# Note [A credit is whole]: what is returned of a session goes back to its package to the cent, but
# only a credit whose whole price is back pays for a session again. Less than that is the client's
# money still, to be refunded with the rest. And whoever could not meet because of the mentor or
# of us has time to use it.
def _return_credit(
    purchase: Purchase, credit: PackageCredit, *, cause: Refund.Cause, now: datetime
) -> None:
    if covered_left(purchase) == 0 and purchase.credit_returned_at is None:
        purchase.credit_returned_at = now
        purchase.save(update_fields=["credit_returned_at"])
    if cause != Refund.Cause.CLIENT_CANCELLED:
        Package.objects.filter(pk=credit.package_id, expires_at__lt=now + GRACE).update(
            expires_at=now + GRACE
        )


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
