"""One Idempotency-Key, one effect, one answer: replays, twins in flight, crashes, fencing."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from kernel import clock, idempotency
from kernel.errors import Kind, Refusal
from kernel.idempotency import LeaseLost
from kernel.models import AuditEntry, IdempotencyRecord
from tests.api import toy

Response = Any  # the test client's own response type is private

pytestmark = [pytest.mark.urls("tests.api.toy"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _people() -> Iterator[None]:
    for name in ("ann", "ben"):
        User.objects.create_user(f"{name}@example.com", name=name)
    yield


def post(
    key: str | None = "k1", *, text: str = "one", count: int = 0, user: str = "ann"
) -> Response:
    headers = {"X-Test-User": f"{user}@example.com"}
    if key is not None:
        headers["Idempotency-Key"] = key
    body = json.dumps({"text": text, "count": count})
    return Client().post("/api/once", body, content_type="application/json", headers=headers)


def record() -> IdempotencyRecord:
    return IdempotencyRecord.objects.get()


def test_a_repetition_gets_the_same_bytes_and_does_nothing() -> None:
    first, again = post(), post()

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert toy.ran == ["one"]


def test_another_body_under_the_same_key_is_refused_and_does_nothing() -> None:
    post()

    response = post(text="two")

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert toy.ran == ["one"]


def test_another_person_may_use_the_same_key() -> None:
    post(user="ann")

    response = post(user="ben", text="two")

    assert (response.status_code, toy.ran) == (201, ["one", "two"])


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_missing"),
        ("a b", "idempotency_key_malformed"),
        ("é", "idempotency_key_malformed"),
        ("x" * 256, "idempotency_key_malformed"),
    ],
)
def test_a_missing_or_malformed_key_is_a_400(key: str | None, code: str) -> None:
    response = post(key)

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert IdempotencyRecord.objects.count() == 0
    assert toy.ran == []


def test_a_refusal_of_the_operation_is_replayed_like_a_success() -> None:
    toy.behaviour["raise"] = toy.ToyTaken("Taken.", alternatives=[1])
    first = post()
    toy.behaviour.clear()

    again = post()

    assert (first.status_code, again.status_code) == (409, 409)
    assert again.content == first.content
    assert again["Content-Type"] == "application/problem+json"
    assert again["Idempotent-Replayed"] == "true"
    assert toy.ran == ["one"]


class TooMany(Refusal):
    """A toy 429."""

    code = "toy_too_many"
    kind = Kind.TOO_MANY


class SignedOut(Refusal):
    """A toy 401."""

    code = "toy_signed_out"
    kind = Kind.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SignedOut("Sign in."), 401),
        (TooMany("Slow down."), 429),
        (toy.ToyDown("Down."), 503),
        (ZeroDivisionError(), 500),
    ],
)
def test_what_may_pass_later_is_never_kept(error: Exception, status: int) -> None:
    toy.behaviour["raise"] = error
    first = post()
    toy.behaviour.clear()

    again = post()

    assert (first.status_code, again.status_code) == (status, 201)
    assert "Idempotent-Replayed" not in again


def test_a_crash_after_the_effect_is_resumed_behind_it() -> None:
    toy.behaviour["crash"] = ZeroDivisionError()
    first = post()

    again = post()

    assert (first.status_code, again.json()["text"]) == (500, "resumed one")


def test_a_secret_is_not_stored_and_is_fetched_again() -> None:
    first, again = post(count=1), post(count=1)

    assert first.json() == {"text": "one", "secret": "s3cret"}
    assert b"s3cret" not in bytes(record().body or b"")
    assert again.json() == {"text": "one", "secret": "again one"}


def test_a_twin_in_flight_is_told_to_come_back() -> None:
    entered = threading.Event()
    toy.behaviour.update({"wait": True, "entered": entered})
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(_closing(post))
        assert entered.wait(5)
        twin = post()
        toy.gate.set()

    assert (twin.status_code, twin.json()["code"]) == (409, "request_in_flight")
    assert twin["Retry-After"] == "1"
    assert first.result().status_code == 201
    assert post().content == first.result().content
    assert toy.ran == ["one"]


def test_32_concurrent_posts_under_one_key_have_one_effect_and_one_body() -> None:
    def insist(_: int) -> Response:
        while (response := post()).status_code == 409:
            time.sleep(0.02)
        return response

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(_closing(insist), range(32)))

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, b'{"text":"one","secret":"s3cret"}')
    }
    assert toy.ran == ["one"]


def _begin() -> Any:
    return idempotency.begin(
        principal="usr_1", route="POST /x", key="k", fingerprint="f", now=clock.now()
    )


def test_a_lease_that_ran_out_is_taken_over() -> None:
    with clock.travel(clock.now() - timedelta(seconds=31)):
        _begin()

    successor = _begin()

    assert successor.recovery == {}


def test_the_predecessor_of_a_take_over_can_do_nothing_more() -> None:
    with clock.travel(clock.now() - timedelta(seconds=31)):
        predecessor = _begin()
    successor = _begin()

    with pytest.raises(LeaseLost), transaction.atomic():
        AuditEntry.objects.create(
            at=clock.now(), actor="a", action="effect", object_type="x", object_id="1"
        )
        idempotency.reach(predecessor, effect="late")
    idempotency.finish(predecessor, idempotency.Answer(200, b"late", "application/json"))
    idempotency.finish(successor, idempotency.Answer(201, b"ours", "application/json"))

    assert AuditEntry.objects.count() == 0
    assert (record().status, bytes(record().body or b"")) == (201, b"ours")


def test_the_successor_sees_a_recovery_point_that_commits_while_it_waits() -> None:
    with clock.travel(clock.now() - timedelta(seconds=31)):
        predecessor = _begin()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        idempotency.reach(predecessor, session="ses_1")
        successor = pool.submit(_closing(_begin))
        time.sleep(0.2)
        waits = not successor.done()

    assert waits
    assert successor.result().recovery == {"session": "ses_1"}


def test_keys_are_forgotten_after_30_days() -> None:
    with clock.travel(clock.now() - timedelta(days=31)):
        _begin()
    post()

    assert idempotency.purge(now=clock.now()) == 1
    assert record().route == "POST /api/once"


def _closing(function: Any) -> Any:
    """Run in a thread and close the thread's database connection behind it."""

    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        finally:
            connection.close()

    return call
