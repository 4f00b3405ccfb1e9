"""Another e-mail address: asked for, proven, told, undone, and raced for."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from pytest_django import Settings

from accounts import operations
from accounts.models import EmailChange, RefreshFamily, User
from kernel import clock
from notifications.models import Email
from tests.accounts.conftest import PASSWORD, Post, answered, code_in, letters, person
from tests.accounts.signed_in import SignedIn

NEW = "ada@new.example"
ASK = {"email": NEW, "password": PASSWORD}
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> SignedIn:
    return SignedIn(person())


def confirm(who: SignedIn, address: str = NEW, code: str | None = None, **options: Any) -> Any:
    code = code or code_in(letters("account_email_change")[-1])
    return who.post("email/confirm", {"email": address, "code": code}, **options)


def undo_secret(letter: Email) -> str:
    found = re.search(r"token=(und_[\w-]+)", letter.text)
    assert found
    return found.group(1)


def login(post: Post, email: str, password: str = PASSWORD) -> int:
    return int(post("login", {"email": email, "password": password}).status_code)


def test_the_old_address_stays_until_the_code_of_the_new_one_comes_back(
    ada: SignedIn, post: Post
) -> None:
    other_device = SignedIn(ada.user)

    asked = ada.post("email", ASK)
    between = [login(post, "ada@example.org"), login(post, NEW)]
    status, user = confirm(ada)
    after = [login(post, "ada@example.org"), login(post, NEW)]

    assert asked == (202, {"status": "mail_sent"})
    assert between == [200, 401]
    assert (status, user["email"]) == (200, NEW)
    assert after == [401, 200]
    assert ada.get("profile")[1]["email"] == NEW
    assert other_device.get("profile")[0] == 401
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        (NEW, True, True)
    ]
    assert [(mail.template, mail.to) for mail in letters()] == [
        ("account_email_change_asked", "ada@example.org"),
        ("account_email_change", NEW),
        ("account_email_changed", "ada@example.org"),
    ]


def test_a_wrong_password_asks_for_nothing_and_is_counted(ada: SignedIn) -> None:
    answers = [ada.post("email", ASK | {"password": "wrong"}) for _ in range(5)]
    answers.append(ada.post("email", ASK))

    assert [status for status, _ in answers] == [422] * 5 + [429]
    assert answers[0][1]["code"] == "current_password_wrong"
    assert ada.post("email", {"email": NEW}, source="192.0.2.7")[0] == 422
    assert letters() == []


def test_with_a_second_factor_the_password_is_not_enough(ada: SignedIn, settings: Settings) -> None:
    settings.DEMO_MFA = True
    ada.with_app()
    ada.unproved()

    status, problem = ada.post("email", ASK)

    assert (status, problem["code"]) == (403, "reauthentication_required")


def test_a_taken_address_is_answered_alike_and_its_owner_is_told(ada: SignedIn) -> None:
    person(NEW)

    taken = ada.post("email", ASK)
    answered()
    free = ada.post("email", ASK | {"email": "free@new.example"})

    assert taken == free
    assert [(mail.template, mail.to) for mail in letters()] == [
        ("account_email_change_asked", "ada@example.org"),
        ("account_address_wanted", NEW),
        ("account_email_change_asked", "ada@example.org"),
        ("account_email_change", "free@new.example"),
    ]


def test_a_registration_that_nobody_finished_holds_no_address_back(
    ada: SignedIn, post: Post
) -> None:
    squatter = {"email": NEW, "name": "Eve", "role": "client", "time_zone": "UTC"}
    assert post("register", squatter | {"password": "something long"}).status_code == 202

    ada.post("email", ASK)

    assert confirm(ada)[0] == 200
    assert User.objects.filter(email=NEW).count() == 1


def test_a_registration_that_is_finished_at_this_moment_keeps_its_address(
    ada: SignedIn, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"email": NEW, "name": "Eve", "role": "client", "time_zone": "UTC"}
    post("register", other | {"password": "something long"})
    proof = {"email": NEW, "code": code_in(letters("account_verify")[0])}
    ada.post("email", ASK)
    real, finished = operations.is_somebodys, list[int]()

    def then_finished(user: User) -> bool:
        answer = real(user)
        if user.email == NEW and not finished:
            finished.append(0)
            finished.append(int(post("verify", proof).status_code))
        return answer

    monkeypatch.setattr(operations, "is_somebodys", then_finished)

    status, problem = confirm(ada)

    assert finished == [0, 200]
    assert (status, problem["code"]) == (409, "email_taken")
    assert User.objects.filter(email__in=["ada@example.org", NEW]).count() == 2


def test_an_address_that_was_taken_meanwhile_is_told_to_who_has_proven_it(ada: SignedIn) -> None:
    ada.post("email", ASK)
    answered()
    person(NEW)

    status, problem = confirm(ada)

    assert (status, problem["code"]) == (409, "email_taken")
    assert ada.get("profile")[1]["email"] == "ada@example.org"


def test_a_code_is_for_its_person_its_address_and_one_hour_and_once(ada: SignedIn) -> None:
    eve = SignedIn(person("eve@example.org"))
    ada.post("email", ASK)
    first = code_in(letters("account_email_change")[0])
    ada.post("email", ASK | {"email": "other@new.example"})
    second = code_in(letters("account_email_change")[1])

    refused = [
        confirm(eve, "other@new.example", second),
        confirm(ada, NEW, second),
        confirm(ada, NEW, first),  # asked anew since
    ]
    with clock.travel(clock.now() + timedelta(hours=1)):
        late = SignedIn(ada.user)
        refused.append(confirm(late, "other@new.example", second))
    good = confirm(ada, "other@new.example", second)
    again = confirm(ada, "other@new.example", second)

    assert {(status, problem["code"]) for status, problem in refused} == {(422, "code_refused")}
    assert (good[0], again[0]) == (200, 422)


def test_codes_are_guessed_under_the_limit(ada: SignedIn) -> None:
    ada.post("email", ASK)

    guesses = [confirm(ada, code="AAAA-AAAA", source="203.0.113.9")[0] for _ in range(6)]

    assert guesses == [422] * 5 + [429]
    assert confirm(ada, source="192.0.2.7")[0] == 200


def test_codes_for_the_old_address_are_void_afterwards(ada: SignedIn, post: Post) -> None:
    post("password/forgot", {"email": "ada@example.org"})
    code = code_in(letters("account_reset")[0])
    ada.post("email", ASK)
    confirm(ada)
    reset = {"email": "ada@example.org", "code": code, "password": "another good one"}

    assert post("password/reset", reset).status_code == 422


@pytest.mark.parametrize("confirmed", [False, True])
def test_the_old_address_undoes_all_that_a_stranger_has_done(
    ada: SignedIn, post: Post, settings: Settings, confirmed: bool
) -> None:
    settings.DEMO_MFA = True
    ada.post("email", ASK)
    secret = undo_secret(letters("account_email_change_asked")[0])
    if confirmed:
        confirm(ada)
        ada.with_app()  # the stranger's own
        ada.post("email", {"email": "third@new.example", "password": PASSWORD})

    undone = post("email/undo", {"token": secret}).status_code
    again = post("email/undo", {"token": secret})
    password = login(post, "ada@example.org")
    code = code_in(letters("account_reset")[-1])
    new = {"email": "ada@example.org", "code": code, "password": "a new good one"}

    assert (undone, again.status_code, again.json()["code"]) == (204, 409, "undo_over")
    assert ada.get("profile")[0] == 401
    assert password == 401
    assert not RefreshFamily.objects.filter(ended_at=None).exists()
    assert not Authenticator.objects.exists()
    assert not EmailChange.objects.filter(undone_at=None).exists()
    assert letters("account_reset")[-1].to == "ada@example.org"
    assert post("password/reset", new).status_code == 204
    assert login(post, "ada@example.org", "a new good one") == 200


@pytest.mark.parametrize(("hours", "goes"), [(23, True), (25, False)])
def test_what_was_set_up_the_day_before_goes_as_well(
    ada: SignedIn, post: Post, settings: Settings, hours: int, goes: bool
) -> None:
    settings.DEMO_MFA = True
    with clock.travel(clock.now() - timedelta(hours=hours)):
        earlier = SignedIn(ada.user)
        earlier.with_app()
    made = clock.now() - timedelta(hours=hours)
    Authenticator.objects.update(created_at=made)
    SocialAccount.objects.create(user=ada.user, provider="oidc", uid="thief")
    SocialAccount.objects.update(date_joined=made)
    assert SignedIn(ada.user).post("email", ASK)[0] == 202

    post("email/undo", {"token": undo_secret(letters("account_email_change_asked")[0])})

    assert Authenticator.objects.exists() is not goes
    assert SocialAccount.objects.exists() is not goes


def test_the_strangers_own_undo_is_void_once_the_owner_was_first(ada: SignedIn, post: Post) -> None:
    ada.post("email", ASK)
    confirm(ada)
    ada.post("email", {"email": "third@new.example", "password": PASSWORD})
    owners, strangers = [undo_secret(one) for one in letters("account_email_change_asked")]

    post("email/undo", {"token": owners})

    assert post("email/undo", {"token": strangers}).status_code == 409
    assert User.objects.get(pk=ada.user.pk).email == "ada@example.org"


def test_undoing_is_over_after_a_week_and_needs_the_very_secret(ada: SignedIn, post: Post) -> None:
    ada.post("email", ASK)
    confirm(ada)
    secret = undo_secret(letters("account_email_change_asked")[0])
    with clock.travel(clock.now() + timedelta(days=7)):
        late = post("email/undo", {"token": secret}).status_code

    wrong = [post("email/undo", {"token": text}).status_code for text in ("x", secret[:-1] + "é")]

    assert [late, *wrong] == [409] * 3


def test_a_deactivated_account_is_not_undone(ada: SignedIn, post: Post) -> None:
    ada.post("email", ASK)
    secret = undo_secret(letters("account_email_change_asked")[0])
    operations.deactivate(user=ada.user, actor="system", reason="left", now=clock.now())

    assert post("email/undo", {"token": secret}).status_code == 409


def at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=20)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_people_who_want_one_address_at_one_instant_one_gets_it() -> None:
    people = [SignedIn(person(f"p{number}@example.org")) for number in range(6)]
    codes = []

    def take(who: SignedIn, code: str) -> int:
        return int(confirm(who, NEW, code)[0])

    for number, who in enumerate(people):
        source = f"192.0.2.{number}"
        assert who.post("email", ASK, source=source)[0] == 202
        codes.append(code_in(letters("account_email_change")[-1]))

    answers = at_once([partial(take, who, code) for who, code in zip(people, codes, strict=True)])

    assert sorted(answers) == [200, 409, 409, 409, 409, 409]
    assert User.objects.filter(email=NEW).count() == 1
    assert EmailAddress.objects.filter(email=NEW).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_code_at_one_instant_changes_once(ada: SignedIn) -> None:
    ada.post("email", ASK)
    code = code_in(letters("account_email_change")[0])

    answers = at_once([lambda: confirm(ada, NEW, code)[0]] * 5)

    assert sorted(answers) == [200, 422, 422, 422, 422]
    assert len(letters("account_email_changed")) == 1
