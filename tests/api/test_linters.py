"""The linters of the document: it passes all of them, and each of them can fail."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.management.commands import openapi
from launcher import contract
from launcher.errors import LauncherError

pytestmark = pytest.mark.slow

DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())


@pytest.fixture(scope="module")
def node() -> dict[str, str]:
    """The variables under which the linters run, installed now where they are missing."""
    try:
        return contract.ready()
    except LauncherError as refusal:
        pytest.skip(str(refusal))


def lint(document: Path, node: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        ["node", "lint.js", str(document)],
        cwd=contract.TOOLS,
        env=node,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout


def test_the_document_has_no_error_and_no_warning(node: dict[str, str]) -> None:
    status, told = lint(openapi.SNAPSHOT, node)

    assert (status, told.count(": 0 errors and warnings")) in {(0, 2), (0, 3)}, told


def _without_a_bound(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["MoneyOut"]["properties"]["currency"]["maxLength"]


def _without_a_credential(document: dict[str, Any]) -> None:
    del document["paths"]["/api/sessions"]["get"]["security"]


def _without_an_example(document: dict[str, Any]) -> None:
    content = document["paths"]["/api/sessions"]["post"]["requestBody"]["content"]
    del content["application/json"]["example"]


def _with_a_false_example(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["MoneyOut"]["examples"] = [{"amount": "much"}]


@pytest.mark.parametrize(
    ("spoil", "rules"),
    [
        (_without_a_bound, ["owasp:api4:2023-string-limit"]),
        (_without_a_credential, ["security-defined", "owasp:api2:2023-read-restricted"]),
        (_without_an_example, ["vacuum-missing-example"]),
        (_with_a_false_example, ["no-invalid-schema-examples"]),
    ],
)
def test_a_spoiled_document_fails(
    spoil: Callable[[dict[str, Any]], None], rules: list[str], node: dict[str, str], tmp_path: Path
) -> None:
    """The negative control. No exception of ours holds elsewhere, so others fail as well."""
    document = copy.deepcopy(DOCUMENT)
    spoil(document)
    spoiled = tmp_path / "openapi.json"
    spoiled.write_text(json.dumps(document))

    status, told = lint(spoiled, node)

    assert status == 1
    for rule in rules:
        assert f"  {rule} at " in told, told
