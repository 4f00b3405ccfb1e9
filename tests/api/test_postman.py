"""Postman imports the document: every operation is there, and its request can be sent as it is."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from api import examples, sign_in_examples
from api.management.commands import openapi
from launcher import contract
from launcher.errors import LauncherError
from tests.api.callers import Caller
from tests.api.worlds_of_people import person

pytestmark = pytest.mark.slow

DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())


@pytest.fixture(scope="module")
def requests() -> dict[str, dict[str, Any]]:
    """The requests of the imported collection, by the summary of their operation."""
    try:
        environment = contract.ready()
    except LauncherError as refusal:
        pytest.skip(str(refusal))
    done = subprocess.run(
        ["node", "postman.js"],
        cwd=contract.TOOLS,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return {one["name"]: one["request"] for one in leaves(json.loads(done.stdout)["item"])}


def leaves(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if "item" in item:
            yield from leaves(item["item"])
        else:
            yield item


def test_every_operation_becomes_a_request_of_its_method_and_path(
    requests: dict[str, dict[str, Any]],
) -> None:
    expected = {
        operation["summary"]: (method.upper(), path.replace("{", ":").replace("}", ""))
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }
    found = {
        name: (one["method"], "/" + "/".join(one["url"]["path"])) for name, one in requests.items()
    }

    assert found == expected


def test_a_body_is_the_example_and_a_token_is_a_variable(
    requests: dict[str, dict[str, Any]],
) -> None:
    hold = requests["Hold a slot"]

    assert json.loads(hold["body"]["raw"]) == examples.REQUESTS["sessions_create"]
    assert hold["auth"]["bearer"] == [{"key": "token", "value": "{{bearerToken}}"}]
    assert "Idempotency-Key" in {one["key"] for one in hold["header"] if not one.get("disabled")}


@pytest.mark.django_db
def test_the_imported_sign_in_signs_in(requests: dict[str, dict[str, Any]]) -> None:
    person()
    sign_in = requests["Sign in by password"]
    path = "/" + "/".join(sign_in["url"]["path"])

    answer = Caller().post(path, json.loads(sign_in["body"]["raw"]), key=None)

    assert answer.status_code == 200, answer.content
    assert answer.json()["user"]["email"] == sign_in_examples.EMAIL
