"""The OpenAPI document: committed, complete, and true to the code."""

import json
import re
from collections import defaultdict
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from api.api import CounterfoilAPI
from api.management.commands import openapi
from api.permissions import PERMISSIONS, Who
from api.problems import _descendants, catalogue, status_of
from kernel.errors import Refusal

DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())
OPERATIONS = {
    operation["operationId"]: (method, operation)
    for methods in DOCUMENT["paths"].values()
    for method, operation in methods.items()
}


def test_the_snapshot_is_what_the_code_says() -> None:
    assert openapi.document() == openapi.SNAPSHOT.read_text()


def test_the_command_prints_the_document_and_checks_the_snapshot() -> None:
    printed = StringIO()

    call_command("openapi", stdout=printed)
    call_command("openapi", check=True)

    assert json.loads(printed.getvalue())["openapi"] == "3.1.0"


def test_a_stale_snapshot_fails_the_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    stale = tmp_path / "openapi.json"
    stale.write_text("{}\n")
    monkeypatch.setattr(openapi, "SNAPSHOT", stale)

    with pytest.raises(CommandError):
        call_command("openapi", check=True, stderr=StringIO())


def test_the_served_document_is_the_snapshot(client: Client) -> None:
    answer = client.get("/api/openapi.json")

    assert answer.json() == DOCUMENT
    assert client.get("/api/openapi.json", headers={"If-None-Match": answer["ETag"]}).content == b""


def test_the_served_document_is_made_for_nobody_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a second of a processor for each call of anybody would be an open door."""
    monkeypatch.setattr(CounterfoilAPI, "get_openapi_schema", None)

    assert client.get("/api/openapi.json").status_code == 200
    assert client.get("/api/openapi.json", headers={"Accept-Encoding": "gzip"}).status_code == 200


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference into the components leads to, or the value itself."""
    if "$ref" not in value:
        return value
    found: Any = DOCUMENT
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def test_every_operation_documents_its_failures_as_problems() -> None:
    for name, (method, operation) in OPERATIONS.items():
        failures = {
            int(status): resolved(answer)
            for status, answer in operation["responses"].items()
            if int(status) >= 400
        }
        assert {400, 429, 500, 503} <= set(failures), name
        read = [one for one in operation["parameters"] if one["name"] != "If-None-Match"]
        assert 422 in failures or not (read or "requestBody" in operation), name
        assert 413 in failures or method == "get", name
        assert (401 in failures) or PERMISSIONS[name] is Who.ANYONE, name
        for status, answer in failures.items():
            assert list(answer["content"]) == ["application/problem+json"], (name, status)


def test_every_operation_has_words_a_tag_and_a_stable_id() -> None:
    for name, (_, operation) in OPERATIONS.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name)
        assert operation["summary"]
        assert operation["description"]
        assert len(operation["tags"]) == 1


def test_every_operation_names_its_credential_and_only_signing_in_needs_none() -> None:
    """People send a token; a cookie refreshes it, and gateways and rooms sign what they send."""
    found = {
        name: [scheme for one in operation["security"] for scheme in one]
        for name, (_, operation) in OPERATIONS.items()
    }

    for name, schemes in found.items():
        assert (schemes == ["BearerAuth"]) == (PERMISSIONS[name] is not Who.ANYONE), name
    assert {name for name, schemes in found.items() if not schemes} == {
        "users_register",
        "users_verify",
        "users_login",
        "users_login_mfa",
        "users_login_passkey_begin",
        "users_login_passkey",
        "users_email_undo",
        "users_social_providers",
        "users_social_begin",
        "users_social_finish",
        "users_password_forgot",
        "users_password_reset",
        "content_page",
        "content_navigation",
        "problems_list",
        "problems_get",
    }
    assert {scheme for schemes in found.values() for scheme in schemes} == set(
        DOCUMENT["components"]["securitySchemes"]
    )


def test_every_answer_documents_the_headers_that_every_answer_has() -> None:
    for name, (_, operation) in OPERATIONS.items():
        for status, answer in operation["responses"].items():
            headers = resolved(answer)["headers"]
            assert {
                "Access-Control-Allow-Origin",
                "RateLimit",
                "RateLimit-Policy",
                "X-Request-Id",
            } <= set(headers), (name, status)


def test_what_takes_a_condition_says_so_and_answers_with_an_etag() -> None:
    for name, (_, operation) in OPERATIONS.items():
        sent = {one["name"] for one in operation["parameters"]}
        answers = operation["responses"]
        assert ("If-Match" in sent) == ("428" in answers), name
        assert ("If-None-Match" in sent) == ("304" in answers), name
        if {"304", "428"} & set(answers):
            assert "ETag" in answers["200"]["headers"], name


@pytest.mark.parametrize(
    "name",
    ["sessions_create", "sessions_reschedule", "sessions_cancel", "payments_create_intent"],
)
def test_what_takes_a_slot_or_begins_a_payment_demands_a_key(name: str) -> None:
    parameters = {one["name"]: one["required"] for one in OPERATIONS[name][1]["parameters"]}

    assert parameters["Idempotency-Key"] is True


def test_no_parameter_pretends_that_an_address_can_carry_null() -> None:
    for _, operation in OPERATIONS.values():
        for parameter in operation["parameters"]:
            assert "null" not in json.dumps(parameter["schema"])


def test_a_code_means_one_status_wherever_it_is_raised() -> None:
    statuses: dict[str, set[int]] = defaultdict(set)
    for kind in _descendants(Refusal):
        statuses[kind.code].add(status_of(kind))

    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


@pytest.mark.django_db
def test_every_problem_has_a_page_that_explains_it(client: Client) -> None:
    listed = client.get("/api/problems").json()["items"]

    assert [item["code"] for item in listed] == sorted(catalogue())
    for item in listed:
        page = client.get(f"/api/problems/{item['code']}")
        assert page.json() == item
        assert len(item["description"]) > 20 or item["code"].startswith("toy_"), item["code"]
    assert client.get("/api/problems/nonsense").status_code == 404
