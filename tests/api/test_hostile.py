"""Hostile input meets every operation: nothing answers 5xx, and every list reads afterwards."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from api.management.commands import openapi
from kernel.ids import public_id
from scheduling.models import Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.standin import StandIn

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
WORDS = [
    "",
    " ",
    "0",
    "-1",
    "2147483648",
    "9223372036854775808",
    "1" + "0" * 20,
    "1" * 5000,
    "1e999",
    "NaN",
    "Infinity",
    "null",
    "true",
    "\x00",
    "a\x00b",
    "\ud800",
    "ſ𝕊İ\u202e\ufeff",
    "x" * 70_000,
    "' OR 1=1 --",
    "%s%n{0}${7*7}",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-01:00",
    "0001-01-01T00:00:00+14:00",
    "2027-03-28T02:30:00",
    "2027-01-01T00:00:00Z",
    "ses_" + "0" * 26,
    "ses_" + "z" * 26,
    "pay_" + "٣" * 26,
]
VALUES: list[Any] = [
    *(word for word in WORDS if "\ud800" not in word),
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**40,
    1.5,
    -0.0,
    1e308,
    [],
    {},
    [[[[]]]],
    {"a": {"b": {}}},
    ["x"] * 1000,
]
BODIES = {
    "empty": b"",
    "blank": b" ",
    "null": b"null",
    "a number": b"5",
    "a text": b'"x"',
    "a list": b"[]",
    "cut short": b'{"a": ',
    "broken utf-8": b'{"a": "\xff\xfe\xfa"}',
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "duplicate names": b'{"reason": "a", "reason": "b"}',
    "nan": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "a huge float": b'{"a": 1e999}',
    "a huge integer": b'{"a": ' + b"9" * 5000 + b"}",
    "nul": b'{"a": "\\u0000"}',
    "half a pair": b'{"a": "\\ud800"}',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "two megabytes": b'{"a": "' + b"x" * 2_000_000 + b'"}',
}
HEADERS = {
    "Idempotency-Key": ["", " ", "x" * 300, "é", "a b", "\t"],
    "Authorization": ["", "Bearer", "Bearer ", "Bearer x.y.z", "Basic x", "Bearer " + "x" * 9000],
    "If-None-Match": ["", "*", '"', 'W/"x', "x" * 5000],
    "If-Match": ["", "*", '"'],
    "Content-Type": ["", "text/plain", "application/json; charset=utf-7", "multipart/form-data"],
    "Content-Length": ["", "-1", "x"],
    "X-Request-Id": ["", "x" * 500, "é\t"],
    "X-Forwarded-For": ["", ",,,", "x" * 5000, "::1, \x7f"],
    "Origin": ["null", "x" * 5000],
    "Stripe-Signature": ["", "t=,v1=", "t=1,v1=é", "t=" + "9" * 5000 + ",v1=00"],
}


@pytest.fixture
def market(standin: StandIn) -> Market:
    made = open_market(listed=True)
    made.held()
    return made


class Volley:
    """Calls everything and remembers what answered 5xx, or in another form than ours."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.broken: list[str] = []
        self.count = 0
        self._callers = itertools.cycle([market.ann, market.ada, Caller()])
        self._keys = itertools.count()

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> None:
        caller = next(self._callers)
        sent = {**caller.headers, "Idempotency-Key": f"hostile-{next(self._keys)}", **headers}
        content_type = sent.pop("Content-Type", "application/json")
        answer = caller._client.generic(method, path, body, content_type=content_type, headers=sent)
        self.count += 1
        failure = answer.status_code >= 400
        problem = answer.get("Content-Type", "") == "application/problem+json"
        if answer.status_code >= 500 or failure != problem:
            shown = f"{method} {path[:120]} {body[:60]!r} {headers!r:.120}"
            self.broken.append(f"{answer.status_code} {shown}")

    def check(self) -> None:
        """Assert that nothing broke, and that all lists can still be read."""
        assert self.broken == []
        for caller, path in itertools.product(
            (self.market.ann, self.market.ada),
            ("/api/mentors", "/api/sessions", "/api/payments", "/api/users/sessions"),
        ):
            assert caller.get(path).status_code == 200


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] != "users_logout":  # it would sign the callers out
                yield path, method.upper(), operation


def concrete(path: str, value: str | None = None) -> str:
    """Fill the placeholders: with what exists, or with `value`."""
    known = {
        "slug": "ada",
        "session_id": public_id("ses", Session.objects.values_list("pk", flat=True)[0]),
        "payment_id": "pay_" + "0" * 26,
        "sign_in_id": "sgn_" + "0" * 26,
        "code": "slot_taken",
    }
    for name, good in known.items():
        path = path.replace(f"{{{name}}}", good if value is None else quoted(value))
    return path


def quoted(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode("utf-8", "surrogatepass"))


def test_hostile_words_in_addresses(market: Market) -> None:
    volley = Volley(market)
    for path, method, _ in operations():
        if "{" in path:
            for word in WORDS:
                volley.call(method, concrete(path, word), b"{}")

    volley.check()
    assert volley.count > 200


def test_hostile_words_in_queries(market: Market) -> None:
    volley = Volley(market)
    for path, method, operation in operations():
        good = concrete(path)
        names = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
        rest = f"&session_type={market.kind.public_id}&at=2027-01-01T00:00:00Z"
        for name, word in itertools.product(names, WORDS):
            volley.call(method, f"{good}?{name}={quoted(word)}{rest}")

    volley.check()
    assert volley.count > 500


def test_hostile_values_in_bodies(market: Market) -> None:
    volley = Volley(market)
    for path, method, operation in operations():
        schema = _body_schema(operation)
        for name, value in itertools.product(schema.get("properties", {}), VALUES):
            body = dict.fromkeys(schema["properties"], "x") | {name: value}
            volley.call(method, concrete(path), json.dumps(body).encode())

    volley.check()
    assert volley.count > 500


def _body_schema(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    text = json.dumps(content)
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if f'"#/components/schemas/{name}"' in text:
            return dict(schema)
    return {}


def test_hostile_bodies(market: Market) -> None:
    volley = Volley(market)
    for path, method, _ in operations():
        for body in BODIES.values():
            volley.call(method, concrete(path), body)

    volley.check()
    assert volley.count > 300


def test_hostile_headers(market: Market) -> None:
    """Headers are read before and around operations: one of each kind meets them all."""
    kinds = {"mentors_get", "sessions_create", "users_profile_update", "payments_webhook_stripe"}
    volley = Volley(market)
    for path, method, operation in operations():
        if operation["operationId"] not in kinds:
            continue
        for name, values in HEADERS.items():
            for value in values:
                volley.call(method, concrete(path), b"{}", **{name: value})

    volley.check()
    assert volley.count > 100


def test_every_method_on_every_address(market: Market) -> None:
    volley = Volley(market)
    addresses = [concrete(path) for path in DOCUMENT["paths"]]
    addresses.remove("/api/users/logout")
    for path, method in itertools.product([*addresses, "/api", "/api/", "/api/x"], METHODS):
        volley.call(method, path)

    volley.check()
