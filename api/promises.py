"""What the API's document promises to who calls it, line by line, so that a broken one is noticed.

A *promise* (`+`) may be added and never lost: an operation at its address, a status, a member of an
answer with its type, a parameter or a member that may be sent and each value that it may have, an
event of the webhooks with its headers and the members of what it carries. A *demand* (`!`) may be
lost and never added to what was there before: what has to be sent. Words, bounds and examples are
neither, and whoever reads an answer has to bear members and values that are new.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]


def lines_of(document: Document) -> list[str]:
    """Return every promise and demand of the document, in the order of their texts."""
    schemas = document["components"]["schemas"]
    sent, answered = set[str](), set[str]()
    found = set[str]()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found.update(_of_operation(method, path, operation, schemas))
            sent.update(_names(operation.get("requestBody", {}), schemas))
            answers = [one for one in operation["responses"].values() if "$ref" not in one]
            answered.update(_names(answers, schemas))
    for kind, methods in document.get("webhooks", {}).items():
        for event in methods.values():
            found.update(_of_event(kind, event))
            answered.update(_names(event["requestBody"], schemas))
    found.update(line for name in sent for line in _of_sent(name, schemas))
    found.update(line for name in answered for line in _of_answered(name, schemas[name]))
    return sorted(found)


def broken(before: list[str], now: list[str]) -> list[str]:
    """Return what held before and holds no more: lost promises, and demands on what was there."""
    known, present = set(before), set(now)
    owners = {line.split()[1] for line in before}
    lost = [f"lost: {line}" for line in before if line[0] == "+" and line not in present]
    added = [line for line in now if line[0] == "!" and line not in known]
    return lost + [f"asked for: {line}" for line in added if line.split()[1] in owners]


def _of_operation(
    method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[str]:
    name = operation["operationId"]
    yield f"+ {name} is {method.upper()} {path}"
    for status in operation["responses"]:
        if int(status) < 300:
            yield f"+ {name} answers {status}"
    for parameter in operation["parameters"]:
        where, kind = parameter["in"], _kind(parameter["schema"])
        takes = f"+ {name} takes {where} {parameter['name']}"
        yield f"{takes} as {kind}"
        yield from (f"{takes} = {value}" for value in _values(parameter["schema"], schemas))
        if parameter.get("required"):
            yield f"! {name} needs {where} {parameter['name']}"
    body = operation.get("requestBody")
    if body:
        kinds = (_kind(one["schema"]) for one in body["content"].values())
        yield from (f"+ {name} takes {kind}" for kind in kinds)
        if body.get("required"):
            yield f"! {name} needs a body"
    if operation["security"]:
        yield f"! {name} needs {' or '.join(key for one in operation['security'] for key in one)}"


def _of_event(kind: str, event: Mapping[str, Any]) -> Iterator[str]:
    name = event["operationId"]
    yield f"+ {name} is {kind}"
    for parameter in event["parameters"]:
        where, type_ = parameter["in"], _kind(parameter["schema"])
        yield f"+ {name} sends {where} {parameter['name']} as {type_}"
    for media_type, content in event["requestBody"]["content"].items():
        yield f"+ {name} sends {media_type} as {_kind(content['schema'])}"


def _of_sent(name: str, schemas: Mapping[str, Any]) -> Iterator[str]:
    schema = schemas[name]
    for member, inner in schema.get("properties", {}).items():
        yield f"+ {name} takes {member} as {_kind(inner)}"
        yield from (f"+ {name} takes {member} = {value}" for value in _values(inner, schemas))
    yield from (f"! {name} needs {member}" for member in schema.get("required", ()))


def _of_answered(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    required = schema.get("required", ())
    for member, inner in schema.get("properties", {}).items():
        always = "has" if member in required else "may have"
        yield f"+ {name} {always} {member} as {_kind(inner)}"


def _kind(schema: Mapping[str, Any]) -> str:
    """Return the type in short: `string`, `[SessionOut]`, `MoneyOut or null`."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices:
        return " or ".join(_kind(one) for one in choices)
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'])}]"
    return str(schema.get("format") or schema.get("type", "any"))


def _values(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    """Return the values that may be sent, where they are listed; those of a list's items too."""
    listed = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    yield from (one if isinstance(one, str) else json.dumps(one) for one in listed)
    inner = [one for choices in ("anyOf", "oneOf", "allOf") for one in schema.get(choices, ())]
    if "items" in schema:
        inner.append(schema["items"])
    if "$ref" in schema:
        inner.append(schemas[schema["$ref"].rpartition("/")[2]])
    for one in inner:
        yield from _values(one, schemas)


def _names(value: Any, schemas: Mapping[str, Any]) -> set[str]:
    """Return the schemas that a part of the document leads to."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += one.values()
    return found
