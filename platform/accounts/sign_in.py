"""Signing in, in one step or two, and everything that changes a password.

A wrong password, an unknown address and a deactivated person are answered alike and cost the
same. A changed password ends every sign-in: the database raises the session version with it
(migration 0002), whoever makes the change.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction

from accounts import (
    codes,
    credentials,
    letters,
    operations,
    passkeys,
    second_factor,
    throttle,
    tokens,
)
from accounts.models import EmailCode, User
from accounts.tokens import Device, EndReason, Tokens
from kernel import audit, clock
from kernel.errors import Kind, Refusal
from kernel.ids import uuid7
from kernel.tasks import enqueue, task

MFA_LIFETIME = timedelta(minutes=5)
_MFA_SALT = "accounts.sign_in.mfa"


class InvalidCredentials(Refusal):
    """The address and the password do not belong together."""

    code = "invalid_credentials"
    kind = Kind.UNAUTHENTICATED


class EmailUnverified(Refusal):
    """The address is not proven yet; enter the code that was mailed, or reset the password."""

    code = "email_unverified"
    kind = Kind.FORBIDDEN


class CurrentPasswordWrong(Refusal):
    """The present password is wrong; who forgot it resets it by mail."""

    code = "current_password_wrong"
    kind = Kind.INVALID


class MfaRequired(Refusal):
    """The first step is right; send `mfa_token` with a code of the authenticator app."""

    code = "mfa_required"
    kind = Kind.UNAUTHENTICATED


class MfaRefused(Refusal):
    """The code of the authenticator app is wrong or was used, or the first step is too old."""

    code = "mfa_refused"
    kind = Kind.UNAUTHENTICATED


def login(*, email: str, password: str, device: Device, now: datetime) -> Tokens:
    """Sign in by password.

    Raises InvalidCredentials, EmailUnverified, TooManyAttempts, or MfaRequired (facts `mfa_token`,
    `expires_in` and `methods`: code, passkey).
    """
    address = email.strip().lower()
    with throttle.guess(what="password", account=address, source=device.source, now=now):
        user = _owner(address, password)
    if not operations.is_verified(user=user):
        raise EmailUnverified(
            "This address is not proven yet: enter the code that was mailed, or reset the "
            "password to get another."
        )
    return enter(user=user, device=device, now=now)


def enter(*, user: User, device: Device, now: datetime) -> Tokens:
    """Sign in a person who has taken the first step, whatever it was.

    Raises MfaRequired where there is a second one, and InvalidCredentials where the password was
    changed, or the person shut out, since `user` was read.
    """
    with transaction.atomic():
        present = credentials.unchanged(user=user)
        if present is None:
            raise _no_match()
        if second_factor.is_asked(user=present):
            raise MfaRequired(
                "The first step is right. Send mfa_token and a code of your authenticator app.",
                mfa_token=_mfa_token(present, now),
                methods=second_factor.methods(user=present),
                expires_in=int(MFA_LIFETIME.total_seconds()),
            )
        return _signed_in(user=present, device=device, now=now, second_factor_shown=False)


def login_mfa(*, mfa_token: str, code: str, device: Device, now: datetime) -> Tokens:
    """Finish a sign-in with a code of the authenticator app, or with a recovery code.

    Raises MfaRefused or TooManyAttempts.
    """
    user = _user_of_mfa_token(mfa_token, now)
    with throttle.guess(what="mfa", account=str(user.pk), source=device.source, now=now):
        shown = second_factor.is_right(user=user, code=code)
        if shown is None:
            raise MfaRefused(
                "The code is wrong or was used already; wait for the next one.", pointer="/code"
            )
    if shown.type == second_factor.Type.RECOVERY_CODES:
        left = len(shown.wrap().get_unused_codes())
        with transaction.atomic():
            letters.sign_in_changed(user=user, change="code_used", now=now, left=left)
    with transaction.atomic():
        present = credentials.unchanged(user=user)
        if present is None:
            raise _too_old()
        return _signed_in(user=present, device=device, now=now, second_factor_shown=True)


def begin_passkey(*, mfa_token: str | None, now: datetime) -> tuple[str, passkeys.Options]:
    """Return a ceremony and the browser's options; with a first step behind it or without.

    Raises MfaRefused.
    """
    user = _user_of_mfa_token(mfa_token, now) if mfa_token else None
    return passkeys.begin_sign_in(user=user, now=now)


def login_passkey(
    *, ceremony: str, credential: dict[str, Any], device: Device, now: datetime
) -> Tokens:
    """Sign in by a passkey: as the second step, or alone where it verified its holder.

    Raises PasskeyRefused, CeremonyOver or TooManyAttempts.
    """
    user = passkeys.sign_in(ceremony=ceremony, credential=credential, source=device.source, now=now)
    with transaction.atomic():
        present = credentials.unchanged(user=user)
        if present is None:
            raise passkeys.refused()
        return _signed_in(user=present, device=device, now=now, second_factor_shown=True)


def request_password_reset(*, email: str, source: str, now: datetime) -> None:
    """Mail a code that allows a new password, where somebody has the address.

    The answer and the work for it are the same where nobody has, because that is looked up behind
    the answer (`answer_forgotten`).

    Raises Invalid or TooManyAttempts.
    """
    address = credentials.normalised(email)
    throttle.spend(throttle.RESETS_PER_SOURCE, subject=source, now=now)
    if not operations.may_write_to(email=address, source=source, now=now):
        return
    enqueue(answer_forgotten, asked=str(uuid7()), email=address)


@task
def answer_forgotten(*, asked: str, email: str) -> None:
    """Job: mail a code to whoever has the address, if anybody; once each time it is `asked`."""
    with transaction.atomic():
        user = User.objects.with_email(email)
        if user is None or not user.is_active or codes.is_minted(asked=UUID(asked)):
            return
        code, text = codes.mint(
            user=user, purpose=EmailCode.Purpose.RESET, now=clock.now(), asked=UUID(asked)
        )
        letters.password_reset(user=user, code=code, text=text)


def reset_password(*, email: str, code: str, password: str, source: str, now: datetime) -> None:
    """Set a new password by a mailed code; every sign-in ends, and the person is told.

    Raises CodeRefused, PasswordTooWeak, Invalid or TooManyAttempts.
    """
    address = credentials.normalised(email)
    # Judged without the person's name: a refusal must not tell whose address it is.
    credentials.require_strong(password=password, email=address, name="")
    with (
        throttle.guess(what="code", account=address, source=source, now=now),
        transaction.atomic(),
    ):
        redeemed = codes.redeem(email=address, purpose=EmailCode.Purpose.RESET, text=code, now=now)
        operations.prove_address(user=redeemed.user, now=now)
        _set_password(redeemed.user, password, now)


def change_password(
    *, user: User, current_password: str, new_password: str, device: Device, now: datetime
) -> Tokens:
    """Change the password of a signed-in person; every sign-in ends, and a new one begins.

    Raises CurrentPasswordWrong, PasswordTooWeak or TooManyAttempts.
    """
    credentials.require_strong(
        password=new_password, email=user.email, name=user.name, pointer="/new_password"
    )
    with throttle.guess(what="password", account=user.email, source=device.source, now=now):
        owner = credentials.owner_of(email=user.email, password=current_password)
        if owner is None or owner.pk != user.pk:
            raise _wrong()
    with transaction.atomic():
        owner = credentials.unchanged(user=owner)
        if owner is None:
            raise _wrong()
        _set_password(owner, new_password, now)
        # The password alone proves nobody who has a second factor.
        proved = not second_factor.is_asked(user=owner)
        return tokens.issue(user=owner, device=device, now=now, proved=proved)


def _owner(email: str, password: str) -> User:
    user = credentials.owner_of(email=email, password=password)
    if user is None:
        raise _no_match()
    return user


def _signed_in(*, user: User, device: Device, now: datetime, second_factor_shown: bool) -> Tokens:
    """Begin the sign-in of a person whose row the caller holds."""
    User.objects.filter(pk=user.pk).update(last_login=now)
    return tokens.issue(user=user, device=device, now=now, second_factor=second_factor_shown)


def _set_password(user: User, password: str, now: datetime) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    operations.forget_other_addresses(user=user)
    tokens.end_all(user=user, reason=EndReason.PASSWORD, now=now)
    letters.password_changed(user=user, now=now)
    audit.record(
        actor=user.public_id,
        action="user.password_changed",
        object_type="user",
        object_id=user.public_id,
    )


def _mfa_token(user: User, now: datetime) -> str:
    claims = {"u": user.pk.hex, "v": user.session_version, "t": int(now.timestamp())}
    return signing.dumps(claims, salt=_MFA_SALT)


def _user_of_mfa_token(token: str, now: datetime) -> User:
    try:
        claims: dict[str, Any] = signing.loads(token, salt=_MFA_SALT)
    except signing.BadSignature:
        claims = {}
    age = now.timestamp() - claims.get("t", 0)
    user = (
        User.objects.filter(pk=claims["u"], session_version=claims["v"], is_active=True).first()
        if claims and age < MFA_LIFETIME.total_seconds()
        else None
    )
    if user is None:
        raise _too_old()
    return user


def _no_match() -> InvalidCredentials:
    return InvalidCredentials("The e-mail address and the password do not belong together.")


def _wrong() -> CurrentPasswordWrong:
    return CurrentPasswordWrong(
        "The present password is wrong; your password stays as it is.",
        pointer="/current_password",
    )


def _too_old() -> MfaRefused:
    return MfaRefused("The first step is too old or not ours; sign in again.")
