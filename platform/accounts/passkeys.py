"""Passkeys (WebAuthn, level 3): added, named, removed, and shown. allauth keeps the rows.

A challenge is a ceremony: answered once, within ten minutes, whichever process asks. What a
browser sends is judged by `fido2`; the site's name and origins come from the settings, never
from the request. A passkey that verified its holder (PIN, finger) signs in without a password.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import ceremonies, throttle
from accounts.models import Ceremony, User
from kernel.errors import Kind, NotFound, Refusal
from kernel.ids import BadPublicId, parse_public_id, public_id, uuid7

MOST = 20
NAME_LENGTH = 60
TYPE = Authenticator.Type.WEBAUTHN
Options = dict[str, Any]


class PasskeyRefused(Refusal):
    """What the passkey sent is not good for this site, this challenge or this person."""

    code = "passkey_refused"
    kind = Kind.INVALID


class TooManyPasskeys(Refusal):
    """A person has at most twenty passkeys; remove one that is not used any more."""

    code = "too_many_passkeys"


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey, as its person sees it. `passwordless`: whether it can sign in by itself."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    passwordless: bool


def listed(*, user: User) -> list[Passkey]:
    """Return the person's passkeys, the oldest first."""
    return [_shown(row) for row in _rows(user)]


def begin_adding(*, user: User, now: datetime) -> tuple[str, Options]:
    """Return a ceremony and what the browser's `credentials.create` wants."""
    rows = list(_rows(user))
    if len(rows) >= MOST:
        raise TooManyPasskeys(f"You have {MOST} passkeys, which is the most; remove one first.")
    options, state = _server().register_begin(
        user=PublicKeyCredentialUserEntity(
            id=user.pk.bytes, name=user.email, display_name=user.name
        ),
        credentials=[_credential_of(row) for row in rows],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        extensions={"credProps": True},
    )
    secret = ceremonies.begin(
        kind=Ceremony.Kind.PASSKEY_ADD, now=now, user=user, data={"state": state}
    )
    return secret, dict(options.public_key)


def add(
    *, user: User, ceremony: str, name: str, credential: dict[str, Any], now: datetime
) -> Passkey:
    """Keep a passkey, in the caller's transaction, behind the lock on its person.

    Raises CeremonyOver, PasskeyRefused or TooManyPasskeys.
    """
    begun = ceremonies.finish(secret=ceremony, kind=Ceremony.Kind.PASSKEY_ADD, user=user, now=now)
    try:
        RegistrationResponse.from_dict(credential)
        made = _server().register_complete(begun.data["state"], credential)
        key = made.credential_data
    except Exception:  # a stranger's bytes fail in ways that no parser lists
        raise refused("This passkey was not made for this page and this question.") from None
    known = list(_rows(user))
    if key is None or key.credential_id in {_credential_of(row).credential_id for row in known}:
        raise refused("This passkey is on your account already.")
    if len(known) >= MOST:
        raise TooManyPasskeys(f"You have {MOST} passkeys, which is the most; remove one first.")
    extensions = credential.get("clientExtensionResults") or {}
    resident = (extensions.get("credProps") or {}).get("rk")
    row = Authenticator.objects.create(
        user=user,
        type=TYPE,
        created_at=now,
        data={
            "id": uuid7().hex,
            "name": _clean_name(name),
            "credential": credential,
            "sign_count": made.counter,
            "passwordless": bool(resident) and made.is_user_verified(),
        },
    )
    return _shown(row)


def rename(*, user: User, passkey_id: str, name: str) -> Passkey:
    """Give a passkey another name. Raises NotFound or Invalid."""
    with transaction.atomic():
        row = _row(user, passkey_id)
        row.data["name"] = _clean_name(name)
        row.save(update_fields=["data"])
    return _shown(row)


def remove(*, user: User, passkey_id: str) -> Passkey:
    """Take a passkey away, in the caller's transaction. Raises NotFound."""
    row = _row(user, passkey_id)
    shown = _shown(row)
    row.delete()
    return shown


def begin_sign_in(*, user: User | None, now: datetime) -> tuple[str, Options]:
    """Return a ceremony and what the browser's `credentials.get` wants.

    `user` has shown the password already and adds the passkey as a second factor; with None any
    passkey of this site may answer, and then it has to verify its holder.
    """
    return _begin_showing(
        kind=Ceremony.Kind.PASSKEY_SIGN_IN,
        owner=None,
        user=user,
        data={
            "user": user.pk.hex if user else None,
            "version": user.session_version if user else None,
        },
        now=now,
    )


def begin_proof(*, user: User, now: datetime) -> tuple[str, Options]:
    """Return a ceremony and options by which a signed-in person proves to be the same."""
    return _begin_showing(kind=Ceremony.Kind.PASSKEY_PROOF, owner=user, user=user, data={}, now=now)


