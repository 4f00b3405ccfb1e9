"""Take a mentor off the market, and let him back. What was booked is for the floors above.

Each function expects the caller's transaction, in which the mentor's schedule is locked already
(docs/locking.md): a booking is seen by it, or sees it.
"""

from datetime import datetime
from uuid import UUID

from accounts import letters
from accounts.models import Mentor, Suspension, User
from accounts.models.suspensions import REASON_LENGTH
from kernel import audit
from kernel.errors import Invalid, Refusal

SUSPEND = "accounts.suspend_mentor"


class AlreadySuspended(Refusal):
    """The mentor is suspended, by whom and since when the refusal says."""

    code = "already_suspended"


class NotSuspended(Refusal):
    """Nobody suspended the mentor, or it was lifted before."""

    code = "not_suspended"


class OwnSuspension(Refusal):
    """Whoever would suspend, or be let back, is the mentor: a colleague decides."""

    code = "own_suspension"


class AccountDeactivated(Refusal):
    """The mentor's account is deactivated: that comes first."""

    code = "account_deactivated"


def standing(mentor_id: UUID) -> Suspension | None:
    """Return the suspension of the mentor that stands, with whoever did it."""
    found = Suspension.objects.filter(mentor=mentor_id, lifted_at=None)
    return found.select_related("by", "mentor__user").first()


def refuse_suspended(mentor: Mentor) -> None:
    """Raise AlreadySuspended where a suspension stands."""
    if (stands := standing(mentor.pk)) is not None:
        raise AlreadySuspended(
            f"{mentor.user.name} was suspended by {stands.by.name} at {stands.at:%Y-%m-%d %H:%M} "
            f"UTC: {stands.reason} Lift that first, if something is to change.",
            suspension_id=stands.public_id,
        )


def suspend(
    *, mentor: Mentor, by: User, reason: str, holds_payouts: bool, now: datetime
) -> Suspension:
    """Take the mentor off the market at once, and tell him why.

    Raises Invalid (no reason), OwnSuspension, AlreadySuspended.
    """
    said = _said(reason)
    _refuse_own(mentor, by)
    row = Mentor.objects.select_for_update(no_key=True).get(pk=mentor.pk)
    refuse_suspended(mentor)
    # Whose account is deactivated is suspended by that alone, and would apply anew.
    was = Mentor.Status.LIVE if row.is_live else Mentor.Status.APPLIED
    made = Suspension.objects.create(
        mentor=row, was=was.value, reason=said, holds_payouts=holds_payouts, by=by, at=now
    )
    row.status = Mentor.Status.SUSPENDED
    row.save(update_fields=["status"])
    _write_down(made, "mentor.suspended", by=by, reason=said, holds_payouts=holds_payouts)
    letters.suspended(suspension=made)
    return made


def lift(*, mentor: Mentor, by: User, reason: str, now: datetime) -> Suspension:
    """Give the mentor back the status from before. What was cancelled stays cancelled.

    Raises Invalid (no reason), OwnSuspension, NotSuspended, AccountDeactivated.
    """
    said = _said(reason)
    _refuse_own(mentor, by)
    row = Mentor.objects.select_for_update(no_key=True).get(pk=mentor.pk)
    stands = standing(mentor.pk)
    if stands is None:
        raise NotSuspended(f"No suspension of {mentor.user.name} stands: nothing is to be lifted.")
    if not User.objects.filter(pk=mentor.user_id, is_active=True).exists():
        raise AccountDeactivated(
            f"The account of {mentor.user.name} is deactivated. Activate it first (Settings → "
            "Users), then lift the suspension."
        )
    stands.lifted_at, stands.lifted_by, stands.lift_reason = now, by, said
    stands.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    row.status = stands.was
    row.save(update_fields=["status"])
    _write_down(stands, "mentor.suspension_lifted", by=by, reason=said, status=stands.was)
    letters.suspension_lifted(suspension=stands)
    return stands


def _said(reason: str) -> str:
    said = reason.strip()[:REASON_LENGTH]
    if not said:
        raise Invalid("Say why: the mentor reads it.", pointer="/reason")
    return said


def _refuse_own(mentor: Mentor, by: User) -> None:
    if mentor.user_id == by.pk:
        raise OwnSuspension("This is about you: a colleague decides it.")


def _write_down(suspension: Suspension, action: str, *, by: User, **data: object) -> None:
    audit.record(
        actor=by.public_id,
        action=action,
        object_type="mentor",
        object_id=suspension.mentor.public_id,
        data={"suspension": suspension.public_id, **data},
    )
