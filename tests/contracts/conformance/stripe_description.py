"""Stripe's parameters against its published description of 2023-08-16.

It is older than the SDK in use: what is younger stands on a list, each with its reason. It still
catches typos in enums and wrong shapes of the objects that move money.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema
import yaml

from tests import published
from tests.contracts.conformance.form import items_of, kind_of, tree
from tests.contracts.conformance.wire import Sent

FILE = "stripe-spec3-2023-08-16.yaml"
# (operation, parameter): why the description cannot know it.
YOUNGER = {
    ("POST /v1/accounts", "controller"): "accounts without a type came with the API of 2024",
}


@cache
def _paths() -> list[tuple[re.Pattern[str], str, Mapping[str, Any]]]:
    """Return the paths of the description, fixed ones before named ones."""
    with (published.FOLDER / FILE).open("rb") as file:
        found = yaml.load(file, Loader=yaml.CSafeLoader)["paths"]
    return [
        (re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path, found[path])
        for path in sorted(found, key=lambda one: one.count("{"))
    ]


def faults(sent: Sent) -> tuple[list[str], set[tuple[str, str]]]:
    """Return what is wrong with a request, and which entries of the list it needed."""
    for pattern, path, item in _paths():
        if pattern.match(sent.path) and sent.method.lower() in item:
            name = f"{sent.method} {path}"
            given = tree(sent)
            excused = {(name, key) for key in given if (name, key) in YOUNGER}
            rest = {key: value for key, value in given.items() if (name, key) not in excused}
            return _faults(_schema(item[sent.method.lower()], sent), rest), excused
    return [f"the description has no {sent.method} {sent.path}"], set()


def _schema(operation: Mapping[str, Any], sent: Sent) -> Mapping[str, Any]:
    """Return the schema of the form, or one made of the query's parameters."""
    if sent.method == "POST":
        found: Mapping[str, Any] = operation["requestBody"]["content"][kind_of(sent)]["schema"]
        return found
    query = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {one["name"]: one["schema"] for one in query},
        "required": [one["name"] for one in query if one.get("required")],
    }


def _faults(schema: Mapping[str, Any], given: dict[str, Any]) -> list[str]:
    validator = jsonschema.Draft7Validator(schema)
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in validator.iter_errors(_typed(schema, given))
    ]


def _typed(schema: Mapping[str, Any], value: Any) -> Any:
    """Read a form's texts as the schema means them; what does not fit stays a text."""
    for branch in schema.get("anyOf", []):
        typed = _typed(branch, value)
        if jsonschema.Draft7Validator(branch).is_valid(typed):
            return typed
    if isinstance(value, bytes):
        return "a file"
    match schema.get("type"):
        case "integer" if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            return int(value)
        case "boolean" if value in ("true", "false"):
            return value == "true"
        case "array" if (items := items_of(value)) is not None:
            return [_typed(schema["items"], one) for one in items]
        case "object" if isinstance(value, dict):
            known = schema.get("properties", {})
            return {name: _typed(known.get(name, {}), one) for name, one in value.items()}
    return value