def sign_in(*, ceremony: str, credential: dict[str, Any], source: str, now: datetime) -> User:
    """Return whose passkey answered, to a password that stands where one was shown before.

    Raises PasskeyRefused, CeremonyOver or TooManyAttempts.
    """
    begun = ceremonies.finish(secret=ceremony, kind=Ceremony.Kind.PASSKEY_SIGN_IN, now=now)
    user_id = UUID(begun.data["user"]) if begun.data["user"] else _handle_in(credential)
    with throttle.guess(what="passkey", account=str(user_id), source=source, now=now):
        user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
        if user and begun.data["user"] and user.session_version != begun.data.get("version"):
            user = None  # the first step ended with a sign-out everywhere or a new password
        _show(user=user, state=begun.data["state"], credential=credential, now=now)
    if user is None:
        raise refused()  # `_show` has refused it already
    return user


def prove(
    *, user: User, ceremony: str, credential: dict[str, Any], source: str, now: datetime
) -> None:
    """Raise PasskeyRefused, CeremonyOver or TooManyAttempts unless a passkey of theirs answered."""
    begun = ceremonies.finish(secret=ceremony, kind=Ceremony.Kind.PASSKEY_PROOF, user=user, now=now)
    with throttle.guess(what="passkey", account=str(user.pk), source=source, now=now):
        _show(user=user, state=begun.data["state"], credential=credential, now=now)


def _begin_showing(
    *, kind: Ceremony.Kind, owner: User | None, user: User | None, data: Options, now: datetime
) -> tuple[str, Options]:
    options, state = _server().authenticate_begin(
        credentials=[_credential_of(row) for row in _rows(user)] if user else [],
        user_verification=(
            UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
        ),
    )
    secret = ceremonies.begin(kind=kind, now=now, user=owner, data=data | {"state": state})
    return secret, dict(options.public_key)


@transaction.atomic
def _show(*, user: User | None, state: Options, credential: dict[str, Any], now: datetime) -> None:
    """Check the signature, and that the counter of the passkey went on (WebAuthn 3, 7.2.22)."""
    rows = list(_rows(user).select_for_update()) if user else []
    by_id = {_credential_of(row).credential_id: row for row in rows}
    try:
        answer = AuthenticationResponse.from_dict(credential)
        _server().authenticate_complete(state, [_credential_of(row) for row in rows], credential)
        row = by_id[answer.raw_id]
        counter = answer.response.authenticator_data.counter
        handle = answer.response.user_handle
        whole = handle in (None, b"") or (user is not None and handle == user.pk.bytes)
    except Exception:  # a stranger's bytes fail in ways that no parser lists
        raise refused() from None
    seen = row.data.get("sign_count", 0)
    if not whole or ((counter or seen) and counter <= seen):
        raise refused()
    row.data["sign_count"] = counter
    row.last_used_at = now
    row.save(update_fields=["data", "last_used_at"])


def _server() -> Fido2Server:
    """Judge by the address that people know (settings.PUBLIC_URL), whatever Host a call names."""
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=_site(), name=settings.WAGTAIL_SITE_NAME),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: origin in _origins(),
    )


def _site() -> str:
    """Return the domain that passkeys belong to. Browsers make none for a bare address."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    try:
        return "localhost" if ipaddress.ip_address(host).is_loopback else host
    except ValueError:
        return host


def _origins() -> set[str]:
    public = urlsplit(settings.PUBLIC_URL)
    port = f":{public.port}" if public.port else ""
    return {f"{public.scheme}://{_site()}{port}", *settings.CORS_ALLOWED_ORIGINS}


def _rows(user: User) -> Any:
    return Authenticator.objects.filter(user=user, type=TYPE).order_by("pk")


def _row(user: User, passkey_id: str) -> Authenticator:
    gone = NotFound("There is no such passkey, or it was removed already.")
    try:
        number = parse_public_id("pky", passkey_id)
    except BadPublicId:
        raise gone from None
    row = _rows(user).select_for_update().filter(data__id=number.hex).first()
    if row is None:
        raise gone
    return row


def _credential_of(row: Authenticator) -> AttestedCredentialData:
    data: AttestedCredentialData = row.wrap().authenticator_data.credential_data
    return data


def _shown(row: Authenticator) -> Passkey:
    return Passkey(
        id=public_id("pky", UUID(row.data["id"])),
        name=row.data["name"],
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        passwordless=row.data["passwordless"],
    )


def _handle_in(credential: dict[str, Any]) -> UUID | None:
    """Return whom the passkey names; None where it names nobody."""
    try:
        return UUID(bytes=websafe_decode(credential["response"]["userHandle"]))
    except (KeyError, TypeError, ValueError):
        return None


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > NAME_LENGTH or not cleaned.isprintable():
        raise refused(f"A passkey's name has 1 to {NAME_LENGTH} printable characters.", "/name")
    return cleaned


def refused(
    detail: str = "This passkey is not good for this sign-in; try it again, or another one.",
    pointer: str = "/credential",
) -> PasskeyRefused:
    """Return the refusal of a passkey; without `detail` the one that says nothing of why."""
    return PasskeyRefused(detail, pointer=pointer)
