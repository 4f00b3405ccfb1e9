"""Access tokens: signed claims for ten minutes (JWT, RFC 7519 and RFC 9068).

One algorithm is allowed, every claim is required, and the kind is said twice (header and
claim), so that nothing else we sign can pass for an access token. Knows no table: whether the
sign-in behind a token still lives is asked by `accounts.tokens`.
"""

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
from django.conf import settings

from accounts.keys import KeyRing
from kernel.errors import Kind, Refusal
from kernel.ids import BadPublicId, parse_public_id, public_id, uuid7

ALGORITHM = "EdDSA"
HEADER_TYPE = "at+jwt"
CLAIM_TYPE = "access"
REQUIRED = ["iss", "aud", "sub", "exp", "iat", "typ", "jti", "sid", "sv"]
LONGEST = 2048
REMEMBERED = 4096


class AccessTokenRefused(Refusal):
    """The access token is none of ours, is not whole, or is of another kind. Sign in again."""

    code = "access_token_refused"
    kind = Kind.UNAUTHENTICATED


class AccessTokenExpired(Refusal):
    """The access token has run out. Refresh it, or sign in again."""

    code = "access_token_expired"
    kind = Kind.UNAUTHENTICATED


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a verified access token says."""

    user_id: uuid.UUID
    family_id: uuid.UUID
    session_version: int
    jti: str
    issued_at: datetime
    expires_at: datetime


@lru_cache(maxsize=8)
def ring_at(directory: Path | str) -> KeyRing:
    """Return the process's ring for a directory."""
    return KeyRing(Path(directory))


def ring() -> KeyRing:
    """Return the ring of the configured directory (settings.TOKEN_KEY_DIR)."""
    return ring_at(settings.TOKEN_KEY_DIR)


def mint(*, user_id: uuid.UUID, family_id: uuid.UUID, session_version: int, now: datetime) -> str:
    """Return a signed access token that runs out after settings.ACCESS_TOKEN_LIFETIME."""
    key = ring().signing()
    claims = {
        "iss": settings.TOKEN_ISSUER,
        "aud": settings.TOKEN_AUDIENCE,
        "sub": public_id("usr", user_id),
        "exp": int((now + settings.ACCESS_TOKEN_LIFETIME).timestamp()),
        "iat": int(now.timestamp()),
        "typ": CLAIM_TYPE,
        "jti": uuid7().hex,
        "sid": public_id("sgn", family_id),
        "sv": session_version,
    }
    return jwt.encode(
        claims, key.private, algorithm=ALGORITHM, headers={"kid": key.kid, "typ": HEADER_TYPE}
    )


def read(*, token: str, now: datetime) -> AccessClaims:
    """Return the claims of a token that we signed and that is good at `now`.

    Raises AccessTokenRefused or AccessTokenExpired.
    """
    if len(token) > LONGEST or not token.isascii():
        raise AccessTokenRefused("The access token is not one of ours; sign in again.")
    claims = _verified(token, tuple(key.kid for key in ring().live()))
    if claims.expires_at <= now:
        raise AccessTokenExpired("The access token has run out; refresh it or sign in again.")
    return claims


@lru_cache(maxsize=REMEMBERED)
def _verified(token: str, live_kids: tuple[str, ...]) -> AccessClaims:
    """Verify everything that does not change while `live_kids` stay the same.

    A signature costs 0.2 ms to verify, as much as the query that follows it; the answer for
    the very same text and the very same keys is remembered. Refusals are not: they raise.
    """
    try:
        _require_one_form(token)
        header = jwt.get_unverified_header(token)
        kid = header.get("kid")
        if header.get("typ") != HEADER_TYPE or not isinstance(kid, str) or kid not in live_kids:
            raise jwt.InvalidTokenError("kind or key")
        key = ring().find(kid)
        if key is None:
            raise jwt.InvalidTokenError("key")
        claims = jwt.decode(
            token,
            key.public,
            algorithms=[ALGORITHM],
            audience=settings.TOKEN_AUDIENCE,
            issuer=settings.TOKEN_ISSUER,
            # `exp` is compared by the caller, with the product's clock, at every request.
            options={"require": REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        return _as_claims(claims)
    except (jwt.PyJWTError, BadPublicId, ValueError, TypeError, OverflowError, RecursionError):
        raise AccessTokenRefused("The access token is not one of ours; sign in again.") from None


def _require_one_form(token: str) -> None:
    """Refuse any other text for the same token, and names that come twice.

    Decoders of base 64 overlook what does not belong there, and of JSON the first of two names.
    """
    parts = token.split(".")
    decoded = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts]
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in decoded]
    if encoded != parts or len(parts) != 3:
        raise jwt.InvalidTokenError("form")
    for part in decoded[:2]:
        json.loads(part, object_pairs_hook=_names_once)


def _names_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise jwt.InvalidTokenError("a name twice")
    return found


def _as_claims(claims: dict[str, Any]) -> AccessClaims:
    if claims["typ"] != CLAIM_TYPE or type(claims["sv"]) is not int:
        raise jwt.InvalidTokenError("kind")
    return AccessClaims(
        user_id=parse_public_id("usr", claims["sub"]),
        family_id=parse_public_id("sgn", claims["sid"]),
        session_version=claims["sv"],
        jti=str(claims["jti"]),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )
