"""Find the discount that a checkout may use and what it takes off; add one, switch one off.

The limits are looked at under the discount's lock, and a trigger looks again at the purchase.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Client, Mentor, User
from billing.models import Discount
from billing.models.discount import WHOLE_BPS, uses
from kernel import audit
from kernel.errors import Invalid, NotFound, Refusal
from kernel.money import Money


class DiscountUnknown(Refusal):
    """No discount has this code."""

    code = "discount_unknown"


class DiscountNotRunning(Refusal):
    """The discount has not begun, is over, or was switched off."""

    code = "discount_not_running"


class DiscountUsedUp(Refusal):
    """The discount was used as often as it may be, by everybody or by this client."""

    code = "discount_used_up"


class DiscountNotForThis(Refusal):
    """The discount is for another mentor or another currency."""

    code = "discount_not_for_this"


class DiscountCodeTaken(Refusal):
    """Another discount has this code, or had it: a code is used once."""

    code = "discount_code_taken"


class DiscountIsOff(Refusal):
    """The discount was switched off before."""

    code = "discount_is_off"


CODE = re.compile(r"[A-Z0-9-]{3,40}")


@dataclass(frozen=True, slots=True)
class Reduction:
    """A discount and what it takes off a price, on whose account."""

    discount: Discount
    minor: int

    @property
    def borne_by_platform_minor(self) -> int:
        return self.minor if self.discount.bearer == Discount.Bearer.PLATFORM else 0

    @property
    def borne_by_mentor_minor(self) -> int:
        return self.minor - self.borne_by_platform_minor


def reduction(
    *, code: str, client: Client, mentor: Mentor, price: Money, now: datetime, lock: bool = False
) -> Reduction | None:
    """Return what the code takes off; without a code, what the best running campaign does.

    With `lock` (in the transaction that makes the purchase) the discount is locked, so that
    purchases that would use it up are made one after the other.

    Raises: DiscountUnknown, DiscountNotRunning, DiscountNotForThis, DiscountUsedUp.
    """
    if not code:
        return _campaign(client=client, mentor=mentor, price=price, now=now, lock=lock)
    rows = Discount.objects.select_for_update() if lock else Discount.objects.all()
    found = rows.filter(code=code.strip().upper()).first()
    if found is None:
        raise DiscountUnknown(f"There is no discount code {code!r}. Check how it is written.")
    if not Discount.objects.running(at=now).filter(pk=found.pk).exists():
        raise _not_running(found, now)
    if found.mentor_id not in (None, mentor.pk):
        raise DiscountNotForThis(
            f"The code {found.code} is for another mentor's sessions. Pay without it."
        )
    if found.currency not in ("", price.currency):
        raise DiscountNotForThis(
            f"The code {found.code} is for prices in {found.currency}; this one is in "
            f"{price.currency}. Pay without it."
        )
    if _used_up(found, client):
        raise DiscountUsedUp(f"The code {found.code} was used as often as it may be.")
    return Reduction(found, found.off(price.amount_minor))


def add(
    *,
    name: str,
    bearer: str,
    starts_at: datetime,
    by: User,
    now: datetime,
    code: str = "",
    percent_bps: int | None = None,
    amount_minor: int | None = None,
    currency: str = "",
    mentor_id: UUID | None = None,
    ends_at: datetime | None = None,
    max_uses: int | None = None,
    max_uses_per_client: int | None = None,
) -> Discount:
    """Add a discount by a code, or for everybody (a campaign: no code). Its terms never change.

    Raises Invalid, NotFound and DiscountCodeTaken.
    """
    code = code.strip().upper()
    if code and not CODE.fullmatch(code):
        raise Invalid("A code has 3 to 40 letters, digits and hyphens.", pointer="/code")
    if (percent_bps is None) == (amount_minor is None):
        raise Invalid("Say either a percentage or an amount.", pointer="/percent")
    if percent_bps is not None and not 0 < percent_bps <= WHOLE_BPS:
        raise Invalid("A percentage is above 0 and at most 100.", pointer="/percent")
    if amount_minor is not None and (amount_minor <= 0 or not currency):
        raise Invalid("An amount is above zero and has a currency.", pointer="/currency")
    if bearer == Discount.Bearer.MENTOR and mentor_id is None:
        raise Invalid("Say which mentor bears it.", pointer="/mentor")
    if ends_at is not None and ends_at <= max(starts_at, now):
        raise Invalid("It ends after it begins, and in the future.", pointer="/ends")
    if mentor_id is not None and not Mentor.objects.filter(pk=mentor_id).exists():
        raise NotFound(f"There is no mentor {mentor_id}.")
    try:
        with transaction.atomic():
            found = Discount.objects.create(
                code=code or None,
                name=name,
                bearer=bearer,
                percent_bps=percent_bps,
                amount_minor=amount_minor,
                currency=currency,
                mentor_id=mentor_id,
                starts_at=starts_at,
                ends_at=ends_at,
                max_uses=max_uses,
                max_uses_per_client=max_uses_per_client,
                created_by=by,
                created_at=now,
            )
            _write_down(found, "added", by=by, data={"name": name, "code": code})
    except IntegrityError as error:
        if "code" not in str(error):
            raise
        raise DiscountCodeTaken(
            f"The code {code} is taken, be its discount over or not. Choose another."
        ) from None
    return found


def switch_off(*, discount_id: UUID, reason: str, by: User, now: datetime) -> Discount:
    """End a discount before its time; who holds a time with it still pays the lower price.

    Raises NotFound, DiscountIsOff.
    """
    with transaction.atomic():
        found = Discount.objects.select_for_update().filter(pk=discount_id).first()
        if found is None:
            raise NotFound(f"There is no discount {discount_id}.")
        if not found.is_active:
            raise DiscountIsOff("This discount is switched off already.")
        found.is_active = False
        found.save(update_fields=["is_active"])
        _write_down(found, "switched_off", by=by, data={"reason": reason, "at": now.isoformat()})
    return found


def _write_down(discount: Discount, what: str, *, by: User, data: dict[str, str]) -> None:
    audit.record(
        actor=by.public_id,
        action=f"discount.{what}",
        object_type="discount",
        object_id=discount.public_id,
        data=data,
    )


def _campaign(
    *, client: Client, mentor: Mentor, price: Money, now: datetime, lock: bool
) -> Reduction | None:
    """Return the campaign that takes most off and is not used up, the older one of equals.

    With `lock` those that can be used up are locked all at once in the order of their ids: which
    is the best depends on the price, so two checkouts would else lock them in either order.
    """
    rows = Discount.objects.running(at=now).filter(
        Q(mentor=None) | Q(mentor=mentor), code=None, currency__in=["", price.currency]
    )
    if lock:
        limited = rows.filter(Q(max_uses__isnull=False) | Q(max_uses_per_client__isnull=False))
        list(limited.order_by("pk").select_for_update().values_list("pk", flat=True))
    for one in sorted(rows, key=lambda row: (-row.off(price.amount_minor), row.pk)):
        if not _used_up(one, client):
            return Reduction(one, one.off(price.amount_minor))
    return None


def _used_up(discount: Discount, client: Client) -> bool:
    if discount.max_uses is None and discount.max_uses_per_client is None:
        return False
    everybody, own = uses(discount=discount, client=client)
    return (discount.max_uses is not None and everybody >= discount.max_uses) or (
        discount.max_uses_per_client is not None and own >= discount.max_uses_per_client
    )


def _not_running(discount: Discount, now: datetime) -> DiscountNotRunning:
    if discount.starts_at > now:
        when = f"begins on {discount.starts_at:%-d %B %Y, %H:%M} UTC"
    elif discount.ends_at is not None and discount.ends_at <= now:
        when = f"ended on {discount.ends_at:%-d %B %Y, %H:%M} UTC"
    else:
        when = "was switched off"
    return DiscountNotRunning(f"The code {discount.code} {when}. Pay without it.")
