"""Passwords are changed and reset; the profile is changed on what was read."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client as Caller

from accounts.models import Client, EmailCode, Mentor, RefreshFamily, User
from kernel import clock
from tests.accounts.conftest import NOON, PASSWORD, Post, answered, code_in, letters, person

LOGIN = {"email": "ada@example.org", "password": PASSWORD}
NEW = "quite another passphrase"
pytestmark = pytest.mark.django_db


def bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | more


def test_a_changed_password_signs_every_device_out_and_the_caller_in_again(post: Post) -> None:
    person()
    caller = Caller()
    other = post("login", LOGIN).json()["token"]
    mine = post("login", LOGIN, caller=caller).json()["token"]

    changed = post(
        "password/change",
        {"current_password": PASSWORD, "new_password": NEW},
        caller=caller,
        headers=bearer(mine),
    )

    assert changed.status_code == 200
    for token in (other, mine):
        assert caller.get("/api/users/profile", headers=bearer(token)).status_code == 401
    fresh = changed.json()["token"]
    assert caller.get("/api/users/profile", headers=bearer(fresh)).status_code == 200
    assert post("refresh", caller=caller).status_code == 200
    assert post("login", LOGIN).status_code == 401
    assert post("login", LOGIN | {"password": NEW}).status_code == 200
    assert [mail.template for mail in letters()] == ["account_password_changed"]
    reasons = RefreshFamily.objects.order_by("id").values_list("end_reason", flat=True)
    assert list(reasons) == ["password", "password", "", ""]


def test_a_wrong_present_password_changes_nothing(post: Post) -> None:
    user = person()
    token = post("login", LOGIN).json()["token"]

    answer = post(
        "password/change",
        {"current_password": "wrong", "new_password": NEW},
        headers=bearer(token),
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "current_password_wrong")
    assert answer.json()["errors"][0]["pointer"] == "#/current_password"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert RefreshFamily.objects.get().ended_at is None
    assert letters() == []


def test_a_forgotten_password_is_reset_by_the_mailed_code(post: Post) -> None:
    person()
    token = post("login", LOGIN).json()["token"]

    post("password/forgot", {"email": "Ada@example.org"})
    code = code_in(letters("account_reset")[0])
    body = {"email": "ada@example.org", "code": code, "password": NEW}
    reset = post("password/reset", body)
    again = post("password/reset", body)

    assert reset.status_code == 204
    assert (again.status_code, again.json()["code"]) == (422, "code_refused")
    profile = Caller().get("/api/users/profile", headers=bearer(token))
    assert profile.status_code == 401
    assert post("login", LOGIN | {"password": NEW}).status_code == 200
    assert [mail.template for mail in letters()] == ["account_reset", "account_password_changed"]


def test_a_reset_code_runs_out_after_an_hour_and_the_newest_voids_the_others(post: Post) -> None:
    person()
    with clock.travel(NOON):
        post("password/forgot", {"email": "ada@example.org"})
        post("password/forgot", {"email": "ada@example.org"})
        answered()
    first, second = (code_in(mail) for mail in letters("account_reset"))
    body = {"email": "ada@example.org", "password": NEW}

    with clock.travel(NOON + timedelta(hours=1)):
        late = post("password/reset", body | {"code": first})
    with clock.travel(NOON + timedelta(minutes=59)):
        in_time = post("password/reset", body | {"code": second})
        voided = post("password/reset", body | {"code": first})

    assert [late.status_code, in_time.status_code, voided.status_code] == [422, 204, 422]


def test_the_code_of_an_abandoned_registration_opens_nothing_later(post: Post) -> None:
    post("register", LOGIN | {"name": "Ada", "role": "client", "time_zone": "UTC"})
    abandoned = code_in(letters("account_verify")[0])
    post("password/forgot", {"email": LOGIN["email"]})
    code = code_in(letters("account_reset")[0])
    post("password/reset", {"email": LOGIN["email"], "code": code, "password": "her own new one"})

    answer = post("verify", {"email": LOGIN["email"], "code": abandoned})

    assert (answer.status_code, answer.json()["code"]) == (422, "code_refused")
    assert not EmailCode.objects.filter(used_at=None).exists()
    assert post("login", LOGIN | {"password": "her own new one"}).status_code == 200


def test_nor_where_the_address_was_proven_by_another_way(post: Post) -> None:
    post("register", LOGIN | {"name": "Ada", "role": "client", "time_zone": "UTC"})
    abandoned = code_in(letters("account_verify")[0])
    ada = User.objects.get()
    ada.set_password("her own new one")
    ada.save()
    EmailAddress.objects.update(verified=True)

    assert post("verify", {"email": LOGIN["email"], "code": abandoned}).status_code == 422

    assert User.objects.get().check_password("her own new one")
    assert not RefreshFamily.objects.exists()


def test_a_reset_proves_the_address_and_finishes_a_registration(post: Post) -> None:
    post("register", LOGIN | {"name": "Ada", "role": "mentor", "time_zone": "Asia/Tokyo"})
    post("password/forgot", {"email": "ada@example.org"})

    code = code_in(letters("account_reset")[0])
    post("password/reset", {"email": "ada@example.org", "code": code, "password": NEW})

    user = post("login", LOGIN | {"password": NEW}).json()["user"]
    assert (user["role"], user["name"], user["time_zone"]) == ("mentor", "Ada", "Asia/Tokyo")
    assert Mentor.objects.get().slug == "ada"


@pytest.mark.parametrize("password", ["short", "password123", "ada@example.org", "1" * 129])
def test_a_weak_password_is_refused_and_nothing_is_written(post: Post, password: str) -> None:
    answer = post(
        "register",
        {
            "email": "ada@example.org",
            "password": password,
            "name": "Ada",
            "role": "client",
            "time_zone": "UTC",
        },
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/password"
    assert User.objects.count() == 0
    assert letters() == []


def test_the_profile_changes_only_on_the_version_that_was_read(post: Post) -> None:
    user = person()
    token = post("login", LOGIN).json()["token"]
    caller = Caller()

    def patch(body: object, **headers: str) -> tuple[int, str]:
        answer = caller.patch(
            "/api/users/profile",
            data=body,
            content_type="application/json",
            headers=bearer(token, **headers),
        )
        return answer.status_code, answer.json().get("code", answer.json().get("name"))

    read = caller.get("/api/users/profile", headers=bearer(token))
    etag = read.headers["ETag"]

    assert patch({"name": "Eve"}) == (428, "precondition_required")
    assert patch({"name": "Eve"}, **{"If-Match": '"other"'}) == (412, "precondition_failed")
    user.refresh_from_db()
    assert user.name == "Ada Lovelace"

    changes = {"name": "  Ada  King ", "time_zone": "Asia/Kolkata"}
    assert patch(changes, **{"If-Match": etag}) == (200, "Ada King")
    assert patch({"name": "Eve"}, **{"If-Match": etag}) == (412, "precondition_failed")
    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Ada King", "Asia/Kolkata")

    unchanged = caller.get(
        "/api/users/profile",
        headers=bearer(token, **{"If-None-Match": etag}),
    )
    assert unchanged.status_code == 200
    same = caller.get(
        "/api/users/profile",
        headers=bearer(token, **{"If-None-Match": unchanged.headers["ETag"]}),
    )
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 121},
        {"name": "a\u202eb"},
        {"name": 5},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "europe/london"},
        {"role": "mentor"},
        {"email": "eve@example.org"},
        [],
        '"text"',
    ],
)
def test_what_a_profile_cannot_hold_is_refused(post: Post, body: object) -> None:
    user = person()
    token = post("login", LOGIN).json()["token"]

    answer = Caller().patch(
        "/api/users/profile",
        data=body,
        content_type="application/json",
        headers=bearer(token, **{"If-Match": "*"}),
    )

    assert answer.status_code == 422
    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Ada Lovelace", "Europe/London")
    assert Client.objects.get().user == user
