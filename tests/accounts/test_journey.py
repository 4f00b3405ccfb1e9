"""A newcomer's way over HTTP: register, read the mail, verify, sign in, refresh, sign out."""

import pytest
from django.test import Client as Caller

from accounts.models import Client, Mentor, RefreshFamily, User
from tests.accounts.conftest import PASSWORD, Post, answered, code_in, letters, person

NEWCOMER = {
    "email": "Ada@Example.org",
    "password": PASSWORD,
    "name": "Ada Lovelace",
    "role": "client",
    "time_zone": "Europe/London",
}
pytestmark = pytest.mark.django_db


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_client_registers_verifies_signs_in_and_reads_the_profile(post: Post) -> None:
    registered = post("register", NEWCOMER)
    code = code_in(letters("account_verify")[0])
    verified = post("verify", {"email": "ada@example.org", "code": code.lower()})
    login = post("login", {"email": "ADA@example.org", "password": PASSWORD})
    profile = Caller().get("/api/users/profile", headers=bearer(login.json()["token"]))

    assert (registered.status_code, registered.json()) == (202, {"status": "mail_sent"})
    assert verified.status_code == 200
    assert login.status_code == 200
    user = User.objects.get()
    expected = {
        "id": user.public_id,
        "email": "ada@example.org",
        "name": "Ada Lovelace",
        "role": "client",
        "time_zone": "Europe/London",
        "language": "en",
        "can_book": True,
        "mfa_enabled": False,
        "mentor": None,
    }
    for answer in (verified.json()["user"], login.json()["user"], profile.json()):
        answer.pop("created_at")
        assert answer == expected
    assert login.json()["expires_in"] == 600
    assert login.json()["refresh_token"] is None
    assert profile.headers["Cache-Control"] == "no-store"


def test_a_mentor_gets_a_page_name_and_waits_for_the_curator(post: Post) -> None:
    person("first@example.org", role="mentor")

    post("register", NEWCOMER | {"role": "mentor"})
    answer = post(
        "verify", {"email": "ada@example.org", "code": code_in(letters("account_verify")[0])}
    )

    mentor = Mentor.objects.get(user__email="ada@example.org")
    assert answer.json()["user"]["role"] == "mentor"
    assert answer.json()["user"]["mentor"] == {
        "id": mentor.public_id,
        "slug": "ada-lovelace-2",
        "status": "applied",
    }
    assert not Client.objects.filter(user=mentor.user).exists()
    assert [group.name for group in mentor.user.groups.all()] == ["Mentor"]


def test_before_the_code_comes_back_nobody_can_sign_in_and_is_told_why(post: Post) -> None:
    post("register", NEWCOMER)
    answered()

    right = post("login", {"email": "ada@example.org", "password": PASSWORD})
    wrong = post("login", {"email": "ada@example.org", "password": "something else"})

    assert (right.status_code, right.json()["code"]) == (403, "email_unverified")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    assert RefreshFamily.objects.count() == 0
    assert Client.objects.count() == 0


def test_the_cookie_refreshes_and_logging_out_refuses_the_next_request(post: Post) -> None:
    person()
    caller = Caller()
    login = post("login", {"email": "ada@example.org", "password": PASSWORD}, caller=caller)
    cookie = login.cookies["counterfoil_refresh"]

    refreshed = post("refresh", caller=caller)
    token = refreshed.json()["token"]
    before = caller.get("/api/users/profile", headers=bearer(token))
    out = post("logout", caller=caller)
    after = caller.get("/api/users/profile", headers=bearer(token))
    again = post("refresh", caller=caller)

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert (cookie["domain"], cookie["secure"]) == ("", "")
    assert cookie["max-age"] == 7 * 86_400
    assert refreshed.status_code == 200
    assert refreshed.cookies["counterfoil_refresh"].value != cookie.value
    assert before.status_code == 200
    assert out.status_code == 204
    assert out.cookies["counterfoil_refresh"].value == ""
    assert (after.status_code, after.json()["code"]) == (401, "session_ended")
    assert (again.status_code, again.json()["code"]) == (401, "refresh_refused")


