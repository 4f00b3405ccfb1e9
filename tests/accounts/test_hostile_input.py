"""Whatever is sent to the operations on people, the answer is a problem and never a failure."""

from typing import Any

import pytest
from django.test import Client as Caller

from accounts.models import EmailCode, User
from tests.accounts.conftest import PASSWORD, person

GOOD: dict[str, dict[str, Any]] = {
    "register": {
        "email": "new@example.org",
        "password": PASSWORD,
        "name": "New",
        "role": "client",
        "time_zone": "UTC",
    },
    "verify": {"email": "ada@example.org", "code": "AAAA-AAAA"},
    "login": {"email": "ada@example.org", "password": "wrong password"},
    "login/mfa": {"mfa_token": "x", "code": "000000"},
    "refresh": {"refresh_token": "cfr_" + "x" * 43},
    "password/forgot": {"email": "nobody@example.org"},
    "password/reset": {"email": "ada@example.org", "code": "AAAA", "password": PASSWORD},
}
HOSTILE: list[Any] = [
    "\x00",
    "a\x00b@example.org",
    "x" * 100_000,
    "",
    " ",
    None,
    0,
    10**40,
    True,
    [],
    {},
    "\ud800",
    "٣" * 6,
    "ｐａｓｓ@example.org",
    "\u212aelvin@example.org",  # the Kelvin sign folds to k
    "a@b",
    "'; DROP TABLE accounts_user; --",
    "{{ 7*7 }}",
    "\r\nBcc: all@example.org",
]
pytestmark = pytest.mark.django_db


def send(path: str, body: bytes | dict[str, Any], number: int = 1) -> Any:
    caller = Caller(raise_request_exception=False)
    return caller.post(
        f"/api/users/{path}",
        data=body,
        content_type="application/json",
        REMOTE_ADDR=f"198.51.{number // 250}.{number % 250}",
    )


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path in GOOD for field in GOOD[path]]
)
def test_a_hostile_value_in_any_field_is_refused(path: str, field: str) -> None:
    person()

    for number, value in enumerate(HOSTILE):
        answer = send(path, GOOD[path] | {field: value}, number)

        assert answer.status_code in {202, 400, 401, 422}, (value, answer.content)
        if answer.status_code != 202:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["request_id"]
    assert not User.objects.filter(email__contains="elvin").exists()
    assert all("\n" not in user.email for user in User.objects.all())


@pytest.mark.parametrize("path", list(GOOD))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[" * 5000,
        b'{"email": NaN}',
        b'{"email": "a@example.org", "email": "b@example.org"}',
        b'{"email": "\xff\xfe"}',
        b'{"unknown": 1}',
        b'{"email": 1e400}',
    ],
)
def test_a_body_that_is_none_is_refused(path: str, body: bytes) -> None:
    answer = send(path, body)

    assert answer.status_code in {400, 401, 422}, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "sessions/x",
        "sessions/sgn_" + "z" * 26,
        "sessions/sgn_" + "0" * 26,
        "sessions/" + "9" * 500,
        "sessions/%00",
    ],
)
def test_an_id_that_is_none_is_a_404_or_a_400(path: str) -> None:
    person()
    login = send("login", {"email": "ada@example.org", "password": PASSWORD}).json()

    answer = Caller().delete(
        f"/api/users/{path}", headers={"Authorization": f"Bearer {login['token']}"}
    )

    assert answer.status_code in {400, 404}


@pytest.mark.parametrize(
    "query", ["limit=-1", "limit=0", "limit=101", f"limit={10**20}", "cursor=x"]
)
def test_a_list_takes_no_odd_page(query: str) -> None:
    person()
    login = send("login", {"email": "ada@example.org", "password": PASSWORD}).json()

    answer = Caller().get(
        f"/api/users/sessions?{query}", headers={"Authorization": f"Bearer {login['token']}"}
    )

    assert answer.status_code in {400, 422}


def test_a_hostile_browser_name_is_kept_short(rf: Any) -> None:
    user = person()
    Caller().post(
        "/api/users/login",
        {"email": "ada@example.org", "password": PASSWORD},
        content_type="application/json",
        headers={"User-Agent": "\x00<script>" + "x" * 5000},
    )

    family = user.refresh_families.get()
    assert len(family.user_agent) == 200
    assert "\x00" not in family.user_agent
    assert EmailCode.objects.count() == 0
