"""Referrals: a client brings another, and is rewarded when that one's first session is over.

Pulled like everything that is earned: a run that was missed is made up by the next one.
"""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts.models import Client
from billing import client_credit
from billing.models import CreditMovement, Purchase, Referral, ReferralCode, ReferralReward
from kernel.errors import Refusal
from kernel.ids import ALPHABET
from kernel.money import Money
from scheduling.models import Session
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
    """Reward the referrals whose client's first session is over; return how many.

    By the reward in force in that session's currency; without one the referral waits.
    """
    over = Session.objects.filter(client=OuterRef("client_id"), state__in=_OVER)
    due = Referral.objects.filter(Exists(over), reward=None).order_by("pk")
    done = 0
    for client_id in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            referral = (
                due.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=client_id)
                .select_related("referrer", "client__user")
                .first()
            )
            if referral is not None and _reward(referral, now=now):
                done += 1
    return done


def _reward(referral: Referral, *, now: datetime) -> bool:
    first = Session.objects.filter(client=referral.client, state__in=_OVER).order_by(
        "completed_at", "pk"
    )[0]
    rule = ReferralReward.objects.filter(
        currency=first.currency, effective_from__lte=first.completed_at
    ).order_by("-effective_from")
    in_force = rule.first()
    if in_force is None:
        return False
    referral.reward = client_credit.grant(
        client=referral.referrer,
        amount=Money(in_force.amount_minor, in_force.currency),
        by="system",
        reason=f"Brought {referral.client.user.name}, whose first session is over.",
        key=f"referral:{referral.pk}",
        kind=CreditMovement.Kind.REFERRAL,
        now=now,
    )
    referral.save(update_fields=["reward"])
    return True
