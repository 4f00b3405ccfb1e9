"""Who is signed out while a change is on its way changes nothing.

Every way of changing how one signs in is called with the principal of a sign-in that ended after
the call came in: the next request would be refused, and so is what this one would write.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from pytest_django import Settings

from accounts import addresses, factors, passkeys, proofs, social, tokens
from accounts.identities import Identity
from accounts.models import EmailChange, RefreshFamily, User
from accounts.principals import Principal
from accounts.tokens import Device, EndReason, SessionEnded
from kernel import clock
from tests.accounts.conftest import PASSWORD, code_in, letters, person
from tests.accounts.passkey import SoftPasskey
from tests.accounts.signed_in import SignedIn, code_of

NEW = "ada@new.example"
Change = Callable[[], object]
Prepare = Callable[[Principal, datetime, pytest.MonkeyPatch], Change]
pytestmark = pytest.mark.django_db


def confirm_app(who: Principal, now: datetime, _: pytest.MonkeyPatch) -> Change:
    ceremony, secret, _address = factors.begin_app(principal=who, now=now)
    return lambda: factors.confirm_app(
        principal=who, ceremony=ceremony, code=code_of(secret), source="", now=now
    )


def add_passkey(who: Principal, now: datetime, _: pytest.MonkeyPatch) -> Change:
    ceremony, options = factors.begin_passkey(principal=who, now=now)
    made = SoftPasskey().create(options)
    return lambda: factors.add_passkey(
        principal=who, ceremony=ceremony, name="Telephone", credential=made, now=now
    )


def ask(who: Principal, now: datetime, _: pytest.MonkeyPatch) -> Change:
    return lambda: addresses.ask(
        principal=who, email=NEW, password=PASSWORD, device=Device(), now=now
    )


def confirm(who: Principal, now: datetime, patch: pytest.MonkeyPatch) -> Change:
    ask(who, now, patch)()
    code = code_in(letters("account_email_change")[0])
    return lambda: addresses.confirm(principal=who, email=NEW, code=code, source="", now=now)


def connect(who: Principal, now: datetime, patch: pytest.MonkeyPatch) -> Change:
    found = Identity(provider="oidc", uid="7", email=NEW, name="Ada")
    patch.setattr(social, "_identity", lambda **_: found)
    return lambda: social.connect(principal=who, ceremony="", state="", code="", source="", now=now)


def prove(who: Principal, now: datetime, _: pytest.MonkeyPatch) -> Change:
    RefreshFamily.objects.update(proved_at=None)
    return lambda: proofs.by_password(principal=who, password=PASSWORD, device=Device(), now=now)


def written(user: User) -> list[Any]:
    """Return what the changes write."""
    return [
        User.objects.get(pk=user.pk).email,
        Authenticator.objects.count(),
        SocialAccount.objects.count(),
        EmailChange.objects.filter(confirmed_at=None).count(),
        RefreshFamily.objects.filter(proved_at=None).count(),
    ]


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("prepare", [confirm_app, add_passkey, ask, confirm, connect, prove])
def test_a_change_in_a_sign_in_that_ended_meanwhile(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, prepare: Prepare, ended: bool
) -> None:
    settings.DEMO_MFA = True
    ada, now = SignedIn(person()), clock.now()
    principal = tokens.verify_access(token=ada.issued.access, now=now)
    change = prepare(principal, now, monkeypatch)
    before = written(ada.user)

    if ended:
        tokens.end_all(user=ada.user, reason=EndReason.REVOKED, now=now)
        with pytest.raises(SessionEnded):
            change()
    else:
        change()  # the negative control: what is written is looked at where it shows

    assert (written(ada.user) == before) is ended
    assert passkeys.listed(user=ada.user) == [] or not ended
