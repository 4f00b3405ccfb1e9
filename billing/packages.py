"""Packages as people have them: offered by a mentor, bought by a client, used, given back.

It is the checkout's road with another first step; what happens to the money is `prepaid`'s.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Client, Mentor
from billing import checkout, prepaid, pricing, refunds
from billing.checkout import Started
from billing.fees import Bearer
from billing.gateways.base import Gateway
from billing.models import (
    BreakageRule,
    Package,
    PackageCredit,
    PackageOffer,
    Payment,
    Purchase,
    Refund,
)
from billing.models.package import LONGEST_DAYS, MOST_SESSIONS
from billing.settlement import locks
from billing.states import PaymentState
from kernel.errors import Invalid, NotFound, Refusal
from kernel.money import Money
from scheduling.models import SessionType

TIME_TO_PAY = timedelta(hours=24)


class OfferWithdrawn(Refusal):
    """The package is offered no more."""

    code = "offer_withdrawn"


class PackagesUnused(Refusal):
    """Clients hold packages of the session type, bought by the length that it has."""

    code = "packages_unused"


class NothingUnused(Refusal):
    """Nothing of the package is left to give back."""

    code = "nothing_unused"


def offer(
    *,
    session_type: SessionType,
    sessions: int,
    price_minor: int,
    valid_days: int,
    now: datetime,
    within: Callable[[PackageOffer], None] | None = None,
) -> PackageOffer:
    """Offer so many sessions of a type, in its currency. Terms never change; offer another.

    `within` is called with it before the transaction commits.
    Raises Invalid.
    """
    if not 2 <= sessions <= MOST_SESSIONS:
        raise Invalid(f"A package has 2 to {MOST_SESSIONS} sessions.", pointer="/sessions")
    if not 1 <= valid_days <= LONGEST_DAYS:
        raise Invalid(f"It is valid for 1 to {LONGEST_DAYS} days.", pointer="/valid_days")
    if price_minor < sessions:
        raise Invalid("Each of its sessions has to cost something.", pointer="/price_minor")
    with transaction.atomic():
        made = PackageOffer.objects.create(
            session_type=session_type,
            sessions=sessions,
            price_minor=price_minor,
            currency=session_type.currency,
            valid_days=valid_days,
            created_at=now,
        )
        if within is not None:
            within(made)
    return made


def withdraw(*, offer_id: UUID, mentor: Mentor, now: datetime) -> PackageOffer:
    """Offer a package no more; those that were bought stay as they are. Raises NotFound."""
    with transaction.atomic():
        rows = PackageOffer.objects.select_for_update(of=("self",)).select_related(
            "session_type__mentor__user"
        )
        found = rows.filter(pk=offer_id, session_type__mentor=mentor).first()
        if found is None:
            raise NotFound("There is no such offer of yours.")
        if found.withdrawn_at is None:
            found.withdrawn_at = now
            found.save(update_fields=["withdrawn_at"])
        return found


def offered_by(slug: str) -> QuerySet[PackageOffer]:
    """Return what a mentor offers now, ready to be shown. Raises NotFound."""
    mentor = Mentor.objects.filter(slug=slug).first()
    if mentor is None or not mentor.is_live:
        raise NotFound("There is no such mentor.")
    return (
        PackageOffer.objects.filter(
            session_type__mentor=mentor, session_type__is_active=True, withdrawn_at=None
        )
        .select_related("session_type__mentor__user")
        .order_by("session_type__name", "sessions", "id")
    )


def made_by(mentor: Mentor) -> QuerySet[PackageOffer]:
    """Return what a mentor has ever offered, ready to be shown."""
    offers = PackageOffer.objects.filter(session_type__mentor=mentor)
    return offers.select_related("session_type__mentor__user")


def require_none_unused(*, session_type: SessionType, now: datetime) -> None:
    """Refuse where a package of the type can still be used, or is being paid for.

    Raises PackagesUnused.
    """
    rows = Package.objects.filter(offer__session_type=session_type, closed_at=None)
    usable = Q(begun_at__isnull=False, expires_at__gt=now, unused_minor__gt=0)
    if rows.filter(usable | Q(begun_at=None, pay_by__gt=now)).exists():
        raise PackagesUnused(
            f"Clients hold packages of {session_type.name}, and were sold "
            f"{session_type.duration_minutes} minutes each. Make another session type for another "
            "length, and offer this one no more."
        )


def seller_of(*, offer_id: UUID) -> UUID | None:
    """Return the mentor whose package it is, where there is such an offer."""
    found = PackageOffer.objects.filter(pk=offer_id)
    return found.values_list("session_type__mentor_id", flat=True).first()


def bought_by(client: Client) -> QuerySet[Package]:
    """Return the packages that a client has begun to buy, ready to be shown."""
    return (
        Package.objects.filter(client=client)
        .select_related("offer__session_type__mentor__user", "purchase")
        .prefetch_related("credits__purchases")
    )


def credits_left(package: Package, *, now: datetime) -> int:
    """Return how many sessions a package can still pay for; prefetched by `bought_by`.

    Nothing once it is closed or its period is over, and no more than what is unused pays for: a
    dispute may have taken the money of credits that nobody used.
    """
    if package.closed_at is not None or package.expires_at is None or package.expires_at <= now:
        return 0
    free = [
        credit
        for credit in package.credits.all()
        if all(drawn.credit_returned_at is not None for drawn in credit.purchases.all())
    ]
    return _paid_for(package, free)


def usable_by(client: Client, *, now: datetime) -> list[tuple[Package, int]]:
    """Return the client's packages that can pay for a session, and for how many; one query."""
    drawn = Purchase.objects.filter(package_credit=OuterRef("pk"), credit_returned_at=None)
    credits_unused = (
        PackageCredit.objects.filter(
            ~Exists(drawn),
            package__client=client,
            package__closed_at=None,
            package__expires_at__gt=now,
        )
        .select_related("package__offer__session_type__mentor__user")
        .order_by("package__expires_at", "package", "number")
    )
    found: dict[UUID, list[PackageCredit]] = {}
    for credit in credits_unused:
        found.setdefault(credit.package_id, []).append(credit)
    left = [(free[0].package, _paid_for(free[0].package, free)) for free in found.values()]
    return [(package, number) for package, number in left if number]


