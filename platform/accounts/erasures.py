"""Taking a person out of everything: asked for, looked at, carried out by somebody else.

What stands where is said by the floors (`kernel.personal`); the ledger is never touched. It is
refused while something of the person is open. It cannot be undone, so whoever asked never carries
it out: a person who asks has proved to be that person, and a member of the staff who asks for them
has not (ADR 36).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from accounts import letters, operations, personal_steps, tokens
from accounts.models import Erasure, User
from accounts.personal_steps import former_of
from kernel import audit, personal
from kernel.errors import Forbidden, NotFound, Refusal
from kernel.personal import Hindrance

ASK = "accounts.add_erasure"
CARRY_OUT = "accounts.perform_erasure"
TARGET = timedelta(days=30)  # one month: Article 12(3) of the GDPR


class ErasureHindered(Refusal):
    """Something of the person is still open; `hindrances` says what, and what to do first."""

    code = "erasure_hindered"


class ErasureOver(Refusal):
    """The erasure was carried out or taken back already."""

    code = "erasure_over"


class OwnErasure(Refusal):
    """Whoever asked for an erasure, or is its person, does not carry it out."""

    code = "own_erasure"


def hindrances(*, user: User, now: datetime) -> list[Hindrance]:
    """Return what stands in the way, what blocks first."""
    return personal.hindrances(user, now=now)


def open_of(*, user: User) -> Erasure | None:
    """Return the person's erasure that waits, or None."""
    return Erasure.objects.filter(user=user, done_at=None, withdrawn_at=None).first()


def ask(*, user: User, by: User, reason: str, now: datetime) -> Erasure:
    """Ask that the person be erased; one that waits is returned as it is.

    `by` is the person, or staff who hold ASK. Raises Forbidden, ErasureHindered, or NotFound for a
    person who was erased already.
    """
    if by != user and not by.has_perm(ASK):
        raise Forbidden("Only the staff who look after people's data may do this.")
    with transaction.atomic():
        user = operations.locked(user=user)
        waiting = open_of(user=user)
        if waiting is not None:
            return waiting
        if Erasure.objects.filter(user=user, done_at__isnull=False).exists():
            raise NotFound("This person was erased already.")
        _refuse_hindered(user, now)
        erasure = Erasure.objects.create(
            user=user, requested_by=by, requested_at=now, reason=reason.strip()[:500]
        )
        _note(erasure, by, "erasure.requested")
        letters.erasure_asked(user=user, erasure=erasure, until=now + TARGET)
    return erasure


def withdraw(*, user: User, by: User, now: datetime) -> None:
    """Take the wish back while nothing was done. Raises Forbidden or NotFound."""
    if by != user and not by.has_perm(ASK):
        raise Forbidden("Only the staff who look after people's data may do this.")
    with transaction.atomic():
        operations.locked(user=user)
        waiting = open_of(user=user)
        if waiting is None:
            raise NotFound("No erasure of this account waits.")
        Erasure.objects.filter(pk=waiting.pk).update(withdrawn_at=now, withdrawn_by=by)
        _note(waiting, by, "erasure.withdrawn")
        letters.erasure_withdrawn(user=user, erasure=waiting)


def carry_out(*, erasure_id: UUID, by: User, now: datetime) -> Erasure:
    """Take the person out of everything, in one transaction, and write to them a last time.

    Raises Forbidden, NotFound, OwnErasure, ErasureHindered, or ErasureOver where it was done or
    withdrawn meanwhile.
    """
    if not by.has_perm(CARRY_OUT):
        raise Forbidden("Only the staff who look after people's data may do this.")
    with transaction.atomic():
        erasure = _locked(erasure_id)
        if erasure.state != "open":
            raise ErasureOver(f"This erasure is {erasure.state} already: look again.")
        if by.pk in (erasure.requested_by_id, erasure.user_id):
            raise OwnErasure(
                "You asked for this erasure, so a colleague carries it out: it cannot be undone."
            )
        user = operations.locked(user=erasure.user)
        _refuse_hindered(user, now)
        former = former_of(user)
        name, address, language = user.name, user.email, user.language
        _begin(erasure, by, now)
        tokens.end_all(user=user, reason=tokens.EndReason.DEACTIVATED, now=now)
        personal.erase(former)
        personal_steps.anonymise(former)
        _note(erasure, by, "erasure.done")
        Erasure.objects.filter(pk=erasure.pk).update(done_at=now)
        letters.erased(to=address, name=name, language=language, erasure=erasure)
    erasure.refresh_from_db()
    return erasure


def _begin(erasure: Erasure, by: User, now: datetime) -> None:
    """Open history's guards for this transaction, as far as migration 0012 says."""
    Erasure.objects.filter(pk=erasure.pk).update(begun_at=now, done_by=by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('counterfoil.erasure', %s, true)", [str(erasure.pk)])


def _refuse_hindered(user: User, now: datetime) -> None:
    open_ones = [one for one in hindrances(user=user, now=now) if one.block]
    if open_ones:
        raise ErasureHindered(
            "Not yet, because something is still open: "
            + " ".join(f"{one.what}. {one.do}" for one in open_ones),
            hindrances=[{"what": one.what, "do": one.do} for one in open_ones],
        )


def _locked(erasure_id: UUID) -> Erasure:
    found = (
        Erasure.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .filter(pk=erasure_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such erasure.")
    return found


def _note(erasure: Erasure, by: User, action: str) -> None:
    audit.record(
        actor=by.public_id,
        action=action,
        object_type="erasure",
        object_id=erasure.public_id,
        data={"person": erasure.user.public_id},
    )
