"""Signing in with another site, and connecting one to an account. Off unless set up.

No provider can take an account over: an account that has a way in of its own (a password, a
second factor, another site, the back office) is connected only from inside; and a new one is made
only for an address that the provider has verified. allauth's table keeps who is who.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import (
    ceremonies,
    credentials,
    identities,
    letters,
    operations,
    passkeys,
    proofs,
    second_factor,
    sign_in,
    throttle,
)
from accounts.identities import Identity, Proofs
from accounts.models import Ceremony, EmailCode, User
from accounts.principals import Principal
from accounts.social_sites import SocialProvider
from accounts.tokens import Device, Tokens
from kernel import audit
from kernel.errors import Kind, NotFound, Refusal
from kernel.limits import Limit

PER_SOURCE = Limit("social", 60, timedelta(hours=1))


class SocialEmailUnverified(Refusal):
    """The other site does not vouch for the person's e-mail address: no account is made of it."""

    code = "social_email_unverified"
    kind = Kind.FORBIDDEN


class ConnectFirst(Refusal):
    """An account with this address exists: sign in to it, and connect the other site there."""

    code = "social_connect_first"


class SocialTaken(Refusal):
    """This identity of the other site is connected to another account already."""

    code = "social_taken"


class LastWayIn(Refusal):
    """Without it nobody could sign in to the account; set a password or add a passkey first."""

    code = "last_way_in"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a person says of themselves, in case an account is made."""

    role: str
    time_zone: str
    language: str


def providers() -> list[SocialProvider]:
    """Return the sites that people may sign in with, in the operator's order."""
    return list(settings.SOCIAL_PROVIDERS.values())


def connected(*, user: User) -> dict[str, datetime]:
    """Return which sites the person has connected, and since when."""
    found = SocialAccount.objects.filter(user=user).order_by("date_joined")
    return dict(found.values_list("provider", "date_joined"))


def begin(*, provider: str, now: datetime, principal: Principal | None = None) -> tuple[str, str]:
    """Return a ceremony and the address to send the person to.

    With `principal` it will connect the site to that account. Raises NotFound, SocialUnavailable
    or ReauthenticationRequired.
    """
    site = _provider(provider)
    if principal is not None:
        proofs.require(principal=principal, now=now)
    secret = ceremonies.begin(
        kind=Ceremony.Kind.SOCIAL,
        now=now,
        user=principal.user if principal else None,
        data={"provider": site.id},
    )
    return secret, identities.authorization_url(provider=site, proofs=_proofs(secret))


def finish(
    *, ceremony: str, state: str, code: str, newcomer: Newcomer, device: Device, now: datetime
) -> Tokens:
    """Sign in whoever came back; an account is made for one who has none.

    Raises CeremonyOver, SocialRefused, SocialUnavailable, SocialEmailUnverified, ConnectFirst,
    InvalidCredentials, MfaRequired or TooManyAttempts.
    """
    identity = _identity(
        ceremony=ceremony, state=state, code=code, user=None, source=device.source, now=now
    )
    account = _account(identity)
    user = account.user if account else _by_address(identity, newcomer, now)
    if not user.is_active:
        raise _shut_out()
    return sign_in.enter(user=user, device=device, now=now)


def connect(
    *, principal: Principal, ceremony: str, state: str, code: str, source: str, now: datetime
) -> None:
    """Connect the site to the account of who is signed in; do nothing where it is already.

    Raises as `finish` does, SocialTaken or ReauthenticationRequired.
    """
    proofs.require(principal=principal, now=now)
    identity = _identity(
        ceremony=ceremony, state=state, code=code, user=principal.user, source=source, now=now
    )
    with transaction.atomic():
        _link(user=proofs.locked(principal=principal, now=now), identity=identity, now=now)


def disconnect(*, principal: Principal, provider: str, now: datetime) -> None:
    """Take a site away. Raises NotFound, LastWayIn or ReauthenticationRequired."""
    proofs.require(principal=principal, now=now)
    with transaction.atomic():
        user = proofs.locked(principal=principal, now=now)
        mine = SocialAccount.objects.filter(user=user)
        if not mine.filter(provider=provider).exists():
            raise NotFound("This site is not connected to your account.")
        others = mine.exclude(provider=provider).exists()
        if not (others or user.has_usable_password() or passkeys.listed(user=user)):
            raise LastWayIn("Set a password or add a passkey first: it is your only way in.")
        mine.filter(provider=provider).delete()
        _tell(user, "social_disconnected", provider, now)