def _paid_for(package: Package, free: list[PackageCredit]) -> int:
    """Return how many of the free credits are paid for by what is unused of their package."""
    prices = sorted(credit.price_minor for credit in free)
    return sum(total <= package.unused_minor for total in accumulate(prices))


def start(*, offer_id: UUID, client: Client, gateway: str, now: datetime) -> Started:
    """Begin to pay for a package; a second call returns the same payment while it can be paid.

    Raises: NotFound, OfferWithdrawn, and what `checkout.pay` raises.
    """
    first = partial(_write_down, offer_id=offer_id, client=client, now=now)
    return checkout.pay(first, gateway=gateway, now=now)


def _write_down(port: Gateway, *, offer_id: UUID, client: Client, now: datetime) -> UUID:
    """Return the id of the live payment of a package, made where there is none."""
    with transaction.atomic():
        # Two starts of one client come one after the other, so that the second finds the first's.
        Client.objects.select_for_update(no_key=True).get(pk=client.pk)
        found = PackageOffer.objects.select_related("session_type__mentor__user").filter(
            pk=offer_id
        )
        wanted = found.first()
        if wanted is None:
            raise NotFound("There is no such package.")
        purchase = (
            Purchase.objects.select_for_update(of=("self",))
            .filter(
                package__offer=wanted,
                package__client=client,
                package__begun_at=None,
                package__pay_by__gt=now,
            )
            .order_by("-created_at")
            .first()
        )
        mentor = wanted.session_type.mentor
        if purchase is None:
            if wanted.withdrawn_at or not wanted.session_type.is_active or not mentor.is_live:
                raise OfferWithdrawn("This package is offered no more. Look at what else there is.")
            purchase = _purchase(wanted, client=client, gateway=port.name, now=now)
        said = f"{wanted.sessions} × {wanted.session_type.name} with {mentor.user.name}"
        return checkout.live_payment(
            purchase, port, description=said[: checkout.LONGEST_DESCRIPTION], now=now
        ).pk


def _purchase(wanted: PackageOffer, *, client: Client, gateway: str, now: datetime) -> Purchase:
    mentor = wanted.session_type.mentor
    package = Package.objects.create(
        offer=wanted,
        client=client,
        keeper=BreakageRule.objects.keeper(mentor=mentor, at=now),
        pay_by=now + TIME_TO_PAY,
        created_at=now,
    )
    price = Money(wanted.price_minor, wanted.currency)
    return pricing.package_purchase(package, mentor, price=price, gateway=gateway, now=now)


def use(*, package_id: UUID, session_id: UUID, client: Client, now: datetime) -> Purchase:
    """Pay for a held session with a credit of the client's package, and confirm it.

    One transaction; no gateway is asked. A second call returns the same purchase.
    Raises: NotFound, HoldExpired, NotPayable, PackageUnusable.
    """
    with transaction.atomic():
        session = checkout.own_session(session_id, client)
        if not Package.objects.filter(pk=package_id, client=client).exists():
            raise NotFound("There is no such package of yours.")
        begun = pricing.known(session, discount_code="")
        if begun is not None and begun.package_credit is not None:
            if begun.package_credit.package_id == package_id:
                return begun
            raise pricing.NotPayable(f"Another package pays for session {session.public_id}.")
        checkout.refuse_unpayable(session, now=now)
        if begun is not None:
            raise pricing.NotPayable(
                f"You began to pay for session {session.public_id} in another way. Pay it so, or "
                "cancel the hold and take the time again with your package."
            )
        return prepaid.draw(session, package_id, now=now)


def give_back(
    *, package_id: UUID, client: Client, actor: str, now: datetime, by_platform: bool = False
) -> Refund:
    """Promise the client what is unused of a package, and close it; ordered after the commit.

    `by_platform`: it is our doing, not the client's wish.

    Raises: NotFound, NothingUnused (also once its period is over), PaymentDisputed, RowBusy.
    """
    with locks():
        payment_id = (
            Payment.objects.filter(
                purchase__package=package_id,
                purchase__client=client,
                state=PaymentState.SUCCEEDED,
            )
            .values_list("pk", flat=True)
            .first()
        )
        if payment_id is None:
            raise NotFound("There is no such package of yours that is paid for.")
        payment = refunds.lock_payment(payment_id)
        package = Package.objects.get(pk=package_id)
        over = package.expires_at is not None and package.expires_at <= now
        if package.unused_minor == 0 or over:
            raise NothingUnused(
                f"The period of package {package.public_id} is over."
                if over
                else f"Nothing of package {package.public_id} is left to give back."
            )
        given = Refund.objects.filter(payment=payment).count()
        refund = refunds.create(
            payment_id=payment.pk,
            share_minor=package.unused_minor,
            cause=Refund.Cause.PLATFORM_CANCELLED if by_platform else Refund.Cause.CLIENT_CANCELLED,
            bearer=Bearer.PLATFORM,
            requested_by=actor,
            reason=f"What was unused of package {package.public_id}.",
            key=f"package:{package.pk}:{given}",
            now=now,
        )
        if package.closed_at is None:
            Package.objects.filter(pk=package.pk).update(closed_at=now)
        return refund
