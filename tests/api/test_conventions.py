"""What holds for every operation of the document, asked of each of them."""

import json
from contextlib import ExitStack
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from api.management.commands import openapi
from api.permissions import PERMISSIONS, Who
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.api.matrix.rows import filled
from tests.api.matrix.table import ROWS
from tests.api.matrix.world import MISSING_ID
from tests.api.worlds import WORLDS, stage_of
from tests.standin import StandIn

pytest_plugins = ["tests.standin"]
pytestmark = pytest.mark.django_db

DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
WEBHOOKS = {name for name in OPERATIONS if "_webhook_" in name}
WITH_BODY = [name for name, (_, _, one) in OPERATIONS.items() if "requestBody" in one]
KEYED = [
    name
    for name, (_, _, one) in OPERATIONS.items()
    if any(parameter["name"] == "Idempotency-Key" for parameter in one["parameters"])
]
CONDITIONAL = {
    "users_profile_update",
    "users_notifications_replace",
    "mentors_me_availability_replace",
    "mentors_me_offers_change",
    "mentors_me_page_change",
    "webhooks_endpoints_change",
}
# What the CMS publishes is the same for everybody: kept, and asked for again each time.
KEPT = {"content_navigation", "content_page"}
MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}
PROBLEM = "application/problem+json"


@pytest.fixture
def market() -> Market:
    return open_market(listed=True)


def of(name: str, market: Market) -> Caller:
    """Return somebody who gets past the guard of the operation."""
    match PERMISSIONS[name]:
        case Who.MENTOR:
            return market.bob
        case Who.ANYONE:
            return Caller()
        case _:
            return market.ben


class Nobodys(dict[str, str]):
    """What stands for each object of the matrix: an id that nobody has."""

    def __missing__(self, name: str) -> str:
        return PREFIXES[name.removeprefix("own.")] + f"_{MISSING_ID}"


PREFIXES = {
    "calendar": "cal", "conversation": "cnv", "delivery": "whd", "endpoint": "whk",
    "goal": "gol", "group": "sty", "held": "ses", "incident": "inc", "intent": "pay",
    "kind": "sty", "meeting": "mtg", "message": "msg", "milestone": "mls", "moving": "ses",
    "offer": "pko", "over": "ses", "package": "pkg", "passkey": "pky", "payment": "pay",
    "proposal": "prp", "review": "rev", "running": "ses", "series": "srs", "session": "ses",
    "sign_in": "sgn", "statement": "po", "wait": "wtl",
}  # fmt: skip
NOBODYS = Nobodys({
    "mentor": "nobody", "own.mentor": "nobody",
    "starts_at": "2027-03-01T09:00:00Z", "own.starts_at": "2027-03-01T09:00:00Z",
})  # fmt: skip


def path_of(name: str) -> str:
    """Return an address of the operation, of things that nobody has."""
    path: str = filled(ROWS[name].call, NOBODYS).partition(" ")[2]
    return path


def example_of(name: str) -> Any:
    body = OPERATIONS[name][2].get("requestBody")
    return body["content"]["application/json"]["example"] if body else None


def call(caller: Caller, name: str, body: Any = None, **changes: Any) -> Any:
    """Call the operation; what is None in `headers` is not sent."""
    headers = {"Idempotency-Key": f"key-{name}", **caller.headers, **changes.pop("headers", {})}
    sent = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return caller._client.generic(
        changes.pop("method", OPERATIONS[name][0]),
        changes.pop("path", path_of(name)),
        sent if name in WITH_BODY or isinstance(body, bytes) else b"",
        content_type=changes.pop("content_type", "application/json"),
        headers={key: value for key, value in headers.items() if value is not None},
    )


def check_problem(answer: Any, status: int, *, name: str) -> dict[str, Any]:
    """Check the shape that every failure has; return it."""
    assert answer.status_code == status, (name, answer.status_code, answer.content)
    assert answer["Content-Type"] == PROBLEM, name
    body: dict[str, Any] = answer.json()
    assert set(body) >= MEMBERS, name
    assert body["status"] == status, name
    assert body["type"].endswith(f"/api/problems/{body['code']}"), name
    assert body["request_id"] == answer["X-Request-Id"], name
    assert answer["Cache-Control"] == "no-store", name
    assert str(status) in OPERATIONS[name][2]["responses"], (name, status)
    return body


def test_every_answer_carries_the_request_id_and_is_stored_nowhere(market: Market) -> None:
    for name in OPERATIONS:
        answer = call(of(name, market), name, example_of(name), headers={"X-Request-Id": "mine-1"})
        again = call(of(name, market), name, example_of(name), headers={"X-Request-Id": "<odd>"})

        assert answer["X-Request-Id"] == "mine-1", name
        assert again["X-Request-Id"].startswith("req_"), name
        kept = name in KEPT and answer.status_code == 200
        assert answer["Cache-Control"] == ("public, no-cache" if kept else "no-store"), name
        if answer.status_code >= 400:
            check_problem(answer, answer.status_code, name=name)


