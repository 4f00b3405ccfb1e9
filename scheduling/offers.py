"""What a mentor sells, in the mentor's own hands: made, changed, retired and restored, at once.

What was sold stays as it was sold: a session keeps its own price, policy and length. A retired type
is offered to nobody; its sessions take place. The currency of a type is for good, because packages
are sold in it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Mentor
from kernel import audit
from kernel.errors import Invalid, NotFound, Refusal
from scheduling.groups import NoPolicy
from scheduling.models import CancellationPolicy, Meeting, SessionType

MOST_OFFERS = 60
CHANGEABLE = ("name", "description", "duration_minutes", "price_minor", "is_active")


class TooManyOffers(Refusal):
    """A mentor has so many session types that no more are made; change a retired one."""

    code = "too_many_offers"


class MeetingsToCome(Refusal):
    """Group meetings of the type are to come, and each has the length that was offered."""

    code = "meetings_to_come"


def of(mentor: Mentor) -> QuerySet[SessionType]:
    """Return all that a mentor sells or sold, with the policies: what is offered comes first."""
    kinds = SessionType.objects.filter(mentor=mentor).select_related("policy")
    return kinds.order_by("-is_active", "duration_minutes", "price_minor", "id")


def make(
    *,
    mentor: Mentor,
    name: str,
    description: str,
    duration_minutes: int,
    price_minor: int,
    currency: str,
    by: str,
    within: Callable[[SessionType], None] | None = None,
) -> SessionType:
    """Offer a one-to-one session type under the standard cancellation policy.

    Length in minutes, price in minor units of `currency`. `by` is a public user id. `within` is
    called with it before the transaction commits.
    Raises Invalid, NoPolicy, TooManyOffers.
    """
    name = _named(name)
    policy = CancellationPolicy.objects.filter(is_default=True).first()
    if policy is None:
        raise NoPolicy("The site has no standard cancellation policy yet. Ask the staff.")
    with transaction.atomic():
        Mentor.objects.select_for_update(no_key=True).get(pk=mentor.pk)
        if SessionType.objects.filter(mentor=mentor).count() >= MOST_OFFERS:
            raise TooManyOffers(
                f"You have {MOST_OFFERS} session types, and no more are made. "
                "Change one that you offer no more, and restore it."
            )
        kind = SessionType.objects.create(
            mentor=mentor,
            name=name,
            description=description.strip(),
            duration_minutes=duration_minutes,
            price_minor=price_minor,
            currency=currency,
            policy=policy,
        )
        _write_down(kind, "offer.made", by, _terms(kind))
        if within is not None:
            within(kind)
    return kind


def change(
    *,
    mentor: Mentor,
    offer_id: UUID,
    wish: Mapping[str, Any],
    by: str,
    now: datetime,
    require: Callable[[SessionType], None],
) -> SessionType:
    """Change what `wish` names (of CHANGEABLE) of one of the mentor's own; return it as it is.

    `require` is called with the locked row and refuses by raising.
    Raises NotFound, Invalid, MeetingsToCome.
    """
    with transaction.atomic():
        rows = of(mentor).select_for_update(no_key=True, of=("self",))
        kind = rows.filter(pk=offer_id).first()
        if kind is None:
            raise NotFound("There is no such session type, or it is not yours to see.")
        require(kind)
        before = _terms(kind)
        for field in CHANGEABLE:
            if field in wish:
                setattr(kind, field, wish[field])
        kind.name, kind.description = _named(kind.name), kind.description.strip()
        after = _terms(kind)
        changed = {
            field: [before[field], after[field]] for field in after if before[field] != after[field]
        }
        if not changed:
            return kind
        if "duration_minutes" in changed:
            _require_no_meetings(kind, now)
        kind.save(update_fields=list(changed))
        _write_down(kind, "offer.changed", by, changed)
    return kind


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid("A session type has a name.", pointer="/name")
    return name.strip()


def _terms(kind: SessionType) -> dict[str, Any]:
    return {field: getattr(kind, field) for field in CHANGEABLE}


def _require_no_meetings(kind: SessionType, now: datetime) -> None:
    """Refuse another length while group meetings stand: a seat is booked by the type's length."""
    if Meeting.objects.filter(session_type=kind, live=True, during__endswith__gt=now).exists():
        raise MeetingsToCome(
            f"Group meetings of {kind.name} are to come, and last as long as you offered them. "
            "Make another session type for another length, or withdraw the meetings first."
        )


def _write_down(kind: SessionType, action: str, by: str, data: dict[str, Any]) -> None:
    audit.record(
        actor=by, action=action, object_type="session_type", object_id=kind.public_id, data=data
    )
