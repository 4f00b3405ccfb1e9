"""Sign-ins: access tokens, and families of refresh tokens that notice a thief.

A refresh token is used once. Its successor is computed from it (HMAC under the server's key),
so the same successor can be answered again for a few seconds, to a second tab or to a lost
answer, and nothing secret is stored. Used again later, it ends its whole family.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from accounts import access, letters, principals
from accounts.models import RefreshFamily, RefreshToken, User
from accounts.principals import Principal
from kernel.errors import Kind, Refusal

Channel = RefreshFamily.Channel
EndReason = RefreshFamily.EndReason
PREFIX = "cfr_"
LENGTH = len(PREFIX) + 43


class SessionEnded(Refusal):
    """The sign-in behind the token has ended; sign in again."""

    code = "session_ended"
    kind = Kind.UNAUTHENTICATED


class RefreshRefused(Refusal):
    """There is no refresh token, or it cannot be used (any more); sign in again."""

    code = "refresh_refused"
    kind = Kind.UNAUTHENTICATED


@dataclass(frozen=True, slots=True)
class Device:
    """What a sign-in is made from: shown to its person in the list of devices."""

    source: str = ""
    user_agent: str = ""
    channel: str = Channel.BROWSER


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or a refresh hands out. `refresh` is a secret; `refresh_until` bounds it."""

    access: str
    refresh: str
    refresh_until: datetime
    family: RefreshFamily
    user: User


