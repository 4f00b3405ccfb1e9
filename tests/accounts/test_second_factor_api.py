"""Signing in in two steps over the API."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client as Caller
from pytest_django import Settings

from accounts import operations, second_factor
from accounts.models import RefreshFamily, User
from kernel import clock
from tests.accounts.conftest import PASSWORD, Post, person

SECRET = "JBSWY3DPEHPK3PXP"
LOGIN = {"email": "ada@example.org", "password": PASSWORD}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked(settings: Settings) -> None:
    settings.DEMO_MFA = True


@pytest.fixture
def ada() -> User:
    user = person()
    operations.set_totp(user=user, secret=SECRET)
    return user


def code_now(secret: str = SECRET) -> str:
    """Return the code that an authenticator app shows at this moment."""
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))


def test_the_password_alone_opens_nothing(post: Post, ada: User) -> None:
    answer = post("login", LOGIN)

    body = answer.json()
    assert (answer.status_code, body["code"]) == (401, "mfa_required")
    assert body["expires_in"] == 300
    assert "token" not in body
    assert "counterfoil_refresh" not in answer.cookies
    assert RefreshFamily.objects.count() == 0
    for used_as in ("Bearer " + body["mfa_token"],):
        profile = Caller().get("/api/users/profile", headers={"Authorization": used_as})
        assert profile.status_code == 401


def test_the_code_of_the_app_opens_once(post: Post, ada: User) -> None:
    step = {"mfa_token": post("login", LOGIN).json()["mfa_token"], "code": code_now()}

    opened = post("login/mfa", step)
    replayed = post("login/mfa", step)

    assert opened.status_code == 200
    assert opened.json()["user"]["mfa_enabled"] is True
    assert RefreshFamily.objects.get().second_factor is True
    assert (replayed.status_code, replayed.json()["code"]) == (401, "mfa_refused")


def test_a_recovery_code_opens_once(post: Post, ada: User) -> None:
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    step = {"mfa_token": post("login", LOGIN).json()["mfa_token"], "code": codes[0]}

    assert post("login/mfa", step).status_code == 200
    assert post("login/mfa", step).status_code == 401


def test_a_secret_that_cannot_be_read_refuses_its_code_as_a_wrong_one(
    ada: User, settings: Settings
) -> None:
    code = code_now()
    key = settings.SECRET_KEY
    settings.SECRET_KEY = "another key, and no fallback to the one before it"

    assert second_factor.is_right(user=ada, code=code) is None

    settings.SECRET_KEY = key
    assert second_factor.is_right(user=ada, code=code) is not None  # the control


def test_wrong_codes_are_counted_for_this_person_and_source(post: Post, ada: User) -> None:
    step = {"mfa_token": post("login", LOGIN).json()["mfa_token"], "code": "000000"}

    answers = [post("login/mfa", step, source="203.0.113.9").status_code for _ in range(6)]
    owner = post("login/mfa", step | {"code": code_now()}, source="192.0.2.7")

    assert answers == [401] * 5 + [429]
    assert owner.status_code == 200


def test_codes_from_many_sources_are_counted_for_the_account(post: Post, ada: User) -> None:
    step = {"mfa_token": post("login", LOGIN).json()["mfa_token"], "code": "000000"}
    start = clock.now()

    def guess(number: int) -> int:
        return int(post("login/mfa", step, source=f"203.0.113.{number}").status_code)

    with clock.travel(start):
        answers = [guess(number) for number in range(31)]
        right = post("login/mfa", step | {"code": code_now()}, source="192.0.2.7")
    with clock.travel(start + timedelta(minutes=6)):
        token = post("login", LOGIN).json()["mfa_token"]
        still = post("login/mfa", {"mfa_token": token, "code": code_now()}, source="192.0.2.7")
    with clock.travel(start + timedelta(hours=1)):
        token = post("login", LOGIN).json()["mfa_token"]
        later = post("login/mfa", {"mfa_token": token, "code": code_now()}, source="192.0.2.7")

    assert answers == [401] * 30 + [429]
    assert [right.status_code, still.status_code, later.status_code] == [429, 429, 200]
    assert 3000 < int(right.headers["Retry-After"]) <= 3600


def test_the_first_step_runs_out_and_ends_with_the_password(post: Post, ada: User) -> None:
    token = post("login", LOGIN).json()["mfa_token"]
    ended = token
    with clock.travel(clock.now() + timedelta(minutes=5)):
        late = post("login/mfa", {"mfa_token": token, "code": code_now()})
    ada.set_password("quite another passphrase")
    ada.save()

    after_change = post("login/mfa", {"mfa_token": ended, "code": code_now()})
    forged = post("login/mfa", {"mfa_token": token[:-2] + "xx", "code": code_now()})

    assert [late.status_code, after_change.status_code, forged.status_code] == [401] * 3
    assert RefreshFamily.objects.count() == 0


def test_the_demos_switch_skips_the_second_step(post: Post, ada: User, settings: Settings) -> None:
    settings.DEMO_MFA = False

    assert post("login", LOGIN).status_code == 200


def test_the_secret_is_stored_encrypted(ada: User) -> None:
    stored = Authenticator.objects.get(user=ada, type="totp")

    assert SECRET not in str(stored.data)
    assert stored.wrap().validate_code(code_now())
