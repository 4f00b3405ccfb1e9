"""Referrals: a client brings another, and is rewarded when that one's first session stays paid.

Pulled like everything that is earned: a run that was missed is made up by the next one.
"""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Client
from billing import client_credit
from billing.models import (
    CreditMovement,
    DisputeLoss,
    Payment,
    Purchase,
    Referral,
    ReferralCode,
    ReferralReward,
    Refund,
    Unwinding,
)
from billing.states import LIVE_REFUND_STATES
from kernel.errors import Refusal
from kernel.ids import ALPHABET
from kernel.money import Money
from scheduling.states import State

BATCH = 500
LENGTH = 8
_OVER = [State.COMPLETED, State.REVIEWED]


class ReferralRefused(Refusal):
    """The code is unknown or the client's own, or the client came by another way before."""

    code = "referral_refused"


def code_of(client: Client) -> str:
    """Return the client's code, made where there is none."""
    made = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)).upper()
    code, _ = ReferralCode.objects.get_or_create(client=client, defaults={"code": made})
    return code.code


def accept(*, client: Client, code: str, now: datetime) -> Referral:
    """Write down who brought a client, before the client's first purchase.

    Raises ReferralRefused.
    """
    found = ReferralCode.objects.filter(code=code.strip().upper()).first()
    if found is None:
        raise ReferralRefused(f"There is no referral code {code!r}. Check how it is written.")
    if found.client_id == client.pk:
        raise ReferralRefused("This is your own code: it is for people whom you bring.")
    if Purchase.objects.filter(client=client).exists():
        raise ReferralRefused("A referral counts before the first purchase. You have made yours.")
    try:
        with transaction.atomic():
            return Referral.objects.create(
                client=client, referrer_id=found.client_id, created_at=now
            )
    except IntegrityError:
        raise ReferralRefused("Somebody has brought you already; that stays.") from None


def reward(*, now: datetime) -> int:
    """Reward the referrals whose client's first session is over and stays paid; return how many.

    By the reward in force when that session ended, in its currency; a referral without one, or
    with one of zero, waits and stands in nobody's way.
    """
    nothing = ReferralReward.objects.filter(amount_minor=0)
    due = _unrewarded().annotate(rule=_rule_in_force()).filter(rule__isnull=False)
    due = due.exclude(rule__in=nothing.values("pk"))
    done = 0
    for client_id in list(due.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            referral = (
                due.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=client_id)
                .select_related("referrer", "client__user")
                .first()
            )
            if referral is not None:
                _reward(referral, ReferralReward.objects.get(pk=referral.rule), now=now)
                done += 1
    return done


# Note [Rewarded for what stays]: a reward is spent within the hour, and taking it back from a
# balance that must not go below zero would be the platform's loss. So it is given when the mentor's
# share is released: the dispute window is over, no bank holds the money, and not all of the price
# went back. The first session of which that is so counts. A reward that was given stays.
def _stays_paid() -> QuerySet[Purchase]:
    """Return purchases of sessions that were held, are released, and keep some of their price."""
    refunded = Refund.objects.filter(
        payment__purchase=OuterRef("pk"), state__in=LIVE_REFUND_STATES
    ).values("payment__purchase")
    lost = DisputeLoss.objects.filter(
        dispute__payment__purchase=OuterRef("pk"), reversed_at=None
    ).values("dispute__payment__purchase")
    unwound = Unwinding.objects.filter(purchase=OuterRef("pk")).values("purchase")
    parts = F("mentor_minor") + F("commission_minor") + F("fee_minor")
    gone = [
        Coalesce(Subquery(rows.order_by().annotate(minor=Sum(share)).values("minor")), 0)
        for rows, share in (
            (refunded, F("share_minor")),
            (lost, F("share_minor")),
            (unwound, parts),
        )
    ]
    held = Payment.objects.filter(purchase=OuterRef("pk"), held_by_dispute=True)
    return Purchase.objects.filter(
        ~Exists(held), session__state__in=_OVER, released_at__isnull=False
    ).filter(price_minor__gt=gone[0] + gone[1] + gone[2])


def _unrewarded() -> QuerySet[Referral]:
    """Return referrals without a reward, with when and in which currency one was earned."""
    first = _stays_paid().filter(client=OuterRef("client_id"))
    first = first.order_by("session__completed_at", "pk")
    return Referral.objects.filter(reward=None).annotate(
        in_currency=Subquery(first.values("currency")[:1]),
        over_at=Subquery(first.values("session__completed_at")[:1]),
    )


def _rule_in_force() -> Subquery:
    rules = ReferralReward.objects.filter(
        currency=OuterRef("in_currency"), effective_from__lte=OuterRef("over_at")
    )
    return Subquery(rules.order_by("-effective_from").values("pk")[:1])


def _reward(referral: Referral, rule: ReferralReward, *, now: datetime) -> None:
    referral.reward = client_credit.grant(
        client=referral.referrer,
        amount=Money(rule.amount_minor, rule.currency),
        by="system",
        reason=f"Brought {referral.client.user.name}, whose first session is over.",
        key=f"referral:{referral.pk}",
        kind=CreditMovement.Kind.REFERRAL,
        now=now,
    )
    referral.save(update_fields=["reward"])
