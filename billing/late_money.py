"""Money that comes after its hold has ended: the same time again, or all of it back.

Called by `settle` inside its transaction, under its locks; calls no gateway.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from billing import refunds
from billing.fees import Bearer
from billing.models import Payment, Purchase, Refund
from kernel import written
from kernel.display import zone_words
from notifications.outbox import put_email
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.queries import nearest_slots
from scheduling.states import State


def receive(
    *, session: Session, purchase: Purchase, payment: Payment, now: datetime
) -> Session | None:
    """Take the time of an expired hold again, or promise the whole amount back.

    Returns the session that took the time again (the purchase moves on to it), or None where
    the time was gone or the session had been cancelled: then the payment is marked late, a
    refund that the platform bears is created, and the client is told, with the nearest free
    times. Expects the caller's transaction with session, purchase and payment locked, and the
    capture posted.
    """
    if session.state != State.CANCELLED:
        again = _take_again(session=session, now=now)
        if again is not None:
            purchase.session = again
            purchase.save(update_fields=["session"])
            return again
    payment.late = True
    payment.save(update_fields=["late"])
    refunds.create(
        payment_id=payment.pk,
        share_minor=purchase.price_minor,
        cause=Refund.Cause.LATE_PAYMENT,
        bearer=Bearer.PLATFORM,
        requested_by="system",
        reason=f"The payment arrived after {session.public_id} was {session.state}.",
        key=f"late:{payment.pk}",
        now=now,
    )
    _tell(session=session, payment=payment, now=now)
    return None


def _take_again(*, session: Session, now: datetime) -> Session | None:
    try:
        with transaction.atomic():  # the constraint that says no ends this savepoint alone
            return lifecycle.take_again(session_id=session.pk, now=now)
    except lifecycle.TimeGone:
        return None


def _tell(*, session: Session, payment: Payment, now: datetime) -> None:
    user = session.client.user
    nearest = nearest_slots(session_type=session.session_type, at=session.starts_at, now=now)
    put_email(
        key=f"payment-too-late:{payment.public_id}",
        template="payment_too_late",
        to=user.email,
        language=user.language,
        context={
            "client": user.name,
            "mentor": session.mentor.user.name,
            "amount": written.amount(payment.amount_minor, payment.currency),
            "starts_at": written.moment(session.starts_at, user.time_zone),
            "cancelled": session.state == State.CANCELLED,
            "alternatives": [
                written.moment_alone(slot.starts_at, user.time_zone) for slot in nearest
            ],
            "zone": zone_words(session.starts_at.astimezone(ZoneInfo(user.time_zone))),
            "session": session.public_id,
            "payment": payment.public_id,
            "url": f"{settings.PUBLIC_URL}/app/mentors/{session.mentor.slug}",
        },
    )