def _identity(
    *, ceremony: str, state: str, code: str, user: User | None, source: str, now: datetime
) -> Identity:
    throttle.spend(PER_SOURCE, subject=source, now=now)
    begun = ceremonies.finish(secret=ceremony, kind=Ceremony.Kind.SOCIAL, user=user, now=now)
    expected = _proofs(ceremony)
    if not secrets.compare_digest(state.encode(), expected.state.encode()):
        raise identities.SocialRefused("This answer belongs to another sign-in; begin anew.")
    site = _provider(begun.data["provider"])
    return identities.identify(provider=site, code=code, proofs=expected, now=now)


def _account(identity: Identity) -> SocialAccount | None:
    found: SocialAccount | None = (
        SocialAccount.objects.select_related("user")
        .filter(provider=identity.provider, uid=identity.uid)
        .first()
    )
    return found


def _by_address(identity: Identity, newcomer: Newcomer, now: datetime) -> User:
    """Return the account of a verified address: one without any other way in, or a new one."""
    if not identity.email:
        raise SocialEmailUnverified(
            "The other site does not vouch for your e-mail address. Verify it there, or register."
        )
    email = credentials.normalised(identity.email)
    with transaction.atomic():
        user = User.objects.with_email(email)
        if user is not None:
            user = operations.locked(user=user)
            if not user.is_active:
                raise _shut_out()
            if operations.is_somebodys(user):
                if _has_other_way_in(user):
                    raise ConnectFirst(
                        f"There is an account with {email}. Sign in to it as before, and connect "
                        "the other site in its settings."
                    )
            else:
                # Whoever began this registration has not proven the address: nothing of it stays.
                EmailCode.objects.filter(user=user).delete()
                user.delete()
                user = None
        if user is None:
            user = operations.create_person(
                email=email,
                password=None,
                name=_name(identity, email),
                role=newcomer.role,
                time_zone=newcomer.time_zone,
                language=newcomer.language,
                now=now,
            )
        _link(user=user, identity=identity, now=now)
    return user


def _has_other_way_in(user: User) -> bool:
    return (
        user.has_usable_password()
        or second_factor.is_set_up(user=user)
        or user.is_staff
        or SocialAccount.objects.filter(user=user).exists()
    )


def _shut_out() -> sign_in.InvalidCredentials:
    return sign_in.InvalidCredentials("This account does not sign in any more.")


def _link(*, user: User, identity: Identity, now: datetime) -> None:
    try:
        with transaction.atomic():
            operations.locked(user=user)
            there = _account(identity)
            if there is None:
                if SocialAccount.objects.filter(user=user, provider=identity.provider).exists():
                    raise SocialTaken("Another identity there is connected; remove it first.")
                SocialAccount.objects.create(
                    user=user, provider=identity.provider, uid=identity.uid
                )
                _tell(user, "social_connected", identity.provider, now)
            elif there.user_id != user.pk:
                raise SocialTaken("This identity is connected to another account; sign in there.")
    except IntegrityError:
        raise SocialTaken("This identity was connected at this moment; sign in with it.") from None


def _tell(user: User, change: str, provider: str, now: datetime) -> None:
    site = settings.SOCIAL_PROVIDERS.get(provider)
    letters.sign_in_changed(
        user=user, change=change, now=now, provider=site.name if site else provider
    )
    audit.record(
        actor=user.public_id,
        action=f"user.{change}",
        object_type="user",
        object_id=user.public_id,
        data={"provider": provider},
    )


def _provider(name: str) -> SocialProvider:
    site: SocialProvider | None = settings.SOCIAL_PROVIDERS.get(name)
    if site is None:
        raise NotFound("Nobody signs in with that site here.")
    return site


def _proofs(secret: str) -> Proofs:
    """Make everything of the ceremony's secret, which its beginner holds and nobody stores."""
    verifier = _derived("verifier", secret)
    return Proofs(
        state=_derived("state", secret),
        nonce=_derived("nonce", secret),
        verifier=verifier,
        challenge=_text(hashlib.sha256(verifier.encode()).digest()),
    )


def _derived(what: str, secret: str) -> str:
    return _text(hashlib.sha256(f"accounts.social.{what}:{secret}".encode()).digest())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _name(identity: Identity, email: str) -> str:
    cleaned = "".join(letter for letter in identity.name if letter.isprintable())[:120].strip()
    return cleaned or email.partition("@")[0]
