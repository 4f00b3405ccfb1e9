"""A package's money, from its payment to its last credit: begin it, draw a session's part, end it.

Each in the caller's transaction, with the package's row locked behind sessions, purchases and
payments (docs/locking.md). What is unused of it is kept by triggers and never below zero.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from billing import refunds
from billing.fees import ALL_PAID, credit_splits
from billing.ledger import entries, posting, prepaid_posting
from billing.models import (
    Keeper,
    Line,
    Package,
    PackageCredit,
    PackageExpiry,
    Payment,
    Purchase,
)
from kernel.errors import Refusal
from scheduling import lifecycle
from scheduling.models import Session

BATCH = 200


class PackageUnusable(Refusal):
    """No credit of the package can pay for the session; the sentence says why."""

    code = "package_unusable"


def begin(purchase: Purchase, payment: Payment, *, at: datetime, now: datetime) -> None:
    """Post a package's money (2600) and let its period begin with it; `at` is when it was paid.

    Expects purchase and payment locked and the payment captured. Money that comes after the time
    to pay begins it as well: no hour of anybody was held for it.
    """
    entries.post(
        prepaid_posting.bought(
            subject=entries.subject_of(purchase=purchase, gateway=payment.gateway),
            payment_id=payment.pk,
            price_minor=payment.amount_minor,
            at=at,
        ),
        posted_at=now,
    )
    packages = Package.objects.select_for_update(of=("self",)).select_related("offer")
    bought = packages.get(purchase=purchase)
    if bought.begun_at is not None:
        return
    bought.begun_at = at
    bought.expires_at = at + timedelta(days=bought.offer.valid_days)
    bought.save(update_fields=["begun_at", "expires_at"])
    parts = credit_splits(paid=refunds.split_of(purchase), sessions=bought.offer.sessions)
    PackageCredit.objects.bulk_create(
        PackageCredit(
            package=bought,
            number=number,
            price_minor=part.price_minor,
            fee_minor=part.fee_minor,
            commission_minor=part.commission_minor,
            mentor_minor=part.mentor_minor,
        )
        for number, part in enumerate(parts, start=1)
    )


def draw(session: Session, package_id: UUID, *, now: datetime) -> Purchase:
    """Pay for a held session with the first free credit, and confirm it. The session is locked.

    Raises PackageUnusable, and HoldGone (scheduling).
    """
    packages = Package.objects.select_for_update(of=("self",)).select_related("offer", "purchase")
    package = packages.get(pk=package_id)
    credit = _usable_credit(package, session, now=now)
    bought = package.purchase
    drawn = Purchase(
        session=session,
        client_id=bought.client_id,
        mentor_id=bought.mentor_id,
        price_minor=credit.price_minor,
        currency=bought.currency,
        fee_bps=bought.fee_bps,
        fee_fixed_minor=bought.fee_fixed_minor,
        commission_bps=bought.commission_bps,
        commission_rule_id=bought.commission_rule_id,
        fee_minor=credit.fee_minor,
        commission_minor=credit.commission_minor,
        mentor_minor=credit.mentor_minor,
        package_credit=credit,
        prepaid_minor=credit.price_minor,
        settled_at=now,
        created_at=now,
    )
    drawn.save(force_insert=True)
    entries.post(
        posting.settled(
            subject=entries.subject_of(purchase=drawn, gateway=""),
            paid=refunds.split_of(drawn),
            beside=ALL_PAID,
            prepaid_minor=drawn.prepaid_minor,
            at=now,
        ),
        posted_at=now,
    )
    drawn.session = lifecycle.confirm(session_id=session.pk, now=now)
    return drawn


def _usable_credit(package: Package, session: Session, *, now: datetime) -> PackageCredit:
    """Return the credit that pays, or say why none does."""
    name = package.public_id
    if package.begun_at is None or package.expires_at is None:
        raise PackageUnusable(f"Package {name} is not paid for yet.")
    if package.offer.session_type_id != session.session_type_id:
        raise PackageUnusable(f"Package {name} is for sessions of another kind.")
    if package.closed_at is not None:
        raise PackageUnusable(f"What was left of package {name} was given back to you.")
    if package.expires_at <= now:
        raise PackageUnusable(
            f"Package {name} could be used until {package.expires_at:%Y-%m-%d %H:%M} UTC."
        )
    if Payment.objects.filter(purchase__package=package, held_by_dispute=True).exists():
        raise PackageUnusable(
            f"Your bank holds the money of package {name} until a dispute is decided."
        )
    free = package.credits.filter(price_minor__lte=package.unused_minor).exclude(
        purchases__in=Purchase.objects.filter(
            package_credit__package=package, credit_returned_at=None
        )
    )
    credit = free.order_by("number").first()
    if credit is None:
        raise PackageUnusable(f"All credits of package {name} are used.")
    return credit


def expire(*, now: datetime) -> int:
    """Give what was not used in time to whom the rule said (2120 or 4030); return how many.

    A package whose money a bank holds waits. One transaction each; it may come again, where a
    credit came back after the end.
    """
    due = (
        Package.objects.filter(expires_at__lte=now, unused_minor__gt=0)
        .exclude(purchase__payments__held_by_dispute=True)
        .order_by("expires_at", "id")
    )
    done = 0
    for package_id in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            done += _expire(package_id, now=now)
    return done


def _expire(package_id: UUID, *, now: datetime) -> bool:
    """End one package, looked at again behind its lock."""
    rows = Package.objects.select_for_update(of=("self",), skip_locked=True)
    package = rows.select_related("purchase").filter(pk=package_id).first()
    if package is None or package.expires_at is None or package.expires_at > now:
        return False
    held = Payment.objects.filter(purchase__package=package, held_by_dispute=True)
    if package.unused_minor == 0 or held.exists():
        return False
    expiry = PackageExpiry.objects.create(
        package=package,
        amount_minor=package.unused_minor,
        keeper=package.keeper,
        at=_ended_at(package, package.expires_at),
        created_at=now,
    )
    entries.post(
        prepaid_posting.expired(
            subject=entries.subject_of(purchase=package.purchase, gateway=""),
            expiry_id=expiry.pk,
            amount_minor=expiry.amount_minor,
            by_mentor=expiry.keeper == Keeper.MENTOR,
            at=expiry.at,
        ),
        posted_at=now,
    )
    return True


def _ended_at(package: Package, expires_at: datetime) -> datetime:
    """Return the end of the period, or when the last of it came back after that."""
    came_back = Line.objects.filter(
        purchase__package_credit__package=package, account__code="2600", amount_minor__lt=0
    ) | Line.objects.filter(purchase__package=package, account__code="2600", amount_minor__lt=0)
    last = came_back.aggregate(at=Max("entry__occurred_at"))["at"]
    return max(expires_at, last) if last else expires_at
