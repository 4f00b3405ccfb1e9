"""What was proven by a password is worth nothing once that password was changed.

Each test changes the row after the old password was found right and before anything came of it:
the time in which a server is busy hashing, or between two steps.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from pytest_django import Settings

from accounts import credentials, operations, passkeys, second_factor, sign_in
from accounts.models import RefreshFamily, User
from accounts.tokens import Device
from kernel import clock
from tests.accounts.conftest import PASSWORD, Post, person
from tests.accounts.signed_in import SignedIn, code_of

SECRET = "JBSWY3DPEHPK3PXP"
LOGIN = {"email": "ada@example.org", "password": PASSWORD}
NEW = "the owner's own new one"
Change = Callable[[User], object]
pytestmark = pytest.mark.django_db


def new_password(user: User) -> None:
    User.objects.filter(pk=user.pk).update(password=make_password(NEW))


def shut_out(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def nothing(user: User) -> None:
    """The negative control: without a change all of these sign in."""


def after(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, change: Callable[[], object]
) -> None:
    """Make the change once `module.name` has found what was sent right."""
    real = getattr(module, name)

    def then(*args: Any, **options: Any) -> Any:
        answer = real(*args, **options)
        change()
        return answer

    monkeypatch.setattr(module, name, then)


CHANGES = [(new_password, False), (shut_out, False), (nothing, True)]


@pytest.mark.parametrize(("change", "opens"), CHANGES)
def test_a_sign_in_by_password(
    post: Post, monkeypatch: pytest.MonkeyPatch, change: Change, opens: bool
) -> None:
    user = person()
    after(monkeypatch, credentials, "owner_of", lambda: change(user))

    answer = post("login", LOGIN)

    assert (answer.status_code == 200) is opens
    assert RefreshFamily.objects.exists() is opens
    if not opens:
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")


@pytest.mark.parametrize(("change", "opens"), CHANGES)
def test_the_first_of_two_steps(
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    change: Change,
    opens: bool,
) -> None:
    settings.DEMO_MFA = True
    user = person()
    operations.set_totp(user=user, secret=SECRET)
    after(monkeypatch, credentials, "owner_of", lambda: change(user))

    answer = post("login", LOGIN)

    assert answer.json()["code"] == ("mfa_required" if opens else "invalid_credentials")
    assert ("mfa_token" in answer.json()) is opens


@pytest.mark.parametrize(("change", "opens"), CHANGES)
def test_the_second_of_two_steps(
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    change: Change,
    opens: bool,
) -> None:
    settings.DEMO_MFA = True
    user = person()
    operations.set_totp(user=user, secret=SECRET)
    token = post("login", LOGIN).json()["mfa_token"]
    after(monkeypatch, second_factor, "is_right", lambda: change(user))

    answer = post("login/mfa", {"mfa_token": token, "code": code_of(SECRET)})

    assert (answer.status_code == 200) is opens
    assert RefreshFamily.objects.exists() is opens


@pytest.mark.parametrize(("change", "opens"), CHANGES)
def test_a_sign_in_by_passkey(monkeypatch: pytest.MonkeyPatch, change: Change, opens: bool) -> None:
    user = person()

    def shown(**_: Any) -> User:
        found = User.objects.get(pk=user.pk)
        change(user)
        return found

    monkeypatch.setattr(passkeys, "sign_in", shown)

    refusal: AbstractContextManager[object] = (
        nullcontext() if opens else pytest.raises(passkeys.PasskeyRefused)
    )
    with refusal:
        sign_in.login_passkey(ceremony="", credential={}, device=Device(), now=clock.now())

    assert RefreshFamily.objects.exists() is opens


def test_a_factor_that_was_set_up_meanwhile_is_asked_for(
    post: Post, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DEMO_MFA = True
    user = person()
    after(
        monkeypatch,
        credentials,
        "owner_of",
        lambda: operations.set_totp(user=user, secret=SECRET),
    )

    assert post("login", LOGIN).json()["code"] == "mfa_required"
    assert Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize(("change", "changes"), CHANGES)
def test_a_change_of_the_password(
    monkeypatch: pytest.MonkeyPatch, change: Change, changes: bool
) -> None:
    ada = SignedIn(person())
    after(monkeypatch, credentials, "owner_of", lambda: change(ada.user))

    status, body = ada.post(
        "password/change", {"current_password": PASSWORD, "new_password": "what a thief sets"}
    )

    stands = User.objects.get(pk=ada.user.pk)
    assert (status == 200) is changes
    assert stands.check_password("what a thief sets") is changes
    if change is new_password:
        assert (status, body["code"]) == (422, "current_password_wrong")
        assert stands.check_password(NEW)


def test_better_parameters_do_not_bring_an_old_password_back(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    ada = person()
    weak = PBKDF2PasswordHasher().encode(PASSWORD, "a" * 22, iterations=1)
    User.objects.filter(pk=ada.pk).update(password=weak)
    stale = User.objects.get(pk=ada.pk)
    new_password(ada)

    assert stale.check_password(PASSWORD)
    assert User.objects.get(pk=ada.pk).check_password(NEW)

    User.objects.filter(pk=ada.pk).update(password=weak)
    fresh = User.objects.get(pk=ada.pk)
    assert fresh.check_password(PASSWORD)
    assert fresh.password != weak  # hashed anew
    assert credentials.unchanged(user=fresh) is not None
