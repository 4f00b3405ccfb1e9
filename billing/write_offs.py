"""Write a mentor's debt off: one person asks, another decides (Dr 5040 / Cr 2120).

The edge that calls has asked for the permission; that the two are different people is refused
here and by the database. Locks: write-off → mentor's money.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import Mentor, User
from billing.ledger import debt_posting, entries
from billing.ledger.balances import mentor_balances
from billing.models import WriteOff
from kernel import audit
from kernel.errors import Invalid, Kind, NotFound, Refusal
from kernel.money import Money


class NotInDebt(Refusal):
    """The mentor owes less than what is to be written off."""

    code = "mentor_not_in_debt"


class AlreadyAsked(Refusal):
    """Somebody has asked already, and nobody has decided."""

    code = "write_off_already_asked"


class AlreadyDecided(Refusal):
    """The write-off was approved or declined before."""

    code = "write_off_decided"


class SecondPersonNeeded(Refusal):
    """Whoever asked for a write-off does not approve it; nobody is exempt."""

    code = "four_eyes"
    kind = Kind.FORBIDDEN


def undecided() -> QuerySet[WriteOff]:
    """Return what waits for a second person."""
    return WriteOff.objects.filter(approved_at=None, declined_at=None)


def ask(
    *, mentor_id: UUID, amount_minor: int, currency: str, reason: str, by: User, now: datetime
) -> WriteOff:
    """Ask for a part of a mentor's debt, or all of it, to be written off. Nothing is posted.

    Raises NotFound, Invalid, NotInDebt, AlreadyAsked.
    """
    if amount_minor <= 0 or not reason.strip():
        raise Invalid("Give an amount above zero and the reason why it will not come back.")
    mentor = Mentor.objects.select_related("user").filter(pk=mentor_id).first()
    if mentor is None:
        raise NotFound(f"There is no mentor {mentor_id}.")
    asked = WriteOff(
        mentor=mentor,
        amount_minor=amount_minor,
        currency=currency,
        reason=reason.strip()[:500],
        requested_by=by,
        requested_at=now,
    )
    try:
        with transaction.atomic():
            _refuse_beyond_debt(asked)
            asked.save(force_insert=True)
            _write_down("asked", asked, by=by)
    except IntegrityError:
        raise AlreadyAsked(
            f"A write-off of {mentor.user.name}'s debt in {currency} waits for its decision."
        ) from None
    return asked


def approve(*, write_off_id: UUID, by: User, now: datetime) -> WriteOff:
    """Write the debt off: Dr 5040 / Cr 2120, under the mentor's lock.

    Raises NotFound, SecondPersonNeeded, AlreadyDecided, NotInDebt (it was set off meanwhile).
    """
    with transaction.atomic():
        asked = _lock(write_off_id)
        if by.pk == asked.requested_by_id:
            raise SecondPersonNeeded(
                f"{by.name} asked for write-off {asked.public_id} and does not approve it. Another "
                "person has to."
            )
        _refuse_beyond_debt(asked)
        asked.approved_by, asked.approved_at = by, now
        asked.save(update_fields=["approved_by", "approved_at"])
        posting = debt_posting.written_off(
            write_off_id=asked.pk,
            mentor_id=asked.mentor_id,
            amount_minor=asked.amount_minor,
            currency=asked.currency,
            at=now,
        )
        entries.post(posting, posted_at=now)
        _write_down("approved", asked, by=by)
    return asked


def decline(*, write_off_id: UUID, by: User, now: datetime) -> WriteOff:
    """Leave the debt standing; whoever asked may take it back so.

    Raises NotFound, AlreadyDecided.
    """
    with transaction.atomic():
        asked = _lock(write_off_id)
        asked.declined_by, asked.declined_at = by, now
        asked.save(update_fields=["declined_by", "declined_at"])
        _write_down("declined", asked, by=by)
    return asked


def _lock(write_off_id: UUID) -> WriteOff:
    rows = WriteOff.objects.select_for_update(of=("self",)).select_related("mentor__user")
    asked = rows.filter(pk=write_off_id).first()
    if asked is None:
        raise NotFound(f"There is no write-off {write_off_id}.")
    if asked.approved_at or asked.declined_at:
        said = "approved" if asked.approved_at else "declined"
        raise AlreadyDecided(f"Write-off {asked.public_id} was {said} already.")
    return asked


def _refuse_beyond_debt(asked: WriteOff) -> None:
    """Lock the mentor's money and refuse what they do not owe (any more)."""
    entries.lock_mentors([asked.mentor_id])
    rows = mentor_balances(mentor_id=asked.mentor_id)
    owed = -sum(row.available_minor for row in rows if row.currency == asked.currency)
    if owed < asked.amount_minor:
        raise NotInDebt(
            f"{asked.mentor.user.name} owes {Money(max(0, owed), asked.currency)}, less than "
            f"{Money(asked.amount_minor, asked.currency)}. Ask for no more than that."
        )


def _write_down(what: str, asked: WriteOff, *, by: User) -> None:
    audit.record(
        actor=by.public_id,
        action=f"write_off.{what}",
        object_type="mentor",
        object_id=asked.mentor.public_id,
        data={
            "write_off": asked.public_id,
            "amount_minor": asked.amount_minor,
            "currency": asked.currency,
            "reason": asked.reason,
        },
    )
