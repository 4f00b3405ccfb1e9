"""Who has an account here is told by mail to its owner and to nobody else."""

import json
import re
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test import Client

from accounts import operations
from accounts.models import EmailCode, User
from kernel import clock, prepared
from kernel.models import Job
from kernel.sealing import unseal
from kernel.tasks import _task_named
from tests.accounts.conftest import PASSWORD, Post, answered, code_in, letters, person
from tests.accounts.signed_in import SignedIn

REGISTRATION = {
    "email": "ada@example.org",
    "password": "the stranger's own password",
    "name": "Somebody Else",
    "role": "client",
    "time_zone": "UTC",
}
pytestmark = pytest.mark.django_db


def seen(answer: Any) -> tuple[int, dict[str, Any], list[str]]:
    """Return all that a stranger sees, without what differs at every call."""
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, body, sorted(answer.headers)


def hashes(deed: Callable[[], Any]) -> tuple[Any, int]:
    """Return what `deed` answered and how often a password was hashed or compared for it."""
    hasher = type(get_hasher())
    count = 0
    genuine = hasher.encode

    def encode(self: Any, *values: Any, **more: Any) -> str:
        nonlocal count
        count += 1
        return str(genuine(self, *values, **more))

    with patch.object(hasher, "encode", encode):
        return deed(), count


