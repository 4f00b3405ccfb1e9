"""What the policy or the staff promised a client and no gateway has sent, a bank having held it.

Finance gives it by hand ("To settle"); until then the mentor's share of that sale is not released.
"""

from django.db.models import Exists, F, OuterRef, QuerySet

from billing.fees import WHOLE_BPS
from billing.models import Payment, Refund
from billing.states import LIVE_REFUND_STATES
from scheduling.states import State

_ON_CANCELLING = [
    Refund.Cause.CLIENT_CANCELLED,
    Refund.Cause.MENTOR_CANCELLED,
    Refund.Cause.PLATFORM_CANCELLED,
]


def owed_back() -> QuerySet[Payment]:
    """Payments of sessions that were cancelled while a bank held the money, which it has let go.

    Won or lost: of a dispute that took a part the rest may still be owed. A row leaves when the
    client has the share, be it from the bank or by refunds that were made at the gateway. Less
    than a minor unit is not owed. Where finance gave that share by the policy, it is given: a fee
    that the client bears leaves them less money than the share.
    """
    had = F("refunded_minor") + F("pending_refund_minor") + F("disputed_minor")
    share = F("amount_minor") * F("purchase__session__refund_bps")
    given = Refund.objects.filter(
        payment=OuterRef("pk"), cause=Refund.Cause.BY_POLICY, state__in=LIVE_REFUND_STATES
    ).alias(share=F("share_minor") * WHOLE_BPS)
    rows = Payment.objects.filter(
        held_by_dispute=False,
        disputes__isnull=False,
        purchase__session__state=State.CANCELLED,
        purchase__session__refund_bps__gt=0,
    ).exclude(refunds__cause__in=_ON_CANCELLING)
    owed = rows.alias(had=had * WHOLE_BPS, least=share - WHOLE_BPS).filter(had__lte=F("least"))
    return owed.exclude(Exists(given.filter(share__gt=OuterRef("least")))).distinct()
