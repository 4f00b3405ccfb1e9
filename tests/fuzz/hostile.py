"""The matrix of hostile input, made from the document: each operation with every kind that fits.

An operation's own parameters and the members of its own body are the places; what is put there
comes from the lists below. A new operation is covered without a word here.
"""

import copy
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from schemathesis import GenerationMode

from tests.fuzz.document import filled, parameters_of
from tests.fuzz.drawing import Values, boundaries

# Texts for addresses, queries and members, by what they try.
WORDS = {
    "nothing": "",
    "a blank": " ",
    "below one": "-1",
    "over int4": "2147483648",
    "over int8": "9223372036854775808",
    "10^20": "1" + "0" * 20,
    "5000 digits": "1" * 5000,
    "an exponent": "1e999",
    "NaN": "NaN",
    "infinity": "Infinity",
    "null": "null",
    "true": "true",
    "a NUL": "\x00",
    "a NUL within": "a\x00b",
    "half a pair": "\ud800",
    "odd letters": "ſ𝕊İ\u202e\ufeff",
    "digits of another script": "pay_" + "٣" * 26,
    "70,000 letters": "x" * 70_000,
    "SQL": "' OR 1=1 --",
    "formats": "%s%n{0}${7*7}",
    "a path": "../../etc/passwd",
    "markup": "<script>alert(1)</script>",
    "the end of time": "9999-12-31T23:59:59Z",
    "an hour after it": "9999-12-31T23:59:59-01:00",
    "before year 1": "0001-01-01T00:00:00+14:00",
    "a naive time": "2027-03-28T02:30:00",
    "a day that is none": "2027-02-30T00:00:00Z",
    "the first instant": "2000-01-01T00:00:00Z",
    "the last instant": "2100-01-01T00:00:00Z",
    "the last day": "9999-12-31",
    "an id of nobody": "ses_" + "0" * 26,
    "an id too large": "ses_" + "z" * 26,
}
VALUES: dict[str, Any] = {
    **{what: word for what, word in WORDS.items() if what != "half a pair"},
    "no value": None,
    "a truth": True,
    "zero": 0,
    "minus one": -1,
    "int4 + 1": 2**31,
    "int8 + 1": 2**63,
    "10^40": 10**40,
    "one and a half": 1.5,
    "minus nothing": -0.0,
    "1e308": 1e308,
    "an empty list": [],
    "an empty object": {},
    "lists in lists": [[[[]]]],
    "objects in objects": {"a": {"b": {}}},
    "a thousand texts": ["x"] * 1000,
}
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
    "If-Match": ["", "*", '"', 'W/"x'],
    "Content-Type": [
        "",
        "text/plain",
        "application/json; charset=utf-7",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "application/problem+json",
    ],
    "Content-Length": ["", "-1", "x"],
    "Accept": ["", "text/html", "x" * 5000],
    "Cookie": ["", "a=\x7f; =; refresh_token=x", "x" * 5000],
    "X-Request-Id": ["", "x" * 500, "é\t"],
    "X-Forwarded-For": ["", ",,,", "x" * 5000, "::1, \x7f"],
    "Origin": ["null", "x" * 5000],
    "Stripe-Signature": ["", "t=,v1=", "t=1,v1=é", "t=" + "9" * 5000 + ",v1=00"],
}
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One hostile request: what it tries, where it goes and what it carries."""

    what: str
    address: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


def attempts(operation: Any, values: Values, *, all_of_them: bool) -> Iterator[Attempt]:
    """Yield every kind of input that fits the operation.

    `all_of_them` puts each word into each place; without it the places of an operation take turns,
    so that each kind meets the operation once.
    """
    good = Good(operation, values)
    yield from _addresses(operation, good)
    yield from _queries(operation, good, all_of_them)
    yield from _members(good, all_of_them)
    yield from _bodies(operation, good)
    yield from _headers(good, len(operation.path), all_of_them)


class Good:
    """A call of the operation that means no harm: the ground that each attempt changes."""

    def __init__(self, operation: Any, values: Values) -> None:
        needed = [one for one in parameters_of(operation) if one.required and one.place != "header"]
        first = {one.name: str(values[one.name][0]) for one in needed if one.name in values}
        unknown = {one.name for one in needed} - set(first)
        assert not unknown, f"tests/api/population.py names nothing for {unknown}"
        self.path = operation.path
        self.places = {one.name: first[one.name] for one in needed if one.place == "path"}
        self.query = {one.name: first[one.name] for one in needed if one.place == "query"}
        self.body = _good_body(operation, values)

    def address(
        self, *, places: dict[str, str] | None = None, query: dict[str, str] | None = None
    ) -> str:
        asked = urlencode(self.query | (query or {}), errors="surrogatepass")
        return filled(self.path, self.places | (places or {})) + (f"?{asked}" if asked else "")

    @property
    def text(self) -> bytes | None:
        return None if self.body is None else json.dumps(self.body).encode()


def _good_body(operation: Any, values: Values) -> Any:
    if "requestBody" not in operation.definition.raw:
        return None
    for case in boundaries(operation, values=values, seed=0, share=1.0):
        mode = case.meta.generation.mode
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            return case.body
    raise AssertionError(f"no valid body for {operation.label}")


def _addresses(operation: Any, good: Good) -> Iterator[Attempt]:
    for name, (what, word) in itertools.product(good.places, WORDS.items()):
        yield Attempt(f"{what} as {name}", good.address(places={name: word}), good.text)


def _queries(operation: Any, good: Good, all_of_them: bool) -> Iterator[Attempt]:
    names = [one.name for one in parameters_of(operation) if one.place == "query"]
    for name, what in _turns(names, list(WORDS), all_of_them):
        yield Attempt(f"{what} as {name}", good.address(query={name: WORDS[what]}), good.text)
    for name in names:
        twice = good.address(query={name: "1"})
        yield Attempt(f"{name} twice", f"{twice}&{name}=2", good.text)
    yield Attempt("an unknown parameter", good.address(query={"nonsense": "1"}), good.text)


def _members(good: Good, all_of_them: bool) -> Iterator[Attempt]:
    places = list(_leaves(good.body))
    for place, what in _turns(places, list(VALUES), all_of_them):
        body = copy.deepcopy(good.body)
        inner = body
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = VALUES[what]
        yield Attempt(f"{what} at {place}", good.address(), json.dumps(body).encode())


def _leaves(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if not isinstance(value, dict | list):
        return
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*above, step)
        yield from _leaves(inner, (*above, step))


def _turns(places: list[Any], kinds: list[str], all_of_them: bool) -> Iterator[tuple[Any, str]]:
    if all_of_them:
        yield from itertools.product(places, kinds)
    elif places:
        count = max(len(places), len(kinds))
        pairs = zip(itertools.cycle(places), itertools.cycle(kinds), strict=False)
        yield from itertools.islice(pairs, count)


def _bodies(operation: Any, good: Good) -> Iterator[Attempt]:
    if operation.method.upper() == "GET":
        return
    for what, body in BODIES.items():
        yield Attempt(what, good.address(), body)
    if good.body:
        yield Attempt("in a list", good.address(), json.dumps([good.body]).encode())
        text = json.dumps(good.body)
        name = json.dumps(next(iter(good.body)))
        twice = f"{{{name}: null, {text[1:]}"
        yield Attempt("a member twice", good.address(), twice.encode())


def _headers(good: Good, turn: int, all_of_them: bool) -> Iterator[Attempt]:
    """Yield each header; without `all_of_them` each operation meets another value of it."""
    for name, texts in HEADERS.items():
        for text in texts if all_of_them else [texts[turn % len(texts)]]:
            yield Attempt(f"{name}: {text:.20}", good.address(), good.text, {name: text})
