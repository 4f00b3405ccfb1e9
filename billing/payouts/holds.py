"""Finance keeps a mentor's money back, with a reason, and lets it go again."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Mentor, User
from billing.ledger import entries
from billing.models import PayoutHold
from kernel import audit
from kernel.errors import NotFound, Refusal


class AlreadyOnHold(Refusal):
    """A hold stands; it has to be lifted before another reason is written down."""

    code = "already_on_hold"


class NotOnHold(Refusal):
    """There is no hold to lift."""

    code = "not_on_hold"


def hold(*, mentor_id: UUID, reason: str, by: User, now: datetime) -> PayoutHold:
    """Keep the mentor out of payout runs until the hold is lifted.

    A run that is frozen already can no longer be approved; of one that is approved, the mentor's
    payout is not ordered (any more). Takes the mentor's lock (Note [Stopped in time]).
    Raises NotFound, AlreadyOnHold.
    """
    mentor = _mentor(mentor_id)
    placed = PayoutHold(mentor=mentor, reason=reason, placed_by=by, placed_at=now)
    try:
        with transaction.atomic():
            entries.lock_mentors([mentor_id])
            placed.save(force_insert=True)
            _write_down("placed", placed, by=by)
    except IntegrityError:
        raise AlreadyOnHold(
            f"Payouts to {mentor.user.name} are on hold already. Lift that hold first."
        ) from None
    return placed


def lift_hold(*, mentor_id: UUID, by: User, now: datetime) -> PayoutHold:
    """End the mentor's hold; the next run includes them again. Raises NotFound, NotOnHold."""
    mentor = _mentor(mentor_id)
    with transaction.atomic():
        standing = (
            PayoutHold.objects.select_for_update(of=("self",))
            .filter(mentor=mentor, lifted_at=None)
            .first()
        )
        if standing is None:
            raise NotOnHold(f"Payouts to {mentor.user.name} are not on hold.")
        standing.lifted_by, standing.lifted_at = by, now
        standing.save(update_fields=["lifted_by", "lifted_at"])
        _write_down("lifted", standing, by=by)
    return standing


def _mentor(mentor_id: UUID) -> Mentor:
    found = Mentor.objects.select_related("user").filter(pk=mentor_id).first()
    if found is None:
        raise NotFound(f"There is no mentor {mentor_id}.")
    return found


def _write_down(what: str, standing: PayoutHold, *, by: User) -> None:
    audit.record(
        actor=by.public_id,
        action=f"payout_hold.{what}",
        object_type="mentor",
        object_id=standing.mentor.public_id,
        data={"reason": standing.reason},
    )
