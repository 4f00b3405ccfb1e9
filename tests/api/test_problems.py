"""Whatever goes wrong under /api/ leaves as RFC 9457 problem+json."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

Response = Any  # the test client's own response type is private

pytestmark = [pytest.mark.urls("tests.api.toy"), pytest.mark.django_db]

MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}


def problem(response: Response, status: int, code: str) -> dict[str, Any]:
    """Assert the whole shape of a problem and return it."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = json.loads(response.content)
    assert set(body) >= MEMBERS
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"] == f"http://127.0.0.1:8000/api/problems/{code}"
    assert body["request_id"] == response["X-Request-Id"]
    return body


def post(client: Client, body: bytes | str, content_type: str = "application/json") -> Response:
    return client.post("/api/echo", data=body, content_type=content_type)


def test_a_refusal_keeps_its_words_and_its_facts(client: Client) -> None:
    body = problem(client.get("/api/fail/taken"), 409, "toy_taken")

    assert body["title"] == "Toy taken"
    assert body["detail"] == "Taken."
    assert body["alternatives"] == [{"token": "t1"}]
    assert body["price"] == {"amount": 10000, "currency": "USD"}


def test_an_invalid_value_is_pointed_at(client: Client) -> None:
    body = problem(client.get("/api/fail/invalid"), 422, "invalid")

    assert body["errors"] == [{"pointer": "#/text", "detail": "Too short.", "code": "invalid"}]


def test_a_dependency_that_is_down_says_when_to_come_back(client: Client) -> None:
    response = client.get("/api/fail/down")

    problem(response, 503, "toy_down")
    assert response["Retry-After"] == "7"


def test_a_lost_database_is_a_503_that_names_no_host(client: Client) -> None:
    response = client.get("/api/fail/database")

    problem(response, 503, "dependency_down")
    assert b"10.1.2.3" not in response.content


def test_a_bug_is_a_500_that_says_nothing_but_its_request_id(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="api.errors"):
        response = client.get("/api/fail/bug", headers={"X-Request-Id": "abc-123"})

    body = problem(response, 500, "internal_error")
    assert body["request_id"] == "abc-123"
    assert b"secret detail" not in response.content
    assert "abc-123" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/nothing/", "/api/echo/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_unknown_address_is_a_problem_and_never_a_redirect(
    client: Client, path: str, method: str
) -> None:
    response = getattr(client, method)(path)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    response = client.delete("/api/echo")

    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "POST"


def test_a_missing_token_is_a_401_with_its_challenge(client: Client) -> None:
    response = client.get("/api/rows")

    problem(response, 401, "unauthenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="counterfoil"'


def test_every_bad_value_is_pointed_at(client: Client) -> None:
    response = post(client, '{"text": "x", "count": "five", "a/b": 1, "at": "2027-01-01T00:00:00"}')

    body = problem(response, 422, "validation_failed")
    assert {error["pointer"] for error in body["errors"]} == {"#/count", "#/a~1b", "#/at"}


def test_a_bad_parameter_is_named(client: Client) -> None:
    body = problem(client.get("/api/at?at=2027-01-01T00:00:00Z&limit=0"), 422, "validation_failed")

    assert [(error["in"], error["parameter"]) for error in body["errors"]] == [("query", "limit")]


def test_a_missing_body_is_a_422(client: Client) -> None:
    problem(post(client, ""), 422, "validation_failed")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"],
)
def test_a_body_of_another_kind_is_a_415(client: Client, content_type: str) -> None:
    problem(post(client, '{"text": "x"}', content_type), 415, "unsupported_media_type")


def test_a_body_in_json_with_a_charset_is_taken(client: Client) -> None:
    response = post(client, '{"text": "ü"}', "application/json; charset=UTF-8")

    assert (response.status_code, response.json()) == (200, {"text": "ü", "secret": None})


MALFORMED = {
    "not json": b"{",
    "nothing but a word": b"nope",
    "broken utf-8": b'{"text": "\xff\xfe"}',
    "duplicate names": b'{"text": "a", "text": "b"}',
    "nan": b'{"text": NaN}',
    "infinity": b'{"text": -Infinity}',
    "a number too large": b'{"text": 1e999}',
    "a number too long": b'{"text": ' + b"1" * 5000 + b"}",
    "nul": b'{"text": "a\\u0000b"}',
    "half a surrogate pair": b'{"text": "\\ud800"}',
    "half a surrogate pair in a name": b'{"\\udfff": 1}',
    "a little too deep": b'{"text": ' + b"[" * 33 + b"]" * 33 + b"}",
    "far too deep": b"[" * 200_000 + b"]" * 200_000,
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_body_that_is_not_strictly_json_is_a_400(client: Client, body: bytes) -> None:
    problem(post(client, body), 400, "malformed_json")


def test_depth_alone_is_no_fault(client: Client) -> None:
    body = b'{"text": ' + b"[" * 31 + b"]" * 31 + b"}"

    problem(post(client, body), 422, "validation_failed")


def test_a_body_of_two_megabytes_is_a_413(client: Client) -> None:
    problem(post(client, b'{"text": "' + b"x" * 2_000_000 + b'"}'), 413, "payload_too_large")


@pytest.mark.parametrize("path", ["/api/at?at=%00", "/api/fail/a%00b"])
def test_a_nul_in_the_address_is_a_400(client: Client, path: str) -> None:
    problem(client.get(path), 400, "nul_byte")


def test_a_forged_host_is_a_400(client: Client) -> None:
    problem(client.get("/api/nothing", headers={"Host": "evil.example"}), 400, "bad_request")


HOSTILE_INSTANTS = [
    "2027-01-01T00:00:00",
    "2027-01-01",
    "1700000000",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1999-12-31T23:59:59Z",
    "2100-01-01T00:00:01Z",
    "2027-02-30T00:00:00Z",
    "2027-01-01T25:00:00Z",
    "2027-01-01T00:00:00+99:99",
    "٢٠٢٧-01-01T00:00:00Z",
    "now",
    "x" * 5000,
]


@pytest.mark.parametrize("text", HOSTILE_INSTANTS)
def test_an_instant_outside_the_rules_is_a_422(client: Client, text: str) -> None:
    problem(client.get("/api/at", {"at": text}), 422, "validation_failed")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-03-01T09:00:00+01:00", "2027-03-01T08:00:00+00:00"),
        ("2027-03-01T09:00:00 01:00", "2027-03-01T08:00:00+00:00"),  # an unescaped plus
        ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00+00:00"),
        ("2100-01-01T00:00:00Z", "2100-01-01T00:00:00+00:00"),
        ("2027-03-01t09:00:00.5z", "2027-03-01T09:00:00.500000+00:00"),
    ],
)
def test_an_instant_with_an_offset_is_understood(client: Client, text: str, instant: str) -> None:
    assert client.get("/api/at", {"at": text}).json()["text"] == instant


@pytest.mark.parametrize("limit", ["-1", "0", "101", "1" + "0" * 20, "1.5", "x", "NaN", "1" * 5000])
def test_a_limit_outside_1_to_100_is_a_422(client: Client, limit: str) -> None:
    response = client.get("/api/at", {"at": "2027-01-01T00:00:00Z", "limit": limit})

    problem(response, 422, "validation_failed")
