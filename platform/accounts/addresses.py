"""Changing one's own e-mail address, and undoing a change that somebody else made.

The present address stays until a code from the new one has come back. Whether the new one is
somebody else's is told by mail alone. Whoever reads the old address can undo the change for a
week: then the address comes back, and everything ends that a stranger may hold.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from accounts import codes, credentials, letters, operations, proofs, throttle, tokens
from accounts.models import EmailChange, EmailCode, User
from accounts.principals import Principal
from accounts.sign_in import CurrentPasswordWrong
from accounts.tokens import Device, EndReason
from kernel import audit, clock
from kernel.errors import Invalid, Refusal
from kernel.tasks import enqueue, task

UNDO_LIFETIME = timedelta(days=7)
# A thief may put a way in of his own in place first, and ask for another address then.
BEFORE = timedelta(hours=24)
PREFIX = "und_"
LENGTH = len(PREFIX) + 43


class EmailTaken(Refusal):
    """Another account has this address by now; sign in to that one, or choose another address."""

    code = "email_taken"


class UndoOver(Refusal):
    """There is no such change, it was undone already, or its week is over."""

    code = "undo_over"


def ask(
    *, principal: Principal, email: str, password: str | None, device: Device, now: datetime
) -> None:
    """Mail a code to the new address and a notice to the present one; nothing changes yet.

    The answer is the same for an address that is somebody else's: they are told by mail. Raises
    Invalid, CurrentPasswordWrong, ReauthenticationRequired or TooManyAttempts.
    """
    user = principal.user
    address = credentials.normalised(email)
    if address == user.email.lower():
        raise Invalid("This is your address already.", pointer="/email")
    _require_owner(principal=principal, password=password, device=device, now=now)
    if not operations.may_write_to(email=address, source=device.source, now=now):
        return
    with transaction.atomic():
        user = proofs.locked(principal=principal, now=now)
        EmailCode.objects.filter(user=user, purpose=EmailCode.Purpose.CHANGE, used_at=None).update(
            used_at=now
        )
        secret = PREFIX + secrets.token_urlsafe(32)
        change = EmailChange.objects.create(
            user=user,
            old_address=user.email.lower(),
            new_address=address,
            undo_digest=_digest(secret),
            asked_at=now,
        )
        letters.email_change_asked(user=user, change=change, secret=secret)
        enqueue(answer_change, change_id=str(change.pk))


@task
def answer_change(*, change_id: str) -> None:
    """Job: mail the code to the new address, or tell its owner that somebody wants it; once.

    Behind the answer, so that the time it takes says nothing of whose the address is. A change that
    was undone, or followed by another, gets no code any more.
    """
    now = clock.now()
    with transaction.atomic():
        change = EmailChange.objects.select_related("user").get(pk=change_id)
        user = operations.locked(user=change.user)
        owner = User.objects.with_email(change.new_address)
        if owner is not None and operations.is_somebodys(owner):
            letters.address_wanted(user=owner, change=change)
            return
        standing = EmailChange.objects.filter(user=user, undone_at=None)
        newest = standing.order_by("-asked_at", "-pk").first()
        if newest != change or codes.is_minted(asked=change.pk):
            return
        code, text = codes.mint(
            user=user,
            purpose=EmailCode.Purpose.CHANGE,
            address=change.new_address,
            registration={"change": change.pk.hex},
            now=now,
            asked=change.pk,
        )
        letters.email_change_code(user=user, to=change.new_address, code=code, text=text)


def confirm(*, principal: Principal, email: str, code: str, source: str, now: datetime) -> User:
    """Take the new address, proven by its code; every other sign-in ends, the old one is told.

    Raises CodeRefused, EmailTaken, Invalid or TooManyAttempts.
    """
    address = credentials.normalised(email)
    with (
        throttle.guess(what="email", account=str(principal.user.pk), source=source, now=now),
        transaction.atomic(),
    ):
        user = proofs.locked(principal=principal, now=now)
        redeemed = codes.redeem(
            email=address, purpose=EmailCode.Purpose.CHANGE, text=code, owner=user, now=now
        )
        change = EmailChange.objects.get(pk=redeemed.registration["change"])
        _move(user=user, address=address, now=now)
        EmailChange.objects.filter(pk=change.pk).update(confirmed_at=now)
        tokens.end_others(user=user, keep=principal.family_id, reason=EndReason.EMAIL, now=now)
        letters.email_changed(user=user, change=change, now=now)
        _note(user, "email_changed")
    return user


def undo(*, secret: str, now: datetime) -> None:
    """Give the account back to whoever reads the address from before the change.

    Everything goes that a stranger may have made since, or in the day before the change was asked
    for: sign-ins, the password (a code for a new one is mailed), second factors, providers, and
    later changes of the address. Raises UndoOver or EmailTaken.
    """
    found = _undoable(secret, now)
    with transaction.atomic():
        user = operations.locked(user=found.user)
        change = _undoable(secret, now)  # asked again behind the lock
        user.set_unusable_password()  # the database ends every sign-in with it
        user.save(update_fields=["password"])
        tokens.end_all(user=user, reason=EndReason.EMAIL, now=now)
        since = change.asked_at - BEFORE
        Authenticator.objects.filter(user=user, created_at__gte=since).delete()
        SocialAccount.objects.filter(user=user, date_joined__gte=since).delete()
        _move(user=user, address=change.old_address, now=now)
        EmailChange.objects.filter(user=user, asked_at__gte=change.asked_at).update(undone_at=now)
        code, text = codes.mint(user=user, purpose=EmailCode.Purpose.RESET, now=now)
        letters.password_reset(user=user, code=code, text=text)
        _note(user, "email_change_undone")


def _require_owner(
    *, principal: Principal, password: str | None, device: Device, now: datetime
) -> None:
    """The password, and where there is none or it is not enough, a proof that is not old."""
    user = principal.user
    if user.has_usable_password():
        with throttle.guess(what="password", account=user.email, source=device.source, now=now):
            if credentials.owner_of(email=user.email, password=password or "") is None:
                raise CurrentPasswordWrong(
                    "The password is wrong; your address stays as it is.", pointer="/password"
                )
    if proofs.methods(user=user) != ["password"]:
        proofs.require(principal=principal, now=now)


def _move(*, user: User, address: str, now: datetime) -> None:
    """Give the (locked) person an address that they have proven; codes for the old one are void."""
    owner = User.objects.with_email(address)
    if owner is not None and owner.pk != user.pk:
        if not operations.is_somebodys(owner):
            # Behind its lock, or its code could come back at this moment. Nobody who is somebody
            # is locked here: two people who want each other's address do not wait for each other.
            owner = User.objects.select_for_update(of=("self",)).filter(pk=owner.pk).first()
        if owner is not None and operations.is_somebodys(owner):
            raise EmailTaken(
                "Another account has this address. Sign in to that one, or choose another address."
            )
        if owner is not None:
            owner.delete()  # a registration that nobody finished holds no address back
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=address)
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=address, primary=True, verified=True)
    except IntegrityError:
        raise EmailTaken("Another account took this address at this moment.") from None
    user.email = address
    EmailCode.objects.filter(user=user, used_at=None).update(used_at=now)


def _undoable(secret: str, now: datetime) -> EmailChange:
    found = None
    if len(secret) == LENGTH and secret.isascii():
        found = (
            EmailChange.objects.select_related("user")
            .filter(
                undo_digest=_digest(secret),
                undone_at=None,
                asked_at__gt=now - UNDO_LIFETIME,
                user__is_active=True,
            )
            .first()
        )
    if found is None:
        raise UndoOver("This change was undone already, or its week is over; write to us.")
    return found


def _note(user: User, what: str) -> None:
    audit.record(
        actor=user.public_id,
        action=f"user.{what}",
        object_type="user",
        object_id=user.public_id,
    )


def _digest(secret: str) -> bytes:
    """A plain hash is enough: the secret holds 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
