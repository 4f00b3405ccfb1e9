"""PayPal's published descriptions, where they lie beside the repository, to check bodies against.

They are data of their own (Apache-2.0) and not part of this repository. A test that needs them is
skipped, saying so, where the folder is missing.
"""

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

FOLDER = Path(os.environ.get("SPECS_DIR") or Path(__file__).resolve().parents[2] / "shared/specs")
needs_descriptions = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the published descriptions are not here: {FOLDER}"
)
NAMES = (
    "checkout_orders_v2",
    "payments_payment_v2",
    "payments_payouts_batch_v1",
    "reporting_transactions_v1",
    "customer_disputes_v1",
    "notifications_webhooks_v1",
)


class Unpublished(AssertionError):
    """No description has this operation, this answer or this content."""


class Operation:
    """One method of one path."""

    def __init__(self, name: str, template: str, method: str, body: Mapping[str, Any]) -> None:
        self.name, self.template, self.method, self.body = name, template, method, body
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        self.pattern = re.compile(f"^{pattern}$")

    def schema_of_body(self, kind: str = "application/json") -> Mapping[str, Any] | None:
        """Return the schema of the request, None where it has no body of this kind."""
        content = resolved(self.name, self.body.get("requestBody", {})).get("content", {})
        found: Mapping[str, Any] | None = content.get(kind, {}).get("schema")
        return found

    def parameters(self, place: str) -> dict[str, Mapping[str, Any]]:
        """Return the parameters in `query`, `header` or `path`, by name (headers lower case)."""
        found = [resolved(self.name, one) for one in self.body.get("parameters", [])]
        return {
            one["name"].lower() if place == "header" else one["name"]: one
            for one in found
            if one["in"] == place
        }


@cache
def description(name: str) -> Mapping[str, Any]:
    """Return a description, its patterns as Python reads them."""
    found: Mapping[str, Any] = json.loads((FOLDER / f"paypal-{name}.json").read_text())
    return found


def resolved(name: str, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a `$ref` of a description."""
    while "$ref" in node:
        target: Any = description(name)
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


@cache
def operations() -> tuple[Operation, ...]:
    """Return every operation of every description; a fixed path comes before a named one."""
    methods = {"get", "post", "put", "patch", "delete"}
    found = [
        Operation(name, path, method.upper(), body)
        for name in NAMES
        for path, item in description(name)["paths"].items()
        for method, body in item.items()
        if method in methods
    ]
    return tuple(sorted(found, key=lambda one: one.template.count("{")))


def operation_of(method: str, path: str) -> Operation:
    """Return the operation that a request names.

    Raises:
        Unpublished: there is none.
    """
    for operation in operations():
        if operation.method == method and operation.pattern.match(path):
            return operation
    raise Unpublished(f"no description has {method} {path}")


def faults(name: str, schema: Mapping[str, Any], value: Any) -> list[str]:
    """Return what is wrong with a value, strictly: a field without a description is wrong too."""
    root = {"components": description(name)["components"], **schema}
    validator = jsonschema.Draft7Validator(root)
    found = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in validator.iter_errors(value)
    ]
    return found + list(_strange(name, schema, value, ""))


def _strange(name: str, schema: Mapping[str, Any], value: Any, path: str) -> list[str]:
    """Return the fields that no branch of the schema knows."""
    schema = resolved(name, schema)
    if isinstance(value, list):
        items = {"anyOf": _items(name, schema)}
        return [
            line
            for place, one in enumerate(value)
            for line in _strange(name, items, one, f"{path}/{place}")
        ]
    if not isinstance(value, dict):
        return []
    known = _fields(name, schema)
    if not known or schema.get("additionalProperties"):
        return []
    return [f"{path}/{key}: not in the description" for key in value if key not in known] + [
        line
        for key, inner in value.items()
        if key in known
        for line in _strange(name, known[key], inner, f"{path}/{key}")
    ]


def _fields(name: str, schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the fields of an object, those of its branches included."""
    schema = resolved(name, schema)
    found = dict(schema.get("properties", {}))
    for word in ("allOf", "oneOf", "anyOf"):
        for branch in schema.get(word, []):
            for key, inner in _fields(name, branch).items():
                found[key] = {"anyOf": [found[key], inner]} if key in found else inner
    return found


def _items(name: str, schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the schemas of a list's items, those of its branches included."""
    schema = resolved(name, schema)
    found = [schema["items"]] if "items" in schema else []
    for word in ("allOf", "oneOf", "anyOf"):
        for branch in schema.get(word, []):
            found += _items(name, branch)
    return found


def faults_of_answer(method: str, path: str, status: int, body: Any) -> list[str]:
    """Return what is wrong with an answer's body.

    Raises:
        Unpublished: the description has no such operation or status.
    """
    operation = operation_of(method, path)
    answers = operation.body["responses"]
    answer = answers.get(str(status)) or (answers.get("default") if status >= 400 else None)
    if answer is None:
        raise Unpublished(f"no description has {status} for {method} {path}")
    schema = (
        resolved(operation.name, answer)
        .get("content", {})
        .get("application/json", {})
        .get("schema")
    )
    return [] if schema is None else faults(operation.name, schema, body)
