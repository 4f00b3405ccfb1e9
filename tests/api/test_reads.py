"""Reads are counted: of a person, or of an address; what the headers say; what never counts."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.api.callers import Caller, Served, bearer
from tests.factories.people import ClientFactory

pytestmark = pytest.mark.django_db
PROFILE = "/api/users/profile"


def test_reads_are_counted_and_every_answer_says_so(settings: Settings) -> None:
    settings.API_READS_PER_MINUTE = 2
    ann = Caller(ClientFactory().user)

    answers = [ann.get(PROFILE) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]
    assert answers[0]["RateLimit-Policy"] == '"reads";q=2;w=60'
    assert answers[2].json()["code"] == "rate_limited"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_people_behind_one_address_share_no_limit(settings: Settings) -> None:
    settings.API_READS_PER_MINUTE = 1
    ann, ben = (Caller(ClientFactory().user) for _ in range(2))

    assert [caller.get(PROFILE).status_code for caller in (ann, ben, ann)] == [200, 200, 429]


def test_a_forged_forwarded_address_is_no_way_around_it(client: Client, settings: Settings) -> None:
    settings.API_READS_PER_MINUTE = 1

    statuses = [
        client.get(
            "/api/problems/slot_taken", headers={"X-Forwarded-For": f"10.0.0.{number}"}
        ).status_code
        for number in range(3)
    ]

    assert statuses == [200, 429, 429]


def test_behind_a_proxy_of_ours_what_the_client_put_before_it_does_not_matter(
    client: Client, settings: Settings
) -> None:
    settings.API_READS_PER_MINUTE = 1
    settings.TRUSTED_PROXIES = 1

    statuses = [
        client.get(
            "/api/problems/slot_taken", headers={"X-Forwarded-For": f"{forged}, {seen}"}
        ).status_code
        for forged, seen in [("1.1.1.1", "10.0.0.1"), ("2.2.2.2", "10.0.0.1"), ("", "10.0.0.2")]
    ]

    assert statuses == [200, 429, 200]


def test_whoever_guesses_addresses_or_tokens_is_counted_too(
    client: Client, settings: Settings
) -> None:
    settings.API_READS_PER_MINUTE = 2

    answers = [
        client.get("/api/nothing"),
        client.get(PROFILE, headers={"Authorization": "Bearer forged"}),
        client.get(PROFILE),
        client.get("/api/nothing"),
    ]

    assert [answer.status_code for answer in answers] == [404, 401, 429, 429]
    assert all("RateLimit" in answer and "RateLimit-Policy" in answer for answer in answers)
    assert answers[3]["Content-Type"] == "application/problem+json"


def test_a_head_is_a_read_and_a_preflight_is_none(client: Client, settings: Settings) -> None:
    settings.API_READS_PER_MINUTE = 1
    asking = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}

    preflights = [client.options(PROFILE, headers=asking).status_code for _ in range(3)]
    heads = [client.head("/api/problems/slot_taken").status_code for _ in range(2)]

    assert (preflights, heads) == ([204] * 3, [200, 429])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path / "server.log", API_READS_PER_MINUTE="20") as running:
        yield running


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_web_processes_count_together(served: Served) -> None:
    headers = bearer(ClientFactory().user)

    statuses = []
    for number in range(40):  # a connection each: either worker takes it
        forged = {**headers, "X-Forwarded-For": f"10.0.1.{number}"}
        answer = httpx.get(f"{served.url}{PROFILE}", headers=forged, trust_env=False)
        statuses.append(answer.status_code)

    assert statuses == [200] * 20 + [429] * 20