def issue(
    *,
    user: User,
    device: Device,
    now: datetime,
    second_factor: bool = False,
    proved: bool = True,
) -> Tokens:
    """Begin a sign-in: a new family with its first refresh token, and an access token.

    `proved` says that the person has just shown all that signing in takes (`accounts.proofs`).
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    expires_at = now + settings.REFRESH_ABSOLUTE_LIFETIME
    with transaction.atomic():
        # Read now: `user` may have been loaded before the password was changed elsewhere.
        version = User.objects.values_list("session_version", flat=True).get(pk=user.pk)
        family = RefreshFamily.objects.create(
            user=user,
            channel=device.channel,
            session_version=version,
            second_factor=second_factor,
            proved_at=now if proved else None,
            source=device.source[:64],
            user_agent=device.user_agent[:200],
            created_at=now,
            last_used_at=now,
            idle_until=min(now + settings.REFRESH_IDLE_LIFETIME, expires_at),
            expires_at=expires_at,
        )
        RefreshToken.objects.create(family=family, digest=_digest(secret), created_at=now)
    return _tokens(family=family, user=user, secret=secret, now=now)


def refresh(*, token: str, now: datetime, channel: str = Channel.BROWSER) -> Tokens:
    """Trade a refresh token for its successor and a new access token.

    Within settings.REFRESH_GRACE a spent token is answered with the *same* successor, however
    many ask at once. Later its return ends the family, and its person is told by mail: two
    holders of one token means that one of them is a thief (RFC 9700, 4.14.2).

    Raises RefreshRefused.
    """
    with transaction.atomic():
        answer = _refresh_locked(token=token, channel=channel, now=now)
    # Raised after the commit: the end of a family must stay when its news is a refusal.
    if answer is None:
        raise RefreshRefused("This sign-in cannot be refreshed any more; sign in again.")
    return answer


def _refresh_locked(*, token: str, channel: str, now: datetime) -> Tokens | None:
    family = _lock_family(token)
    if family is None:
        return None
    # Both are read behind the lock, so they are what a twin before us has left.
    presented = RefreshToken.objects.get(family=family, digest=_digest(token))
    user = User.objects.select_related("client", "mentor").get(pk=family.user_id)
    if family.channel != channel or not _is_live(family, user, now):
        return None
    successor = _successor_of(token)
    if presented.used_at is not None:
        if now - presented.used_at > settings.REFRESH_GRACE:
            _end(RefreshFamily.objects.filter(pk=family.pk), reason=EndReason.REUSE, now=now)
            letters.token_reused(user=user, family=family, now=now)
            return None
        stored = RefreshToken.objects.get(parent=presented)
        if not hmac.compare_digest(bytes(stored.digest), _digest(successor)):
            return None  # The server's key was changed between the two calls.
        return _tokens(family=family, user=user, secret=successor, now=now)
    presented.used_at = now
    presented.save(update_fields=["used_at"])
    RefreshToken.objects.create(
        family=family, parent=presented, digest=_digest(successor), created_at=now
    )
    family.last_used_at = max(now, family.last_used_at)
    family.idle_until = min(now + settings.REFRESH_IDLE_LIFETIME, family.expires_at)
    family.save(update_fields=["last_used_at", "idle_until"])
    return _tokens(family=family, user=user, secret=successor, now=now)


def verify_access(*, token: str, now: datetime) -> Principal:
    """Return who an access token speaks for, having asked in one query that its sign-in lives.

    Raises AccessTokenRefused, AccessTokenExpired or SessionEnded.
    """
    claims = access.read(token=token, now=now)
    principal = principals.living(
        family_id=claims.family_id,
        user_id=claims.user_id,
        session_version=claims.session_version,
        now=now,
    )
    if principal is None:
        raise SessionEnded("This sign-in has ended; sign in again.")
    return principal


def living(*, family_ids: Iterable[UUID], now: datetime) -> dict[UUID, UUID]:
    """Return which of the sign-ins are alive, each with its person; one query."""
    found = RefreshFamily.objects.filter(
        pk__in=list(family_ids),
        ended_at=None,
        expires_at__gt=now,
        session_version=F("user__session_version"),
        user__is_active=True,
    )
    return dict(found.values_list("pk", "user_id"))


def logout(*, token: str, now: datetime) -> bool:
    """End the sign-in that a refresh token (spent or not) belongs to; say whether it lived."""
    with transaction.atomic():
        family = _lock_family(token)
        if family is None:
            return False
        return end(family_id=family.pk, user=family.user, reason=EndReason.LOGOUT, now=now)


def end(*, family_id: UUID, user: User, reason: str, now: datetime) -> bool:
    """End one sign-in of this person; say whether it lived."""
    return bool(_end(RefreshFamily.objects.filter(pk=family_id, user=user), reason=reason, now=now))


def end_all(*, user: User, reason: str, now: datetime) -> int:
    """End every sign-in of this person; return how many lived."""
    return _end(RefreshFamily.objects.filter(user=user), reason=reason, now=now)


def end_others(*, user: User, keep: UUID, reason: str, now: datetime) -> int:
    """End every sign-in of this person but one; return how many lived."""
    return _end(RefreshFamily.objects.filter(user=user).exclude(pk=keep), reason=reason, now=now)


def _end(families: Any, *, reason: str, now: datetime) -> int:
    ended: int = families.filter(ended_at=None).update(ended_at=now, end_reason=reason)
    return ended


def _lock_family(token: str) -> RefreshFamily | None:
    if len(token) != LENGTH or not token.startswith(PREFIX) or not token.isascii():
        return None
    return (
        RefreshFamily.objects.select_for_update(of=("self",))
        .filter(tokens__digest=_digest(token))
        .first()
    )


def _is_live(family: RefreshFamily, user: User, now: datetime) -> bool:
    return (
        family.ended_at is None
        and now < family.expires_at
        and now < family.idle_until
        and user.is_active
        and family.session_version == user.session_version
    )


def _tokens(*, family: RefreshFamily, user: User, secret: str, now: datetime) -> Tokens:
    return Tokens(
        access=access.mint(
            user_id=user.pk,
            family_id=family.pk,
            session_version=family.session_version,
            now=now,
        ),
        refresh=secret,
        refresh_until=family.idle_until,
        family=family,
        user=user,
    )


def _digest(token: str) -> bytes:
    """A plain hash is enough: the token holds 256 random bits, there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def _successor_of(token: str) -> str:
    mac = salted_hmac("accounts.tokens.successor", token, algorithm="sha256").digest()
    return PREFIX + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