def test_what_needs_a_token_refuses_none_and_a_false_one(market: Market) -> None:
    for name, who in PERMISSIONS.items():
        if who is not Who.ANYONE:
            for headers in ({}, {"Authorization": "Bearer nonsense"}):
                answer = call(Caller(), name, example_of(name), headers=headers)
                check_problem(answer, 401, name=name)
                assert answer["WWW-Authenticate"].startswith("Bearer"), name


def test_a_body_is_json_up_to_a_megabyte_without_unknown_members(market: Market) -> None:
    for name in WITH_BODY:
        caller = of(name, market)
        unknown = call(caller, name, {**example_of(name), "nonsense": 1}, headers={"If-Match": "*"})
        odd = call(caller, name, example_of(name), content_type="text/plain")
        large = call(caller, name, b'"' + b"x" * 1_100_000 + b'"')
        broken = call(caller, name, b"{")

        found = check_problem(unknown, 422, name=name)
        assert "#/nonsense" in {one.get("pointer") for one in found["errors"]}, (name, found)
        check_problem(odd, 415, name=name)
        check_problem(large, 413, name=name)
        check_problem(broken, 400, name=name)


def test_what_takes_a_key_refuses_to_go_without(market: Market) -> None:
    assert len(KEYED) > 20
    for name in KEYED:
        answer = call(of(name, market), name, example_of(name), headers={"Idempotency-Key": None})

        assert check_problem(answer, 400, name=name)["code"] == "idempotency_key_missing"


def test_every_list_refuses_a_false_cursor_and_a_limit_beyond_its_bounds(market: Market) -> None:
    lists = {
        name: {one["name"] for one in operation["parameters"]}
        for name, (_, _, operation) in OPERATIONS.items()
    }
    with_cursor = [name for name, sent in lists.items() if "cursor" in sent]
    assert len(with_cursor) >= 12

    for name in with_cursor:
        assert "limit" in lists[name], name
        caller, path = of(name, market), path_of(name).replace("nobody", "ada")
        if name == "webhooks_deliveries_list":
            endpoint = caller.post("/api/webhooks/endpoints", {"url": "https://ben.example/"})
            path = f"/api/webhooks/endpoints/{endpoint.json()['id']}/deliveries"
        for wrong in ("nonsense", "a:b:c", "%00"):
            answer = call(caller, name, path=f"{path}?cursor={wrong}")
            check_problem(answer, 400, name=name)
        for wrong in ("0", "-1", "101", "x", "9" * 20):
            check_problem(call(caller, name, path=f"{path}?limit={wrong}"), 422, name=name)
        page = call(caller, name, path=f"{path}?limit=100").json()
        assert {"items", "next", "prev"} <= set(page) or "lines" in page, (name, list(page))


def test_a_wrong_method_is_a_problem_that_says_which_are_right(market: Market) -> None:
    for name, (_, path, _) in OPERATIONS.items():
        methods = {one.upper() for one in DOCUMENT["paths"][path]}
        answer = call(of(name, market), name, method="TRACE")

        assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM), name
        assert methods <= {one.strip() for one in answer["Allow"].split(",")}, name


def test_every_change_is_counted_and_says_what_is_left(market: Market) -> None:
    for name, (method, _, _) in OPERATIONS.items():
        if method != "GET" and name not in WEBHOOKS:
            answer = call(of(name, market), name, example_of(name))

            assert answer["RateLimit-Policy"], name
            assert answer["RateLimit"], name


@pytest.mark.parametrize("name", sorted(CONDITIONAL))
def test_a_change_of_what_was_read_says_what_was_read(
    name: str, standin: StandIn, settings: Settings
) -> None:
    with ExitStack() as later:
        world = WORLDS[name](stage_of(standin, later))
    read = filled(OPERATIONS[name][1], world.path)
    before = world.caller.get(read)
    body = {**example_of(name), **world.body}

    without = call(world.caller, name, body, path=read)
    stale = call(world.caller, name, body, path=read, headers={"If-Match": '"stale"'})
    unchanged = world.caller.get(read, **{"If-None-Match": before["ETag"]})
    good = call(world.caller, name, body, path=read, headers={"If-Match": before["ETag"]})
    again = call(world.caller, name, body, path=read, headers={"If-Match": before["ETag"]})

    check_problem(without, 428, name=name)
    check_problem(stale, 412, name=name)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert good.status_code == 200, good.content
    assert good["ETag"] == world.caller.get(read)["ETag"] != before["ETag"]
    check_problem(again, 412, name=name)


def test_what_asks_for_a_condition_is_tested_above() -> None:
    asking = {name for name, (_, _, one) in OPERATIONS.items() if "428" in one["responses"]}

    assert asking == {*CONDITIONAL, "mentors_me_payout_account_open"}  # with `replace` alone


def test_the_checks_above_can_fail(market: Market) -> None:
    """The negative control: a success is no problem, and a problem is not another one."""
    fine = call(market.ann, "sessions_list")
    lost = call(market.ann, "sessions_get")

    with pytest.raises(AssertionError):
        check_problem(fine, 200, name="sessions_list")
    with pytest.raises(AssertionError):
        check_problem(lost, 409, name="sessions_get")
    assert check_problem(lost, 404, name="sessions_get")["code"] == "not_found"