def work(deed: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the statements that `deed` has the database run, Django's and the prepared ones."""
    statements: list[str] = []
    genuine = prepared._run

    def noted(execute: Any, sql: str, *more: Any) -> Any:
        statements.append(sql)
        return execute(sql, *more)

    def run(own: Any, statement: str, parameters: Any) -> None:
        statements.append(statement)
        genuine(own, statement, parameters)

    with connection.execute_wrapper(noted), monkeypatch.context() as patched:
        patched.setattr(prepared, "_run", run)
        deed()
    return [re.sub(r"s\d+_x\d+", "point", one) for one in statements]


ADDRESSES = {
    "somebody's": "ada@example.org",
    "nobody's": "nobody@example.org",
    "unproven": "una@example.org",
    "shut out": "gone@example.org",
    "the staff's": "root@example.org",
}


def everybody(post: Post) -> None:
    person()
    User.objects.create_superuser("root@example.org", PASSWORD, name="Root")
    gone = person("gone@example.org")
    operations.deactivate(user=gone, actor="system", reason="test", now=clock.now())
    post("register", REGISTRATION | {"email": "una@example.org"}, source="192.0.2.2")
    answered()


@pytest.mark.parametrize("path", ["register", "password/forgot"])
def test_before_the_answer_the_same_is_done_for_every_address(
    path: str, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So nobody tells them apart by the clock: what differs is done behind the answer."""
    everybody(post)

    def body(address: str) -> dict[str, str]:
        return REGISTRATION | {"email": address} if path == "register" else {"email": address}

    done = {
        who: work(lambda address=address: post(path, body(address)), monkeypatch)  # type: ignore[misc]
        for who, address in ADDRESSES.items()
    }

    assert len(done["nobody's"]) > 3
    assert all(statements == done["nobody's"] for statements in done.values()), done
    assert not any("accounts_user" in one for one in done["nobody's"])
    # The control: behind it more is done for some of them, and would be seen.
    behind = [
        work(lambda job=job: _task_named(job.name)(**job.arguments), monkeypatch)  # type: ignore[misc]
        for job in Job.objects.filter(name__startswith="accounts.", done_at=None)
    ]
    assert len({len(statements) for statements in behind}) > 1


def test_the_page_of_the_staff_does_the_same_for_every_address(
    post: Post, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody(post)
    page = "/accounts/password/reset/"

    answers: list[Any] = []
    done = {
        who: hashes(
            lambda address=address: work(  # type: ignore[misc]
                lambda: answers.append(client.post(page, {"email": address})), monkeypatch
            )
        )
        for who, address in ADDRESSES.items()
    }

    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (302, "/accounts/password/reset/done/")
    }
    assert len(done["nobody's"][0]) > 3
    assert all(each == done["nobody's"] for each in done.values()), done
    assert not any("accounts_user" in one for one in done["nobody's"][0])
    # Behind the answer it is known who they are: two of them do not exist, or are shut out.
    found = letters("account_plain")
    assert {one.to for one in found} == {"ada@example.org", "root@example.org", "una@example.org"}
    job = Job.objects.filter(name="accounts.staff_resets.answer_asked").earliest("id")
    _task_named(job.name)(**job.arguments)
    assert len(letters("account_plain")) == len(found)


def test_the_page_of_the_staff_writes_to_one_address_five_times_an_hour(client: Client) -> None:
    person()
    for _ in range(7):
        client.post("/accounts/password/reset/", {"email": "ada@example.org"})

    assert len(letters("account_plain")) == 5


def test_asking_for_anothers_address_costs_the_same(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody(post)
    mallory = SignedIn(person("mallory@example.org"))
    ask = {"password": PASSWORD}

    def asks(address: str) -> list[str]:
        return work(lambda: mallory.post("email", ask | {"email": address}), monkeypatch)

    asks("first@example.org")  # a batch of what one person may ask is taken at the first call
    done = {who: asks(address) for who, address in ADDRESSES.items()}

    assert all(statements == done["nobody's"] for statements in done.values()), done


def test_what_is_done_behind_the_answer_is_done_once(post: Post) -> None:
    person()
    for path, body in {
        "register": REGISTRATION | {"email": "new@example.org"},
        "password/forgot": {"email": "ada@example.org"},
    }.items():
        post(path, body)
    post("register", REGISTRATION)
    jobs = list(Job.objects.filter(name__startswith="accounts."))
    assert len(jobs) == 3

    for job in [*jobs, *jobs]:
        _task_named(job.name)(**job.arguments)

    templates = [mail.template for mail in letters()]
    assert sorted(templates) == ["account_exists", "account_reset", "account_verify"]
    assert EmailCode.objects.count() == 2


def test_what_was_registered_waits_sealed(post: Post) -> None:
    post("register", REGISTRATION)

    job = Job.objects.get(name="accounts.operations.answer_registration")
    assert set(job.arguments) == {"asked", "email", "registration"}
    assert "Somebody" not in job.arguments["registration"]
    assert json.loads(unseal(job.arguments["registration"], purpose=operations.REGISTRATION))[
        "name"
    ] == ("Somebody Else")


def test_registering_a_known_and_an_unknown_address_looks_and_costs_the_same(post: Post) -> None:
    person()

    known = hashes(lambda: seen(post("register", REGISTRATION)))
    unknown = hashes(lambda: seen(post("register", REGISTRATION | {"email": "new@example.org"})))

    assert known == unknown
    assert known[0][0] == 202
    assert known[1] == 1
    assert [(mail.template, mail.to) for mail in letters()] == [
        ("account_exists", "ada@example.org"),
        ("account_verify", "new@example.org"),
    ]


def test_a_wrong_password_and_an_unknown_address_look_and_cost_the_same(post: Post) -> None:
    person()
    gone = person("gone@example.org")
    operations.deactivate(user=gone, actor="system", reason="test", now=clock.now())
    wrong = {"email": "ada@example.org", "password": "not the password"}

    answers = [
        hashes(lambda body=body: seen(post("login", body)))  # type: ignore[misc]
        for body in (
            wrong,
            wrong | {"email": "nobody@example.org"},
            {"email": "gone@example.org", "password": PASSWORD},
        )
    ]

    assert answers[0][0][0] == 401
    assert answers[0][1] == 1
    assert answers[1] == answers[0]
    assert answers[2] == answers[0]


def test_asking_for_a_reset_looks_the_same_and_writes_to_nobody_unknown(post: Post) -> None:
    person()

    known = seen(post("password/forgot", {"email": "ada@example.org"}))
    unknown = seen(post("password/forgot", {"email": "nobody@example.org"}))

    assert known == unknown
    assert known[0] == 202
    assert [mail.to for mail in letters()] == ["ada@example.org"]


@pytest.mark.parametrize("path", ["verify", "password/reset"])
def test_a_wrong_code_and_an_unknown_address_look_the_same(post: Post, path: str) -> None:
    person()
    body = {"email": "ada@example.org", "code": "AAAA-AAAA"}
    if path == "password/reset":
        body["password"] = "a new good password"

    known = seen(post(path, body))
    unknown = seen(post(path, body | {"email": "nobody@example.org"}))

    assert known == unknown
    assert (known[0], known[1]["code"]) == (422, "code_refused")


def test_a_stranger_cannot_plant_a_password_on_an_address_that_is_not_proven(post: Post) -> None:
    post("register", REGISTRATION)
    post("register", REGISTRATION | {"password": PASSWORD, "name": "Ada", "role": "mentor"})
    strangers, own = (code_in(mail) for mail in letters("account_verify"))

    verified = post("verify", {"email": "ada@example.org", "code": own})
    planted = post("login", REGISTRATION_LOGIN)
    signed_in = post("login", REGISTRATION_LOGIN | {"password": PASSWORD})
    late = post("verify", {"email": "ada@example.org", "code": strangers})

    assert verified.json()["user"]["name"] == "Ada"
    assert verified.json()["user"]["role"] == "mentor"
    assert planted.status_code == 401
    assert signed_in.status_code == 200
    assert late.status_code == 422


REGISTRATION_LOGIN = {"email": "ada@example.org", "password": REGISTRATION["password"]}


def test_a_registration_leaves_an_account_alone_that_an_operator_made(post: Post) -> None:
    staff = User.objects.create_superuser("ada@example.org", PASSWORD, name="Root")

    answer = post("register", REGISTRATION)

    assert answer.status_code == 202
    assert [mail.template for mail in letters()] == ["account_exists"]
    assert EmailCode.objects.count() == 0
    staff.refresh_from_db()
    assert (staff.name, staff.check_password(PASSWORD)) == ("Root", True)


def test_an_address_gets_five_letters_an_hour_from_one_source_and_still_the_same_answer(
    post: Post,
) -> None:
    answers = {post("register", REGISTRATION).status_code for _ in range(7)}
    owner = post("password/forgot", {"email": "ada@example.org"}, source="192.0.2.7")

    assert answers == {202}
    assert owner.status_code == 202
    assert len(letters("account_verify")) == 5
    assert len(letters("account_reset")) == 1


def test_a_code_of_one_purpose_or_person_is_none_for_another(post: Post) -> None:
    person()
    post("register", REGISTRATION | {"email": "new@example.org"})
    code = code_in(letters("account_verify")[0])

    crossed = post("verify", {"email": "ada@example.org", "code": code})
    misused = post(
        "password/reset",
        {"email": "new@example.org", "code": code, "password": "a new good password"},
    )

    assert (crossed.status_code, misused.status_code) == (422, 422)
    assert EmailCode.objects.get().used_at is None
