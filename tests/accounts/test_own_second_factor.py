"""A person sets the own second factor up, renews it and removes it, and is told of each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from pytest_django import Settings

from accounts import ceremonies, factors, roles, second_factor, tasks
from accounts.models import Ceremony, RefreshFamily
from kernel import clock
from kernel.models import AuditEntry
from tests.accounts.conftest import PASSWORD, Post, letters, person
from tests.accounts.signed_in import SignedIn, code_of

LOGIN = {"email": "ada@example.org", "password": PASSWORD}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked(settings: Settings) -> None:
    settings.DEMO_MFA = True


@pytest.fixture
def ada() -> SignedIn:
    return SignedIn(person())


APP_ADDED = "an authenticator app was set up"


def told() -> list[str]:
    """Return what the letters say has been changed, without its instant."""
    found = letters("account_sign_in_changed")
    return [mail.text.partition(" UTC ")[2].partition(".\n")[0] for mail in found]


def test_an_app_is_set_up_by_its_first_code(ada: SignedIn, post: Post) -> None:
    _, before = ada.get("mfa")
    _, begun = ada.post("mfa/totp")
    step = {"ceremony": begun["ceremony"], "code": code_of(begun["secret"])}
    still_off = post("login", LOGIN).status_code

    wrong = ada.post("mfa/totp/confirm", step | {"code": "000000"})
    status, done = ada.post("mfa/totp/confirm", step)
    again = ada.post("mfa/totp/confirm", step)
    _, after = ada.get("mfa")
    asked = post("login", LOGIN).json()

    assert (before["enabled"], before["app"], before["methods"]) == (False, None, ["password"])
    assert begun["otpauth_uri"].startswith("otpauth://totp/")
    assert f"secret={begun['secret']}" in begun["otpauth_uri"]
    assert still_off == 200
    assert (wrong[0], wrong[1]["code"]) == (422, "app_code_wrong")
    assert (status, len(set(done["recovery_codes"]))) == (200, 10)
    assert (again[0], again[1]["code"]) == (409, "ceremony_over")
    assert (after["enabled"], after["recovery_codes_left"]) == (True, 10)
    assert after["methods"] == ["code"]
    assert begun["secret"] not in str(ada.get("mfa"))
    assert (asked["code"], asked["methods"]) == ("mfa_required", ["code"])
    assert told() == [APP_ADDED]
    assert AuditEntry.objects.filter(action="user.app_added").count() == 1


def test_the_secret_that_waits_for_its_code_is_stored_encrypted(ada: SignedIn) -> None:
    _, begun = ada.post("mfa/totp")

    stored = Ceremony.objects.get()

    assert begun["secret"] not in str(stored.data)
    assert begun["ceremony"].encode() not in bytes(stored.digest)


def test_another_persons_ceremony_and_one_that_ran_out_are_refused(ada: SignedIn) -> None:
    eve = SignedIn(person("eve@example.org"))
    _, begun = ada.post("mfa/totp")
    step = {"ceremony": begun["ceremony"], "code": code_of(begun["secret"])}

    stolen = eve.post("mfa/totp/confirm", step)
    Ceremony.objects.update(expires_at=clock.now())
    late = ada.post("mfa/totp/confirm", step)
    tasks.tidy()

    assert stolen[1]["code"] == late[1]["code"] == "ceremony_over"
    assert not second_factor.is_set_up(user=eve.user)
    assert not Ceremony.objects.exists()


def test_a_code_of_the_app_is_good_once_and_so_is_every_earlier_one(
    ada: SignedIn, post: Post
) -> None:
    secret = ada.with_app()  # by the code before the present one

    def sign_in(code: str) -> int:
        step = {"mfa_token": post("login", LOGIN).json()["mfa_token"], "code": code}
        return int(post("login/mfa", step).status_code)

    used_at_set_up = sign_in(code_of(secret, -1))
    next_one = sign_in(code_of(secret, 1))
    replayed = sign_in(code_of(secret, 1))
    skipped = sign_in(code_of(secret, 0))

    assert [used_at_set_up, next_one, replayed, skipped] == [401, 200, 401, 401]


def test_new_recovery_codes_void_the_old_ones(ada: SignedIn, post: Post) -> None:
    ada.with_app()
    old = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    status, renewed = ada.post("mfa/recovery-codes")

    def sign_in(code: str) -> int:
        step = {"mfa_token": post("login", LOGIN).json()["mfa_token"], "code": code}
        return int(post("login/mfa", step).status_code)

    assert status == 200
    assert not set(old) & set(renewed["recovery_codes"])
    assert [sign_in(old[0]), sign_in(renewed["recovery_codes"][0])] == [401, 200]
    assert ada.get("mfa")[1]["recovery_codes_left"] == 9
    assert told() == [
        APP_ADDED,
        "new recovery codes were made, and the old ones are void",
        "somebody signed in with a recovery code; 9 are left",
    ]


def test_recovery_codes_need_a_factor_that_they_stand_in_for(ada: SignedIn) -> None:
    assert ada.post("mfa/recovery-codes")[1]["code"] == "no_second_factor"


def test_with_the_last_factor_the_recovery_codes_go(ada: SignedIn, post: Post) -> None:
    ada.with_app()

    removed = ada.delete("mfa/totp")
    again = ada.delete("mfa/totp")

    assert (removed[0], again[0]) == (204, 404)
    assert not Authenticator.objects.exists()
    assert post("login", LOGIN).status_code == 200
    assert told() == [APP_ADDED, "the authenticator app was removed"]


def test_staff_keep_the_app_that_the_back_office_asks_for() -> None:
    user = person("support@example.org", role="staff")
    roles.add_to_group(user=user, group=roles.SUPPORT)
    support = SignedIn(user)
    without = support.post("passkeys/challenge")
    support.with_app()

    assert (without[0], without[1]["code"]) == (409, "app_needed")
    assert support.delete("mfa/totp")[1]["code"] == "app_needed"
    assert support.post("passkeys/challenge")[0] == 200


CHANGES = [
    ("POST", "mfa/totp", None),
    ("POST", "mfa/totp/confirm", {"ceremony": "x", "code": "1"}),
    ("DELETE", "mfa/totp", None),
    ("POST", "mfa/recovery-codes", None),
    ("POST", "passkeys/challenge", None),
    ("DELETE", "passkeys/pky_00000000000000000000000000", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_every_change_asks_for_a_proof_that_is_not_old(
    ada: SignedIn, method: str, path: str, body: Any
) -> None:
    RefreshFamily.objects.update(proved_at=clock.now() - timedelta(minutes=10))
    refused = ada.call(method, path, body)
    proved = ada.post("reauthenticate", {"password": PASSWORD})
    then = ada.call(method, path, body)

    assert (refused[0], refused[1]["code"]) == (403, "reauthentication_required")
    assert refused[1]["methods"] == ["password"]
    assert proved[0] == 200
    assert then[0] != 403


def test_a_wrong_password_proves_nothing_and_is_counted_with_the_sign_ins(ada: SignedIn) -> None:
    ada.unproved()

    answers = [ada.post("reauthenticate", {"password": "wrong"}) for _ in range(6)]

    assert [status for status, _ in answers] == [422] * 5 + [429]
    assert answers[0][1]["code"] == "proof_refused"
    assert ada.post("mfa/totp")[0] == 403


def test_with_a_second_factor_the_password_proves_nothing_any_more(ada: SignedIn) -> None:
    secret = ada.with_app()
    ada.unproved()

    by_password = ada.post("reauthenticate", {"password": PASSWORD})
    wrong = ada.post("reauthenticate", {"code": "000000"})
    by_code = ada.post("reauthenticate", {"code": code_of(secret, 0)})
    replayed = ada.post("reauthenticate", {"code": code_of(secret, 0)})

    assert (by_password[1]["code"], by_password[1]["methods"]) == ("proof_refused", ["code"])
    assert (wrong[0], by_code[0], replayed[0]) == (422, 200, 422)
    assert ada.post("mfa/recovery-codes")[0] == 200


def test_the_first_factor_takes_the_proof_of_other_sign_ins_away(ada: SignedIn) -> None:
    elsewhere = SignedIn(ada.user)
    ada.with_app()

    assert elsewhere.delete("mfa/totp")[1]["code"] == "reauthentication_required"
    assert ada.delete("mfa/totp")[0] == 204


def test_a_changed_password_is_no_proof_where_there_is_a_second_factor(ada: SignedIn) -> None:
    ada.with_app()
    body = {"current_password": PASSWORD, "new_password": "a quite different one"}

    _, answer = ada.post("password/change", body)
    ada.headers = {"Authorization": f"Bearer {answer['token']}"}

    assert ada.delete("mfa/totp")[1]["code"] == "reauthentication_required"


@pytest.mark.parametrize("body", [{}, {"password": "x", "code": "y"}])
def test_a_proof_is_exactly_one_thing(ada: SignedIn, body: Any) -> None:
    assert ada.post("reauthenticate", body)[0] == 422


def at_once(count: int, deed: Any) -> list[Any]:
    barrier = Barrier(count)

    def run(_: int) -> Any:
        try:
            barrier.wait(timeout=20)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["recovery", "app"])
def test_one_code_at_one_instant_opens_once(ada: SignedIn, kind: str) -> None:
    secret = ada.with_app()
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    code = codes[0] if kind == "recovery" else code_of(secret)

    rights = at_once(12, lambda: second_factor.is_right(user=ada.user, code=code) is not None)

    assert sorted(rights) == [False] * 11 + [True]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_negative_control_comparing_without_using_up_opens_more_than_once(ada: SignedIn) -> None:
    secret = ada.with_app()
    code = code_of(secret)

    rights = at_once(
        12, lambda: second_factor.step_of(secret=secret, code=code, after=-1) is not None
    )

    assert rights.count(True) > 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_renewals_at_once_leave_one_set_of_codes(ada: SignedIn) -> None:
    ada.with_app()

    answers = at_once(6, lambda: ada.post("mfa/recovery-codes"))
    left = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    assert [status for status, _ in answers] == [200] * 6
    assert sum(answer["recovery_codes"] == left for _, answer in answers) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_ceremony_is_finished_once(ada: SignedIn) -> None:
    secret = ceremonies.begin(kind=Ceremony.Kind.APP, now=clock.now(), user=ada.user, data={})

    def finish() -> bool:
        try:
            ceremonies.finish(secret=secret, kind=Ceremony.Kind.APP, user=ada.user, now=clock.now())
        except ceremonies.CeremonyOver:
            return False
        return True

    assert sorted(at_once(8, finish)) == [False] * 7 + [True]
    assert factors.state(user=ada.user).app_since is None
