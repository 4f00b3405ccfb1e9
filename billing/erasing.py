"""What money of a person is still open, and where staff's words about it name them."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from billing.models import (
    ClientCredit,
    Dispute,
    MentorBalance,
    Package,
    Payment,
    Payout,
    Purchase,
    Refund,
)
from billing.states import OPEN_DISPUTE_STATES
from kernel.money import Money
from kernel.personal import Hindrance

HELD = ("pending_minor", "available_minor", "reserve_minor", "in_transit_minor", "returned_minor")
UNSETTLED = ("created", "pending")


def hindrances(user: User, now: datetime) -> list[Hindrance]:
    """Return what money of the person is under way, owed or held."""
    return [*_balances(user), *_under_way(user), *_packages(user, now), *_credit(user)]


def _balances(user: User) -> list[Hindrance]:
    found = []
    for balance in MentorBalance.objects.filter(mentor__user=user):
        held = [getattr(balance, name) for name in HELD]
        if any(amount < 0 for amount in held):
            owed = Money(-sum(amount for amount in held if amount < 0), balance.currency)
            found.append(
                Hindrance(
                    what=f"The mentor owes {owed}",
                    do="It is paid, set off or written off first (finance).",
                )
            )
        elif any(held):
            found.append(
                Hindrance(
                    what=f"{Money(sum(held), balance.currency)} held for the mentor",
                    do="It is paid out first (finance).",
                )
            )
    return found


def _under_way(user: User) -> list[Hindrance]:
    bought = Purchase.objects.filter(Q(client__user=user) | Q(mentor__user=user))
    payments = Payment.objects.filter(purchase__in=bought)
    counted = (
        (
            payments.filter(state__in=UNSETTLED).count(),
            "payment{s} under way at the gateway",
            "Wait until it is settled, or ask the gateway (finance).",
        ),
        (
            Refund.objects.filter(payment__in=payments, state__in=UNSETTLED).count(),
            "refund{s} under way",
            "Wait until the gateway has answered.",
        ),
        (
            Dispute.objects.filter(payment__in=payments, state__in=OPEN_DISPUTE_STATES).count(),
            "payment{s} disputed at a bank",
            "Wait for the bank's decision: its evidence is the person's data.",
        ),
        (
            Payout.objects.filter(
                mentor__user=user, state__in=("created", "approved", "sent")
            ).count(),
            "payout{s} under way",
            "Wait until it has arrived.",
        ),
    )
    return [
        Hindrance(what=f"{count} {what.format(s='' if count == 1 else 's')}", do=do)
        for count, what, do in counted
        if count
    ]


def _packages(user: User, now: datetime) -> list[Hindrance]:
    living = Package.objects.filter(
        Q(client__user=user) | Q(offer__session_type__mentor__user=user),
        begun_at__isnull=False,
        closed_at=None,
        expires_at__gt=now,
    ).count()
    if not living:
        return []
    return [
        Hindrance(
            what=f"{living} package{'' if living == 1 else 's'} with sessions left",
            do="Use it, or give it back.",
        )
    ]


def _credit(user: User) -> list[Hindrance]:
    rows = ClientCredit.objects.filter(client__user=user, balance_minor__gt=0)
    return [
        Hindrance(
            what=f"{Money(row.balance_minor, row.currency)} of credit is lost with the account",
            do="Spend it before, if you like.",
            block=False,
        )
        for row in rows
    ]
