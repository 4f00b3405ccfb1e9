"""A change that would break who calls the API is noticed before it is committed."""

import copy
import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from api import promises
from api.management.commands import openapi

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())
KEPT = openapi.PROMISES.read_text().splitlines()
SCHEMAS = "components", "schemas"


def at(document: dict[str, Any], *steps: str) -> Any:
    for step in steps:
        document = document[step]
    return document


def schema_of(document: dict[str, Any], operation: str, parameter: str) -> Any:
    operations = (one for methods in document["paths"].values() for one in methods.values())
    (found,) = (one for one in operations if one["operationId"] == operation)
    return next(one["schema"] for one in found["parameters"] if one["name"] == parameter)


def changed(change: Callable[[dict[str, Any]], Any]) -> list[str]:
    """Return what a change of the document breaks."""
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return promises.broken(KEPT, promises.lines_of(document))


def test_the_document_keeps_every_promise() -> None:
    assert promises.lines_of(DOCUMENT) == KEPT
    assert promises.broken(KEPT, KEPT) == []
    assert len(KEPT) > 1_000


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            lambda document: document["paths"].pop("/api/dashboard"),
            "lost: + dashboard_get is GET /api/dashboard",
        ),
        (
            lambda document: at(document, *SCHEMAS, "SessionOut", "properties").pop("price"),
            "lost: + SessionOut has price as MoneyOut",
        ),
        (
            lambda document: at(document, *SCHEMAS, "SessionOut", "required").remove("price"),
            "lost: + SessionOut has price as MoneyOut",
        ),
        (
            lambda document: at(document, *SCHEMAS, "MoneyOut", "properties", "amount").update(
                type="string", format="decimal"
            ),
            "lost: + MoneyOut has amount as int64",
        ),
        (
            lambda document: at(document, *SCHEMAS, "SessionRequest", "required").append("goals"),
            "asked for: ! SessionRequest needs goals",
        ),
        (
            lambda document: at(
                document, *SCHEMAS, "RegisterIn", "properties", "role", "enum"
            ).remove("mentor"),
            "lost: + RegisterIn takes role = mentor",
        ),
        (
            lambda document: at(document, "paths", "/api/problems", "get", "security").append(
                {"BearerAuth": []}
            ),
            "asked for: ! problems_list needs BearerAuth",
        ),
        (
            lambda document: at(document, "paths", "/api/sessions", "get", "parameters").pop(0),
            "lost: + sessions_list takes query when as string",
        ),
        (
            lambda document: schema_of(document, "sessions_list", "when")["enum"].remove("past"),
            "lost: + sessions_list takes query when = past",
        ),
        (
            lambda document: schema_of(document, "mentors_list", "sort")["allOf"][0].update(
                enum=["price"]
            ),
            "lost: + mentors_list takes query sort = rating",
        ),
        (
            lambda document: at(
                document, *SCHEMAS, "EndpointChange", "properties", "status", "anyOf"
            )[0]["enum"].remove("enabled"),
            "lost: + EndpointChange takes status = enabled",
        ),
        (
            lambda document: document["webhooks"].pop("payout.paid"),
            "lost: + webhook_payout_paid is payout.paid",
        ),
        (
            lambda document: document["webhooks"].update(
                {"payout.sent": document["webhooks"].pop("payout.paid")}
            ),
            "lost: + webhook_payout_paid is payout.paid",
        ),
        (
            lambda document: at(document, *SCHEMAS, "SessionFacts", "properties").pop("ends_at"),
            "lost: + SessionFacts has ends_at as date-time",
        ),
        (
            lambda document: at(document, *SCHEMAS, "RefundFacts", "required").remove("amount"),
            "lost: + RefundFacts has amount as MoneyOut",
        ),
        (
            lambda document: at(document, "webhooks", "session.held", "post", "parameters").pop(0),
            "lost: + webhook_session_held sends header webhook-id as string",
        ),
    ],
)
def test_what_breaks_a_caller_is_named(change: Callable[[dict[str, Any]], Any], found: str) -> None:
    assert found in changed(change)


def _more(document: dict[str, Any]) -> None:
    at(document, *SCHEMAS, "SessionOut", "properties")["more"] = {"type": "string"}
    at(document, *SCHEMAS, "SessionOut", "required").append("more")
    at(document, *SCHEMAS, "SessionRequest", "properties")["more"] = {"type": "string"}
    at(document, *SCHEMAS, "SessionRequest", "required").remove("slot_token")
    again = copy.deepcopy(document["paths"]["/api/sessions"]["post"])
    schema_of(document, "sessions_list", "when")["enum"].append("now")
    at(document, *SCHEMAS, "SessionFacts", "properties")["more"] = {"type": "string"}
    document["webhooks"]["session.more"] = {
        "post": {**document["webhooks"]["session.held"]["post"], "operationId": "webhook_more"}
    }
    document["paths"]["/api/sittings"] = {"post": {**again, "operationId": "sittings_create"}}


def test_what_is_only_more_breaks_nobody() -> None:
    assert changed(_more) == []


def test_the_command_refuses_to_break_a_promise_unless_it_is_meant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept, snapshot = tmp_path / "promises.txt", tmp_path / "openapi.json"
    kept.write_text("\n".join([*KEPT, "+ dashboard_get answers 299"]) + "\n")
    monkeypatch.setattr(openapi, "PROMISES", kept)
    monkeypatch.setattr(openapi, "SNAPSHOT", snapshot)

    for option in ("check", "write"):
        told = StringIO()
        with pytest.raises(CommandError, match=r"docs/api-changelog\.md"):
            call_command("openapi", **{option: True}, stderr=told)
        assert told.getvalue() == "lost: + dashboard_get answers 299\n"
    assert not snapshot.exists()
    call_command("openapi", write=True, breaking=True)
    call_command("openapi", check=True)

    assert kept.read_text().splitlines() == KEPT


def test_the_changelog_tells_of_the_version_of_the_document() -> None:
    told = (ROOT / "docs" / "api-changelog.md").read_text()

    assert re.findall(r"^## (\d+\.\d+\.\d+)", told, re.M)[0] == DOCUMENT["info"]["version"]
