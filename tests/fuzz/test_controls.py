"""The judges can fail: a small application with planted faults, and what is said of each."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.fuzz.document import DOCUMENT, operations_of
from tests.fuzz.drawing import boundaries, draw
from tests.fuzz.hostile import JSON, attempts
from tests.fuzz.judging import PROBLEM, Range

type Answer = tuple[int, str, Any]
GOOD: Answer = (200, JSON, {"items": [1]})
SHAPE = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": {"type": "integer"}}},
}
TOY: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Toy", "version": "1"},
    "paths": {
        "/toys": {
            "post": {
                "operationId": "toys_make",
                "parameters": [],
                "requestBody": {
                    "required": True,
                    "content": {
                        JSON: {
                            "schema": {
                                "type": "object",
                                "required": ["count"],
                                "properties": {"count": {"type": "integer"}},
                            }
                        }
                    },
                },
                "responses": {
                    "200": {"description": "Made.", "content": {JSON: {"schema": SHAPE}}},
                    "422": {"description": "No.", "content": {PROBLEM: {"schema": {}}}},
                },
            }
        }
    },
}
TOYS = operations_of(TOY)["toys_make"]


def application(answer: Callable[[bytes], Answer]) -> Callable[..., Any]:
    """A WSGI application that answers as `answer` says of the body."""

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        status, media_type, value = answer(environ["wsgi.input"].read(length))
        start_response(f"{status} Said", [("Content-Type", media_type)])
        return [json.dumps(value).encode()]

    return run


def shot_at(answer: Callable[[bytes], Answer], *, count: int = 4) -> Range:
    """Draw cases for the toy and shoot them at an application."""
    range_ = Range(application(answer))
    draw(TOYS, count=count, seed=1, values={}, shot=lambda case: range_.shoot(case, {}))
    return range_


def test_what_keeps_to_its_document_is_not_blamed() -> None:
    range_ = shot_at(lambda _: GOOD)

    assert range_.statuses.total() > 2
    range_.check()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, PROBLEM, {}), "500 Server error"),
        ((418, PROBLEM, {}), "418 Undocumented status code"),
        ((200, JSON, {"items": ["one"]}), "200 Response violates schema"),
        ((200, JSON, {}), "200 Response violates schema"),
        ((200, "text/html", {"items": []}), "200 Undocumented Content-Type"),
        ((422, JSON, {}), "422 Undocumented Content-Type"),
    ],
)
def test_each_planted_fault_is_found(answer: Answer, said: str) -> None:
    range_ = shot_at(lambda _: answer)

    assert said in range_.found
    with pytest.raises(AssertionError, match=str(answer[0])):
        range_.check()


def overflowing(body: bytes) -> Answer:
    """Fail as a database does where nobody bounded a number."""
    try:
        count = json.loads(body)["count"]
        return (500, PROBLEM, {}) if type(count) is int and count >= 2**31 else GOOD
    except (ValueError, TypeError, KeyError, RecursionError):
        return 422, PROBLEM, {}


def test_the_matrix_finds_a_number_that_nobody_bounded() -> None:
    range_ = Range(application(overflowing))

    for attempt in attempts(TOYS, {}, all_of_them=False):
        range_.send(TOYS, attempt.address, attempt.body, attempt.headers)

    assert set(range_.found) == {"500 Server error", "500 Undocumented status code"}
    assert range_.statuses[500] >= 3


def test_the_boundaries_of_the_schemas_meet_each_keyword() -> None:
    bodies = [case.body for case in boundaries(TOYS, values={}, seed=0)]

    assert {} in bodies  # without the required member
    assert any(isinstance(body, list | str) for body in bodies)  # of another type


def test_a_stray_request_is_refused_as_a_problem() -> None:
    range_ = Range(application(lambda _: (405, "text/html", {})))

    answer = range_.raw("TRACE", "/toys", None, {})
    range_.judge_stray(answer, lambda: "TRACE /toys")

    assert list(range_.found) == ["405 is no problem"]


def test_every_operation_of_the_document_is_shot_at() -> None:
    """What the parametrised tests run over is the document, so a new operation is among them."""
    named = {
        operation["operationId"]
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
    }

    assert set(operations_of(DOCUMENT)) == named
