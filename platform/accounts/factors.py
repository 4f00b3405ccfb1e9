"""Setting up, renewing and removing one's own second factor. Each change is told by mail.

Every function is for a person who has just proved to be the same (`accounts.proofs`), and works
behind the lock on that person, so that two devices do not undo each other, in a sign-in that lives.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db import transaction

from accounts import ceremonies, letters, passkeys, proofs, second_factor, throttle
from accounts.models import Ceremony, User
from accounts.passkeys import Passkey
from accounts.principals import Principal
from accounts.second_factor import Type
from kernel import audit
from kernel.errors import Kind, NotFound, Refusal


class AppCodeWrong(Refusal):
    """The code does not come from the app that was just set up; look at the app and try again."""

    code = "app_code_wrong"
    kind = Kind.INVALID


class AppNeeded(Refusal):
    """The back office asks its people for a code of an authenticator app: it cannot go or miss."""

    code = "app_needed"


class NoSecondFactor(Refusal):
    """Recovery codes stand in for a second factor; set one up first."""

    code = "no_second_factor"


@dataclass(frozen=True, slots=True)
class State:
    """What a person has set up. Instants are aware; None where there is none."""

    app_since: datetime | None
    app_used_at: datetime | None
    recovery_codes_left: int
    passkeys: list[Passkey]


def state(*, user: User) -> State:
    """Return what the person has set up."""
    rows = {row.type: row for row in Authenticator.objects.filter(user=user)}
    app, codes = rows.get(Type.TOTP), rows.get(Type.RECOVERY_CODES)
    return State(
        app_since=app.created_at if app else None,
        app_used_at=app.last_used_at if app else None,
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        passkeys=passkeys.listed(user=user),
    )


def begin_app(*, principal: Principal, now: datetime) -> tuple[str, str, str]:
    """Return a ceremony, a new secret (base 32) and the address that apps read from a picture."""
    proofs.require(principal=principal, now=now)
    user, adapter = principal.user, get_adapter()
    secret = generate_totp_secret()
    ceremony = ceremonies.begin(
        kind=Ceremony.Kind.APP, now=now, user=user, data={"secret": adapter.encrypt(secret)}
    )
    return ceremony, secret, adapter.build_totp_url(user, secret)


def confirm_app(
    *, principal: Principal, ceremony: str, code: str, source: str, now: datetime
) -> list[str]:
    """Put the app in place by a code of it; return new recovery codes, none where some stand.

    A wrong code leaves the ceremony as it is. Raises AppCodeWrong, CeremonyOver,
    ReauthenticationRequired or TooManyAttempts.
    """
    proofs.require(principal=principal, now=now)
    user = principal.user
    with (
        throttle.guess(what="app", account=str(user.pk), source=source, now=now),
        transaction.atomic(),
    ):
        proofs.locked(principal=principal, now=now)
        begun = ceremonies.finish(secret=ceremony, kind=Ceremony.Kind.APP, user=user, now=now)
        secret = get_adapter().decrypt(begun.data["secret"])
        step = second_factor.step_of(secret=secret, code=code)
        if step is None:
            raise AppCodeWrong("This is not the code that the app shows now.", pointer="/code")
        second_factor.install_app(user=user, secret=secret, step=step)
        return _added(principal, "app_added", {}, now)


def remove_app(*, principal: Principal, now: datetime) -> None:
    """Take the app away. Raises NotFound, AppNeeded or ReauthenticationRequired."""
    proofs.require(principal=principal, now=now)
    user = principal.user
    with transaction.atomic():
        proofs.locked(principal=principal, now=now)
        if settings.DEMO_MFA and user.is_staff:
            raise AppNeeded("The back office asks you for its codes; set up another app instead.")
        gone, _ = Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
        if not gone:
            raise NotFound("You have no authenticator app.")
        _removed(principal, "app_removed", {}, now)


def renew_recovery_codes(*, principal: Principal, now: datetime) -> list[str]:
    """Return new recovery codes; the old ones are void. Raises NoSecondFactor."""
    proofs.require(principal=principal, now=now)
    user = principal.user
    with transaction.atomic():
        proofs.locked(principal=principal, now=now)
        if not second_factor.is_set_up(user=user):
            raise NoSecondFactor("Set up an authenticator app or a passkey first.")
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
        codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
        _tell(user, "codes_renewed", {}, now)
    return codes


def begin_passkey(*, principal: Principal, now: datetime) -> tuple[str, passkeys.Options]:
    """Return a ceremony and the browser's options. Raises AppNeeded for staff without an app."""
    proofs.require(principal=principal, now=now)
    user = principal.user
    if settings.DEMO_MFA and user.is_staff and not second_factor.has_app(user=user):
        raise AppNeeded("The back office asks for codes: set up an authenticator app first.")
    return passkeys.begin_adding(user=user, now=now)


def add_passkey(
    *,
    principal: Principal,
    ceremony: str,
    name: str,
    credential: dict[str, Any],
    now: datetime,
) -> tuple[Passkey, list[str]]:
    """Keep a passkey; return it and new recovery codes, none where some stand already."""
    proofs.require(principal=principal, now=now)
    user = principal.user
    with transaction.atomic():
        proofs.locked(principal=principal, now=now)
        added = passkeys.add(
            user=user, ceremony=ceremony, name=name, credential=credential, now=now
        )
        return added, _added(principal, "passkey_added", {"passkey": added.name}, now)


def rename_passkey(*, principal: Principal, passkey_id: str, name: str) -> Passkey:
    """Give a passkey another name, which opens nothing and needs no proof."""
    return passkeys.rename(user=principal.user, passkey_id=passkey_id, name=name)


def remove_passkey(*, principal: Principal, passkey_id: str, now: datetime) -> None:
    """Take a passkey away. Raises NotFound or ReauthenticationRequired."""
    proofs.require(principal=principal, now=now)
    with transaction.atomic():
        proofs.locked(principal=principal, now=now)
        gone = passkeys.remove(user=principal.user, passkey_id=passkey_id)
        _removed(principal, "passkey_removed", {"passkey": gone.name}, now)


def _added(principal: Principal, change: str, facts: dict[str, str], now: datetime) -> list[str]:
    user = principal.user
    had = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).exists()
    codes: list[str] = [] if had else RecoveryCodes.activate(user).get_unused_codes()
    # A password that was enough for them a moment ago is not any more.
    proofs.forget_elsewhere(principal=principal)
    _tell(user, change, facts, now)
    return codes


def _removed(principal: Principal, change: str, facts: dict[str, str], now: datetime) -> None:
    user = principal.user
    if not second_factor.is_set_up(user=user):
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    _tell(user, change, facts, now)


def _tell(user: User, change: str, facts: dict[str, str], now: datetime) -> None:
    letters.sign_in_changed(user=user, change=change, now=now, **facts)
    audit.record(
        actor=user.public_id,
        action=f"user.{change}",
        object_type="user",
        object_id=user.public_id,
        data=facts,
    )
