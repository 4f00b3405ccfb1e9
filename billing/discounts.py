"""Find the discount that a checkout may use, and say what it takes off. Writes nothing.

The limits are looked at under the discount's lock, and a trigger looks again at the purchase.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Client, Mentor
from billing.models import Discount
from billing.models.discount import uses
from kernel.errors import Refusal
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
