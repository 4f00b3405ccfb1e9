"""Every example of the document is true: bodies are sent, answers hold to their schemas."""

import copy
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from pytest_django.fixtures import Settings

from api.management.commands import openapi
from tests.api.worlds import WORLDS, Stage, World, stage_of
from tests.standin import StandIn

pytest_plugins = ["tests.standin"]

DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
# Where If-Match is asked for, the example is a change of what this address answers.
READ_FIRST = {
    "users_profile_update": "/api/users/profile",
    "users_notifications_replace": "/api/users/notifications",
    "mentors_me_availability_replace": "/api/mentors/me/availability",
    "webhooks_endpoints_change": "",  # its own
    "mentors_me_offers_change": "",
    "mentors_me_page_change": "",
}


def example_of(operation: dict[str, Any]) -> Any:
    return operation["requestBody"]["content"]["application/json"]["example"]


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    """Return what is wrong with a value by a schema of the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def exchanged(example: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the example with what belongs to the moment in its place, and nothing added."""
    assert set(given) <= set(example), "a test may exchange what the example has, and add nothing"
    return {**example, **given}


@pytest.fixture
def stage(standin: StandIn, settings: Settings, tmp_path: Any) -> Iterator[Stage]:
    settings.DEMO_MFA = True
    with ExitStack() as later:
        yield stage_of(standin, later)


def test_every_body_has_an_example_and_every_example_a_test() -> None:
    with_body = {name for name, (_, _, one) in OPERATIONS.items() if "requestBody" in one}

    assert with_body == set(WORLDS)
    for name in with_body:
        assert isinstance(example_of(OPERATIONS[name][2]), dict), name


@pytest.mark.django_db
@pytest.mark.parametrize("name", WORLDS)
def test_the_example_does_what_the_document_says(name: str, stage: Stage) -> None:
    method, path, operation = OPERATIONS[name]
    world: World = WORLDS[name](stage)
    for member, value in world.path.items():
        path = path.replace(f"{{{member}}}", quote(value))
    headers = {**world.caller.headers, "Idempotency-Key": f"example-{name}"}
    if name in READ_FIRST:
        headers["If-Match"] = world.caller.get(READ_FIRST[name] or path)["ETag"]

    answer = world.caller._client.generic(
        method.upper(),
        path,
        json.dumps(exchanged(example_of(operation), world.body)),
        content_type="application/json",
        headers=headers,
    )

    assert answer.status_code < 300, answer.content
    documented = operation["responses"][str(answer.status_code)]
    content = documented.get("content", {})
    if content:
        assert faults(content["application/json"]["schema"], answer.json()) == []
    else:
        assert answer.content == b""


def test_every_example_of_an_answer_holds_to_its_schema() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    shown = {name: schema["examples"] for name, schema in schemas.items() if "examples" in schema}

    assert len(shown) > 100
    for name, values in shown.items():
        for value in values:
            assert faults({"$ref": f"#/components/schemas/{name}"}, value) == [], name


def test_an_example_that_does_not_hold_is_noticed() -> None:
    """The negative control of the two above."""
    false = copy.deepcopy(DOCUMENT["components"]["schemas"]["SessionOut"]["examples"][0])
    false["price"]["currency"] = "dollars"

    found = faults({"$ref": "#/components/schemas/SessionOut"}, false)

    assert found == ["'dollars' is too long", "'dollars' does not match '^[A-Z]{3}$'"]
    with pytest.raises(AssertionError, match="add nothing"):
        exchanged({"title": "A new job"}, {"percent": 5})
