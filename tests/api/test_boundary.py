"""Headers at the boundary: caching, CORS, ETags, limits."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.api import toy

pytestmark = [pytest.mark.urls("tests.api.toy"), pytest.mark.django_db]

ORIGIN = "https://app.example"


def test_private_answers_and_problems_are_never_stored(client: Client) -> None:
    good = client.get("/api/at?at=2027-01-01T00:00:00Z")
    bad = client.get("/api/fail/taken")

    assert (good["Cache-Control"], bad["Cache-Control"]) == ("no-store", "no-store")


def test_an_unchanged_answer_is_a_304_and_a_changed_one_is_not(client: Client) -> None:
    first = client.get("/api/tagged")
    again = client.get("/api/tagged", headers={"If-None-Match": first["ETag"]})
    toy.behaviour["text"] = "other"
    changed = client.get("/api/tagged", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert (changed.status_code, changed.json()["text"]) == (200, "other")


def test_head_answers_like_get_without_the_body(client: Client) -> None:
    whole = client.get("/api/tagged")
    head = client.head("/api/tagged")
    lost = client.head("/api/nothing")

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])
    assert head["Content-Length"] == str(len(whole.content))
    assert (lost.status_code, lost.content) == (404, b"")


def test_an_origin_of_the_list_may_read_and_preflight(client: Client, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]

    answer = client.get("/api/fail/taken", headers={"Origin": ORIGIN})
    preflight = client.options(
        "/api/echo", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    )

    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert answer["Access-Control-Allow-Credentials"] == "true"
    assert preflight.status_code == 204
    assert "Idempotency-Key" in preflight["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://app.example.evil.example", "null", f"{ORIGIN}/"]
)
def test_any_other_origin_gets_no_permission(
    client: Client, settings: Settings, origin: str
) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]

    answer = client.get("/api/fail/taken", headers={"Origin": origin})
    preflight = client.options(
        "/api/echo", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
    )

    assert "Access-Control-Allow-Origin" not in answer
    assert "Access-Control-Allow-Methods" not in preflight
    assert answer["Vary"] == "Origin"


def test_writes_are_counted_and_the_headers_say_so(client: Client, settings: Settings) -> None:
    settings.API_WRITES_PER_MINUTE = 2

    answers = [
        client.post("/api/echo", '{"text": "x"}', content_type="application/json") for _ in range(3)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]
    assert answers[0]["RateLimit-Policy"] == '"writes";q=2;w=60'
    assert answers[2].json()["code"] == "rate_limited"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert client.get("/api/at?at=2027-01-01T00:00:00Z").status_code == 200


def test_a_forged_forwarded_address_is_no_way_around_the_limit(
    client: Client, settings: Settings
) -> None:
    settings.API_WRITES_PER_MINUTE = 1

    statuses = [
        client.post(
            "/api/echo",
            '{"text": "x"}',
            content_type="application/json",
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        ).status_code
        for number in range(2)
    ]

    assert statuses == [200, 429]


def test_behind_one_proxy_the_last_hop_is_counted(client: Client, settings: Settings) -> None:
    settings.API_WRITES_PER_MINUTE = 1
    settings.TRUSTED_PROXIES = 1

    statuses = [
        client.post(
            "/api/echo",
            '{"text": "x"}',
            content_type="application/json",
            headers={"X-Forwarded-For": f"{forged}, {seen}"},
        ).status_code
        for forged, seen in [
            ("1.1.1.1", "10.0.0.1"),
            ("2.2.2.2", "10.0.0.1"),
            ("1.1.1.1", "10.0.0.2"),
        ]
    ]

    assert statuses == [200, 429, 200]
