"""Disputes as a caller names them: settle one by the gateway's id, look again at those in the air.

The work is `payments.settle`'s, like everything that a gateway says of a payment; what a dispute
does to the books is in `billing.chargebacks`.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from billing import payments
from billing.gateways.base import GatewayUnavailable
from billing.gateways.registry import gateway as gateway_named
from billing.models import Dispute
from kernel.errors import NotFound

logger = logging.getLogger(__name__)

# Banks take weeks, and a webhook tells of each step: this is for the one that was lost.
LOOK_AGAIN_AFTER = timedelta(hours=6)
SWEEP_BATCH = 200
GIVE_UP_AFTER = 3


def settle(*, gateway: str, dispute_id: str, now: datetime) -> payments.Settled:
    """Bring a dispute, its payment and the books to what the gateway says now.

    `dispute_id` is the gateway's. In order: fetch the dispute, find its payment, settle that
    (which fetches intent, refunds and disputes, and applies them under its locks). Safe to
    repeat; call it outside any transaction.

    Raises: NotFound where the dispute is about none of our payments; what `payments.settle`
    raises.
    """
    seen = gateway_named(gateway).fetch_dispute(dispute_id=dispute_id)
    payment_id = payments.find_for(
        gateway=gateway, intent_id=seen.intent_id, charge_id=seen.charge_id
    )
    if payment_id is None:
        raise NotFound(f"Dispute {dispute_id} is about none of the payments here.")
    return payments.settle(payment_id=payment_id, now=now)


def sweep(*, now: datetime) -> int:
    """Settle the payments of disputes that nobody decided yet, or whose loss is not booked.

    Each is looked at four times a day at most. One bad payment does not stop the others, a
    gateway that does not answer three times running does. Returns how many were settled.
    """
    done = silent = 0
    for payment_id in _waiting(now=now):
        try:
            payments.settle(payment_id=payment_id, now=now)
        except GatewayUnavailable as error:
            logger.warning("sweep: disputed payment %s: %s", payment_id, error)
            silent += 1
            if silent >= GIVE_UP_AFTER:
                break
        except Exception:
            logger.exception("sweep: disputed payment %s could not be settled", payment_id)
        else:
            done += 1
            silent = 0
    return done


def _waiting(*, now: datetime) -> list[UUID]:
    """Return the payments to ask about: open disputes, and lost ones that are not booked.

    A loss waits for the payment's pending refunds; once none is left it is due at once.
    """
    open_ = Q(closed_at=None, seen_at__lte=now - LOOK_AGAIN_AFTER)
    unbooked = Q(
        closed_at__isnull=False,
        withdrawn_minor__gt=0,
        payment__held_by_dispute=True,
        payment__pending_refund_minor=0,
        seen_at__lte=now - timedelta(minutes=1),
    )
    # A refund came back after the loss was booked: there is more to lose than there was. Its
    # webhook says so at once; this, too, is for the one that was lost.
    understated = Q(
        losses__reversed_at=None,
        losses__excess_minor__gt=0,
        payment__pending_refund_minor=0,
        payment__amount_minor__gt=F("payment__refunded_minor")
        + F("losses__share_minor")
        - F("losses__discount_minor")
        - F("losses__credit_minor"),
        seen_at__lte=now - LOOK_AGAIN_AFTER,
    )
    rows = Dispute.objects.filter(open_ | unbooked | understated).order_by("seen_at", "pk")
    return list(dict.fromkeys(rows.values_list("payment_id", flat=True)[:SWEEP_BATCH]))
