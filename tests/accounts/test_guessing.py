"""Passwords and codes cannot be guessed, and nobody can lock another person out.

The negative control counts after the guess, as most throttles do; many at one instant slip
through it, or the test proves nothing.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock
from time import sleep
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client as Caller
from django.test import RequestFactory
from pytest_django import Settings

from accounts import credentials, operations, throttle
from accounts.models import RefreshFamily, User
from accounts.sources import source_of
from accounts.throttle import TooManyAttempts
from kernel import clock
from tests.accounts.conftest import NOON, PASSWORD, Post, code_in, letters, person
from tests.accounts.counting.naive import check_then_count

GUESSES = 60
LOGIN = {"email": "ada@example.org", "password": PASSWORD}
WRONG = LOGIN | {"password": "not the password"}


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the addresses whose password was really compared."""
    compared: list[str] = []
    lock = Lock()
    genuine = credentials.owner_of

    def owner_of(*, email: str, password: str) -> User | None:
        with lock:
            compared.append(email)
        sleep(0.05)  # a real hash takes longer than the tests' one
        return genuine(email=email, password=password)

    monkeypatch.setattr(credentials, "owner_of", owner_of)
    return compared


@pytest.fixture
def at_noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


def sixty_at_once(send: Any) -> list[Any]:
    barrier = Barrier(20)

    def run(number: int) -> Any:
        try:
            if number < 20:
                barrier.wait(timeout=20)
            return send(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(run, range(GUESSES)))


def guess_from_one_source(number: int) -> tuple[int, bool]:
    """Guess over HTTP; a forged X-Forwarded-For on every call changes nothing."""
    answer = Caller().post(
        "/api/users/login",
        data=WRONG,
        content_type="application/json",
        REMOTE_ADDR="203.0.113.9",
        headers={"X-Forwarded-For": f"198.51.100.{number}"},
    )
    return answer.status_code, "Retry-After" in answer.headers


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_sixty_guesses_at_one_instant_at_most_five_are_evaluated(evaluated: list[str]) -> None:
    person()

    answers = sixty_at_once(guess_from_one_source)
    elsewhere = Caller().post(
        "/api/users/login", LOGIN, content_type="application/json", REMOTE_ADDR="192.0.2.7"
    )

    assert len(evaluated) == 5 + 1  # the last is the victim's own
    assert sorted(answers) == [(401, False)] * 5 + [(429, True)] * 55
    assert elsewhere.status_code == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_negative_control_counting_after_the_guess_lets_more_through(
    evaluated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person()
    monkeypatch.setattr(throttle, "guess", check_then_count)

    sixty_at_once(guess_from_one_source)

    assert len(evaluated) > 5


@pytest.mark.django_db
def test_a_guesser_locks_out_himself_and_not_the_owner(post: Post) -> None:
    person()

    guesses = [post("login", WRONG, source="203.0.113.9").status_code for _ in range(7)]
    right_from_there = post("login", LOGIN, source="203.0.113.9")
    owner = post("login", LOGIN, source="192.0.2.7")

    assert guesses == [401] * 5 + [429] * 2
    assert right_from_there.status_code == 429
    assert right_from_there.json()["code"] == "too_many_attempts"
    assert 0 < int(right_from_there.headers["Retry-After"]) <= 300
    assert owner.status_code == 200


@pytest.mark.django_db
def test_right_passwords_are_never_counted(post: Post) -> None:
    person()

    for _ in range(4):
        assert post("login", WRONG).status_code == 401
    answers = [post("login", LOGIN).status_code for _ in range(8)]
    last = [post("login", WRONG).status_code for _ in range(2)]

    assert answers == [200] * 8
    assert last == [401, 429]


@pytest.mark.django_db
def test_one_source_that_tries_many_addresses_is_stopped_at_twenty(post: Post) -> None:
    person()
    names = [f"person{number}@example.org" for number in range(21)]

    answers = [post("login", WRONG | {"email": name}).status_code for name in names]

    assert answers == [401] * 20 + [429]
    assert post("login", LOGIN).status_code == 429
    assert post("login", LOGIN, source="192.0.2.7").status_code == 200


@pytest.mark.django_db
def test_attempts_that_are_refused_do_not_use_up_the_sources_share(post: Post) -> None:
    person()
    person("bob@example.org")

    for _ in range(40):
        post("login", WRONG)

    assert post("login", LOGIN | {"email": "bob@example.org"}).status_code == 200


@pytest.mark.django_db
def test_after_the_window_the_count_begins_anew(post: Post) -> None:
    person()
    with clock.travel(NOON):
        for _ in range(6):
            post("login", WRONG)
    with clock.travel(NOON + timedelta(minutes=4, seconds=59)):
        assert post("login", LOGIN).status_code == 429

    with clock.travel(NOON + timedelta(minutes=5)):
        assert post("login", LOGIN).status_code == 200


@pytest.mark.django_db
def test_codes_are_guessed_under_the_same_limit_and_stay_good(post: Post) -> None:
    operations.register(
        email=LOGIN["email"],
        password=LOGIN["password"],
        name="Ada",
        role="client",
        time_zone="UTC",
        source="192.0.2.1",
        now=clock.now(),
    )
    code = code_in(letters()[0])
    wrong = {"email": "ada@example.org", "code": "AAAA-AAAA"}

    guesses = [post("verify", wrong, source="203.0.113.9").status_code for _ in range(6)]
    owner = post("verify", wrong | {"code": code}, source="192.0.2.7")

    assert guesses == [422] * 5 + [429]
    assert owner.status_code == 200


@pytest.mark.django_db
def test_the_present_password_is_guessed_under_the_same_count(post: Post) -> None:
    person()
    token = post("login", LOGIN).json()["token"]
    body = {"current_password": "wrong", "new_password": "another good one"}
    headers = {"Authorization": f"Bearer {token}"}

    for _ in range(3):
        assert post("login", WRONG).status_code == 401
    answers = [post("password/change", body, headers=headers).status_code for _ in range(3)]

    assert answers == [422, 422, 429]
    assert RefreshFamily.objects.get().ended_at is None


@pytest.mark.django_db
def test_a_failure_inside_the_block_stays_counted(at_noon: None) -> None:
    def fail() -> None:
        with throttle.guess(what="x", account="a", source="s", now=NOON):
            raise ImproperlyConfigured

    for _ in range(5):
        with pytest.raises(ImproperlyConfigured):
            fail()
    with pytest.raises(TooManyAttempts) as refusal:
        fail()

    assert refusal.value.facts == {"retry_after": 300}


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (1, "10.0.0.1", "", "unknown"),
        (1, "10.0.0.1", "not an address", "unknown"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "2001:db8:1:2:ffff::1", "", "2001:db8:1:2::"),
        (0, "::ffff:203.0.113.9", "", "203.0.113.9"),
        (0, "", "", "unknown"),
    ],
)
def test_the_source_is_what_our_own_proxies_saw(
    settings: Settings, proxies: int, peer: str, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    request.META["HTTP_X_FORWARDED_FOR"] = forwarded

    assert source_of(request) == expected
