"""The back office has one door: allauth's, under our limit, with a second factor."""

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Caller
from django.urls import reverse
from pytest_django import Settings

from accounts import operations, roles
from accounts.models import User
from tests.accounts.conftest import PASSWORD, Post, letters, person
from tests.accounts.test_second_factor_api import SECRET, code_now

LOGIN_PAGE = "/accounts/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked(settings: Settings) -> None:
    settings.DEMO_MFA = True


@pytest.fixture
def support() -> User:
    user = person("support@example.org", role="staff")
    roles.add_to_group(user=user, group=roles.SUPPORT)
    return user


def enter(caller: Caller, password: str = PASSWORD, source: str = "192.0.2.1") -> tuple[int, str]:
    answer = caller.post(
        LOGIN_PAGE,
        {"login": "support@example.org", "password": password},
        REMOTE_ADDR=source,
    )
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize("group", roles.STAFF_GROUPS)
def test_every_staff_group_may_enter_the_back_office(group: str) -> None:
    user = person(role="staff")
    roles.add_to_group(user=user, group=group)

    assert user.is_staff
    assert roles.role_of(user) == "staff"


def test_mentors_and_clients_may_not(client: Caller) -> None:
    for email, role in (("m@example.org", "mentor"), ("c@example.org", "client")):
        client.force_login(person(email, role=role))
        answer = client.get("/cms/")
        assert answer.status_code == 302
        assert LOGIN_PAGE in answer.headers["Location"]


def test_the_groups_exist_and_grant_adds_to_them() -> None:
    names = set(Group.objects.values_list("name", flat=True))
    assert {*roles.STAFF_GROUPS, roles.MENTOR} <= names

    roles.grant(roles.AUDITOR, ["accounts.view_user"])
    with pytest.raises(LookupError, match=r"accounts\.fly"):
        roles.grant(roles.AUDITOR, ["accounts.fly"])

    auditor = person(role="staff")
    roles.add_to_group(user=auditor, group=roles.AUDITOR)
    assert auditor.has_perm("accounts.view_user")


@pytest.mark.parametrize("method", ["get", "post"])
def test_wagtails_own_sign_in_is_shadowed(client: Caller, support: User, method: str) -> None:
    body = {"username": "support@example.org", "password": PASSWORD} if method == "post" else None

    answer = getattr(client, method)("/cms/login/?next=/cms/pages/", body)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{LOGIN_PAGE}?next=/cms/pages/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["/cms/password_reset/", "/accounts/signup/"])
def test_no_other_door_is_open(client: Caller, path: str) -> None:
    before = User.objects.count()

    client.get(path)
    client.post(path, {"email": "eve@example.org", "password1": PASSWORD})

    assert User.objects.count() == before
    assert letters() == []


@pytest.mark.django_db(transaction=True)  # allauth tells of the new factor after the commit
def test_staff_without_a_second_factor_are_asked_to_set_one_up(client: Caller) -> None:
    User.objects.filter(pk=person("support@example.org", role="staff").pk).update(is_superuser=True)
    assert enter(client) == (302, "/cms/")

    asked = client.get("/cms/account/")
    page = client.get(asked.headers["Location"])
    secret = re.search(r'value="([A-Z2-7]{32})"', page.content.decode())
    assert secret
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret.group(1))})
    opened = client.get("/cms/account/")

    assert asked.headers["Location"] == "/accounts/2fa/totp/activate/?next=%2Fcms%2Faccount%2F"
    codes = set(re.findall(r"<code>([0-9a-z]{8})</code>", done.content.decode()))
    assert (done.status_code, done.headers["Cache-Control"], len(codes)) == (200, "no-store", 10)
    again = client.get("/accounts/2fa/totp/activate/")
    assert (again.status_code, again.headers["Location"]) == (302, "/cms/")
    assert opened.status_code == 200


def test_staff_with_one_enter_password_and_code(client: Caller, support: User) -> None:
    operations.set_totp(user=support, secret=SECRET)

    first = enter(client)
    shut = client.get("/cms/")
    second = client.post(first[1], {"code": code_now()})
    home = client.get("/cms/")

    assert first == (302, reverse("mfa_authenticate"))
    assert shut.status_code == 302
    assert LOGIN_PAGE in shut.headers["Location"]
    assert second.status_code == 302
    assert home.status_code == 200


def test_a_session_from_before_the_factor_is_asked_for_it(client: Caller, support: User) -> None:
    enter(client)
    operations.set_totp(user=support, secret=SECRET)

    asked = client.get("/cms/pages/")
    shown = client.post(asked.headers["Location"], {"code": code_now()})

    assert asked.headers["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fcms%2Fpages%2F"
    assert shown.status_code == 302
    assert client.get("/cms/").status_code == 200


def test_the_demos_switch_skips_it(client: Caller, support: User, settings: Settings) -> None:
    operations.set_totp(user=support, secret=SECRET)
    settings.DEMO_MFA = False

    assert enter(client) == (302, "/cms/")
    assert client.get("/cms/").status_code == 200


def test_the_api_and_the_back_office_count_guesses_together(
    client: Caller, support: User, post: Post
) -> None:
    wrong = {"email": "support@example.org", "password": "wrong"}

    api = [post("login", wrong).status_code for _ in range(3)]
    pages = [enter(client, "wrong")[0] for _ in range(3)]
    limited = client.post(LOGIN_PAGE, {"login": "support@example.org", "password": PASSWORD},
                          REMOTE_ADDR="192.0.2.1")  # fmt: skip
    forged = client.post(
        LOGIN_PAGE,
        {"login": "support@example.org", "password": PASSWORD},
        REMOTE_ADDR="192.0.2.1",
        headers={"X-Forwarded-For": "198.51.100.1"},
    )
    elsewhere = enter(Caller(), source="192.0.2.7")

    assert api == [401] * 3
    assert pages == [200, 200, 429]
    assert limited.status_code == forged.status_code == 429
    assert 0 < int(limited.headers["Retry-After"]) <= 300
    assert re.search(r"Try again in (one minute|[2-5] minutes)\.", limited.content.decode())
    assert "Too many attempts" in limited.content.decode()
    assert elsewhere == (302, "/cms/")


def test_codes_of_the_second_step_are_counted_too(client: Caller, support: User) -> None:
    operations.set_totp(user=support, secret=SECRET)
    _, page = enter(client)

    answers = [client.post(page, {"code": "000000"}).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def test_a_deactivated_person_is_out_at_the_next_click(client: Caller, support: User) -> None:
    operations.set_totp(user=support, secret=SECRET)
    _, page = enter(client)
    client.post(page, {"code": code_now()})
    assert client.get("/cms/").status_code == 200

    operations.deactivate(user=support, actor="system", reason="left", now=support.date_joined)

    assert client.get("/cms/").status_code == 302


def test_letters_of_allauth_go_through_the_outbox(client: Caller, support: User) -> None:
    client.post("/accounts/password/reset/", {"email": "support@example.org"})
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})

    assert [(mail.template, mail.to) for mail in letters()] == [
        ("account_plain", "support@example.org")
    ]
    assert "/accounts/password/reset/key/" in letters()[0].text