def test_over_https_the_cookie_carries_the_host_prefix_and_the_plain_name_is_not_read(
    post: Post,
) -> None:
    person()
    caller = Caller()

    login = post(
        "login", {"email": "ada@example.org", "password": PASSWORD}, caller=caller, secure=True
    )
    cookie = login.cookies["__Host-counterfoil_refresh"]
    caller.cookies["counterfoil_refresh"] = cookie.value
    del caller.cookies["__Host-counterfoil_refresh"]
    planted = post("refresh", caller=caller, secure=True)
    caller.cookies["__Host-counterfoil_refresh"] = cookie.value
    genuine = post("refresh", caller=caller, secure=True)

    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert "counterfoil_refresh" not in login.cookies
    assert planted.status_code == 401
    assert genuine.status_code == 200


@pytest.mark.parametrize("path", ["refresh", "logout"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_cannot_use_the_cookie(
    post: Post, path: str, headers: dict[str, str]
) -> None:
    person()
    caller = Caller()
    token = post("login", {"email": "ada@example.org", "password": PASSWORD}, caller=caller).json()

    answer = post(path, caller=caller, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    family = RefreshFamily.objects.get()
    assert family.ended_at is None
    assert family.tokens.count() == 1
    profile = caller.get("/api/users/profile", headers=bearer(token["token"]))
    assert profile.status_code == 200


def test_a_page_of_this_site_can(post: Post) -> None:
    person()
    caller = Caller()
    post("login", {"email": "ada@example.org", "password": PASSWORD}, caller=caller)

    answer = post("refresh", caller=caller, headers={"Origin": "http://testserver"})

    assert answer.status_code == 200


def test_a_mobile_app_keeps_its_token_in_the_body_and_a_browsers_is_refused_there(
    post: Post,
) -> None:
    person()
    caller = Caller()
    sign_in = {"email": "ada@example.org", "password": PASSWORD}
    mobile = post("login", sign_in | {"channel": "mobile"}, caller=caller)
    browser = post("login", sign_in).cookies["counterfoil_refresh"].value

    refreshed = post("refresh", {"refresh_token": mobile.json()["refresh_token"]}, caller=caller)
    misplaced = post("refresh", {"refresh_token": browser}, caller=caller)
    out = post("logout", {"refresh_token": refreshed.json()["refresh_token"]}, caller=caller)
    gone = post("refresh", {"refresh_token": refreshed.json()["refresh_token"]}, caller=caller)

    assert "counterfoil_refresh" not in mobile.cookies
    assert refreshed.status_code == 200
    assert misplaced.status_code == 401
    assert out.status_code == 204
    assert gone.status_code == 401


def test_logging_out_with_the_access_token_alone_ends_its_sign_in_too(post: Post) -> None:
    person()
    token = post("login", {"email": "ada@example.org", "password": PASSWORD}).json()["token"]

    out = post("logout", caller=Caller(), headers=bearer(token))
    after = Caller().get("/api/users/profile", headers=bearer(token))

    assert out.status_code == 204
    assert after.status_code == 401


def test_a_person_lists_the_devices_and_signs_one_out(post: Post) -> None:
    person()
    person("eve@example.org")
    login = {"email": "ada@example.org", "password": PASSWORD}
    phone = post("login", login, headers={"User-Agent": "phone"}).json()["token"]
    desk = post("login", login, headers={"User-Agent": "desk"}).json()["token"]
    eve = post("login", login | {"email": "eve@example.org"}).json()["token"]
    caller = Caller()

    listed = caller.get("/api/users/sessions", headers=bearer(desk)).json()
    ids = {item["user_agent"]: item["id"] for item in listed["items"]}
    foreign = caller.delete(f"/api/users/sessions/{ids['phone']}", headers=bearer(eve))
    ended = caller.delete(f"/api/users/sessions/{ids['phone']}", headers=bearer(desk))
    missing = caller.delete(f"/api/users/sessions/{ids['phone']}", headers=bearer(desk))

    assert {(item["browser"], item["system"]) for item in listed["items"]} == {("", "")}
    assert [(item["user_agent"], item["current"]) for item in listed["items"]] == [
        ("desk", True),
        ("phone", False),
    ]
    assert (foreign.status_code, ended.status_code, missing.status_code) == (404, 204, 404)
    foreign_body, missing_body = foreign.json(), missing.json()
    foreign_body.pop("request_id")
    missing_body.pop("request_id")
    assert foreign_body == missing_body
    assert caller.get("/api/users/profile", headers=bearer(phone)).status_code == 401
    assert caller.get("/api/users/profile", headers=bearer(desk)).status_code == 200
