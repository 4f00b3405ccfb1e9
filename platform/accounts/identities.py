"""What another site says of a person: fetched, and believed only as far as it is proven.

OpenID Connect (Google, Apple, any issuer): the code is exchanged under PKCE, and the ID token is
checked against the issuer's published keys. GitHub has no ID token and is asked over its API.
Makes calls to other machines: never call it inside a transaction.
"""

import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from django.conf import settings
from django.core.cache import cache

from accounts.social_sites import SocialProvider
from kernel.errors import Kind, Refusal

TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 256 * 1024
REMEMBERED_SECONDS = 600
LEEWAY_SECONDS = 30
# Asymmetric alone: a client's secret must not be able to sign what the issuer says.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
REQUIRED = ["iss", "aud", "sub", "exp", "iat", "nonce"]


class SocialRefused(Refusal):
    """What the other site answered is not meant for this sign-in, or is not whole; begin anew."""

    code = "social_refused"
    kind = Kind.INVALID


class SocialUnavailable(Refusal):
    """The other site does not answer at the moment; sign in another way, or try again later."""

    code = "social_unavailable"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Identity:
    """Who came back. `uid` is the provider's own; `email` is empty where it is not *verified*."""

    provider: str
    uid: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """What binds an answer to one beginning (RFC 7636, OpenID Connect Core 3.1.2.1)."""

    state: str
    nonce: str
    verifier: str
    challenge: str


def redirect_uri(provider: SocialProvider) -> str:
    """Return where the provider sends people back to. Apple posts a form, which the app cannot."""
    path = "/social/returned" if provider.id == "apple" else "/app/social"
    return f"{settings.PUBLIC_URL}{path}"


def authorization_url(*, provider: SocialProvider, proofs: Proofs) -> str:
    """Return where to send the person. Raises SocialUnavailable."""
    query = {
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri(provider),
        "response_type": "code",
        "state": proofs.state,
        "code_challenge": proofs.challenge,
        "code_challenge_method": "S256",
    }
    if provider.id == "github":
        query["scope"] = "read:user user:email"
        return f"{provider.site}/login/oauth/authorize?{urlencode(query)}"
    query |= {"scope": "openid email profile", "nonce": proofs.nonce}
    if provider.id == "apple":
        query |= {"scope": "name email", "response_mode": "form_post"}
    return f"{_described(provider)['authorization_endpoint']}?{urlencode(query)}"


def identify(*, provider: SocialProvider, code: str, proofs: Proofs, now: datetime) -> Identity:
    """Return whom the code is for. Raises SocialRefused or SocialUnavailable."""
    if provider.id == "github":
        return _from_github(provider, code, proofs)
    described = _described(provider)
    answer = _post(
        described["token_endpoint"],
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri(provider),
            "client_id": provider.client_id,
            "client_secret": _client_secret(provider, now),
            "code_verifier": proofs.verifier,
        },
    )
    claims = _claims(provider, described["jwks_uri"], str(answer.get("id_token", "")), proofs)
    said = claims.get("email_verified")
    proven = said is True or said == "true"  # Apple writes it as a text
    email = claims.get("email")
    return Identity(
        provider=provider.id,
        uid=str(claims["sub"])[:191],
        email=email if proven and isinstance(email, str) else "",
        name=str(claims.get("name") or ""),
    )


def _claims(provider: SocialProvider, jwks_uri: str, token: str, proofs: Proofs) -> dict[str, Any]:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = _key(jwks_uri, kid)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise _refused() from None
    audience = claims["aud"]
    other = claims.get("azp", provider.client_id) != provider.client_id
    if other or (isinstance(audience, list) and len(audience) > 1 and "azp" not in claims):
        raise _refused()
    if not secrets.compare_digest(str(claims["nonce"]).encode(), proofs.nonce.encode()):
        raise _refused()
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise _refused()
    return claims


def _key(jwks_uri: str, kid: Any) -> jwt.PyJWK:
    """Return the issuer's key of this name; asked anew, once, for one that is not known yet."""
    for fresh in (False, True):
        keys = jwt.PyJWKSet.from_dict(_remembered(jwks_uri, fresh=fresh)).keys
        for key in keys:
            if key.key_id == kid and key.public_key_use in (None, "sig"):
                return key
    raise jwt.InvalidTokenError("key")


def _described(provider: SocialProvider) -> dict[str, Any]:
    described = _remembered(f"{provider.issuer}/.well-known/openid-configuration")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    secure = provider.issuer.partition("://")[0]
    whole = all(str(described.get(name, "")).startswith(f"{secure}://") for name in wanted)
    if described.get("issuer") != provider.issuer or not whole:
        raise SocialUnavailable(f"{provider.name} does not describe itself as it should.")
    return described


def _from_github(provider: SocialProvider, code: str, proofs: Proofs) -> Identity:
    answer = _post(
        f"{provider.site}/login/oauth/access_token",
        {
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "code": code,
            "redirect_uri": redirect_uri(provider),
            "code_verifier": proofs.verifier,
        },
    )
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise _refused()
    headers = {"Authorization": f"Bearer {token}"}
    person = _asked("GET", f"{provider.api}/user", headers=headers)
    mails = _asked("GET", f"{provider.api}/user/emails", headers=headers)
    if not isinstance(person, dict) or type(person.get("id")) is not int:
        raise _refused()
    proven = [
        mail["email"]
        for mail in (mails if isinstance(mails, list) else [])
        if mail.get("primary") is True and mail.get("verified") is True
    ]
    return Identity(
        provider=provider.id,
        uid=str(person["id"]),
        email=str(proven[0]) if proven else "",
        name=str(person.get("name") or ""),
    )


def _client_secret(provider: SocialProvider, now: datetime) -> str:
    if provider.id != "apple":
        return provider.client_secret
    at = int(now.timestamp())
    claims = {
        "iss": provider.team_id,
        "iat": at,
        "exp": at + 300,
        "aud": provider.issuer,
        "sub": provider.client_id,
    }
    key = provider.client_secret
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": provider.key_id})


def _remembered(url: str, *, fresh: bool = False) -> dict[str, Any]:
    """Return a published document, at most ten minutes old."""
    name = f"accounts.identities:{url}"
    known = None if fresh else cache.get(name)
    if isinstance(known, dict):
        return known
    document = _asked("GET", url)
    if not isinstance(document, dict):
        raise SocialUnavailable("The other site's description of itself cannot be read.")
    cache.set(name, document, REMEMBERED_SECONDS)
    return document


def _post(url: str, data: dict[str, str]) -> dict[str, Any]:
    answer = _asked("POST", url, data=data, headers={"Accept": "application/json"})
    if not isinstance(answer, dict):
        raise _refused()
    return answer


def _asked(method: str, url: str, **options: Any) -> Any:
    """Return the JSON that a site answers with; follows nobody and reads no endless answer."""
    began = time.monotonic()
    try:
        with httpx.stream(
            method, url, timeout=TIMEOUT_SECONDS, follow_redirects=False, **options
        ) as answer:
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > LONGEST_ANSWER or time.monotonic() - began > TIMEOUT_SECONDS:
                    raise SocialUnavailable("The other site's answer does not end.")
    except httpx.HTTPError:
        raise SocialUnavailable("The other site does not answer; try again later.") from None
    if answer.status_code >= 500:
        raise SocialUnavailable("The other site does not answer; try again later.")
    try:
        if answer.status_code == 200:
            return json.loads(body)
    except ValueError:
        pass
    raise _refused()


def _refused() -> SocialRefused:
    return SocialRefused("What the other site answered does not fit this sign-in; begin anew.")
