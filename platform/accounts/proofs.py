"""Proving again that it is still the same person, before the ways of signing in are changed.

A device that was left open, or a copied access token, must not be enough to lock its owner out,
nor to have what happens to them told to somebody else (webhooks).
Signing in is a proof, and so is the password, or the second factor where there is one, a little
later: for ten minutes, in that one sign-in.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import credentials, operations, passkeys, second_factor, throttle, tokens
from accounts.models import RefreshFamily, User
from accounts.principals import Principal
from accounts.tokens import Device, SessionEnded
from kernel.errors import Kind, Refusal


class ReauthenticationRequired(Refusal):
    """Prove first that it is still you: `POST /api/users/reauthenticate` with one of `methods`.

    Where `methods` is empty there is neither a password nor a second factor: sign in anew.
    """

    code = "reauthentication_required"
    kind = Kind.FORBIDDEN


class ProofRefused(Refusal):
    """The password, the code or the passkey is wrong, or is not what this account asks for."""

    code = "proof_refused"
    kind = Kind.INVALID


def methods(*, user: User) -> list[str]:
    """Return what proves this person: `code` and `passkey` where set up, else `password`."""
    if second_factor.is_asked(user=user):
        return second_factor.methods(user=user)
    return ["password"] if user.has_usable_password() else []


def until(*, principal: Principal, now: datetime) -> datetime | None:
    """Return until when the sign-in is proved, or None where it is not."""
    if principal.proved_at is None:
        return None
    end = principal.proved_at + settings.PROOF_LIFETIME
    return end if now < end else None


def require(
    *, principal: Principal, now: datetime, why: str = "This changes how you sign in"
) -> None:
    """Raise ReauthenticationRequired (fact `methods`) unless the sign-in is proved."""
    if until(principal=principal, now=now) is None:
        raise ReauthenticationRequired(
            f"{why}: prove first that it is still you.",
            methods=methods(user=principal.user),
        )


def locked(*, principal: Principal, now: datetime) -> User:
    """Return the person's row, locked until the caller's transaction ends.

    Raises SessionEnded where the sign-in has ended since the call came in: whoever was signed out
    at this moment changes nothing any more.
    """
    user = operations.locked(user=principal.user)
    if not tokens.living(family_ids=[principal.family_id], now=now):
        raise SessionEnded("This sign-in has ended; sign in again.")
    return user


def by_password(*, principal: Principal, password: str, device: Device, now: datetime) -> datetime:
    """Prove by password; return until when. Raises ProofRefused or TooManyAttempts."""
    user = principal.user
    _require_method(user, "password")
    with throttle.guess(what="password", account=user.email, source=device.source, now=now):
        if credentials.owner_of(email=user.email, password=password) is None:
            raise ProofRefused("The password is wrong.", pointer="/password")
    return _note(principal, now)


def by_code(*, principal: Principal, code: str, device: Device, now: datetime) -> datetime:
    """Prove by a code of the app or a recovery code. Raises ProofRefused or TooManyAttempts."""
    user = principal.user
    _require_method(user, "code")
    with throttle.guess(what="mfa", account=str(user.pk), source=device.source, now=now):
        if second_factor.is_right(user=user, code=code) is None:
            raise ProofRefused("The code is wrong or was used already.", pointer="/code")
    return _note(principal, now)


def by_passkey(
    *,
    principal: Principal,
    ceremony: str,
    credential: dict[str, Any],
    device: Device,
    now: datetime,
) -> datetime:
    """Prove by a passkey. Raises PasskeyRefused, CeremonyOver or TooManyAttempts."""
    _require_method(principal.user, "passkey")
    passkeys.prove(
        user=principal.user,
        ceremony=ceremony,
        credential=credential,
        source=device.source,
        now=now,
    )
    return _note(principal, now)


def forget_elsewhere(*, principal: Principal) -> None:
    """Have the person's other sign-ins prove anew, by what is asked from now on."""
    RefreshFamily.objects.filter(user=principal.user).exclude(pk=principal.family_id).update(
        proved_at=None
    )


def _require_method(user: User, method: str) -> None:
    allowed = methods(user=user)
    if method not in allowed:
        instead = " or ".join(allowed) or "a new sign-in"
        raise ProofRefused(
            f"This account is not proved by {method}; use {instead}.", methods=allowed
        )


def _note(principal: Principal, now: datetime) -> datetime:
    with transaction.atomic():
        locked(principal=principal, now=now)
        RefreshFamily.objects.filter(pk=principal.family_id).update(proved_at=now)
    end: datetime = now + settings.PROOF_LIFETIME
    return end
