"""PayPal's requests against its published descriptions: path, query, headers, body.

Two of its APIs are not among them: OAuth and Partner Referrals stand on a list with the reason, and
only their form is looked at.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import jsonschema

from tests import published
from tests.contracts.conformance import form
from tests.contracts.conformance.wire import Sent

_REASON = "PayPal's published descriptions do not hold this API"
UNPUBLISHED = {
    r"POST /v1/oauth2/token": f"{_REASON}: OAuth 2.0 (RFC 6749, 4.4)",
    r"POST /v2/customer/partner-referrals": f"{_REASON}: Partner Referrals v2",
    r"GET /v1/customer/partners/\w+/merchant-integrations": f"{_REASON}: Partner Referrals v1",
    r"GET /v1/customer/partners/\w+/merchant-integrations/\w+": f"{_REASON}: Partner Referrals v1",
}
# What HTTP itself asks for; whatever else is sent has to be in the description.
_HTTP = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}


def faults(sent: Sent) -> tuple[list[str], set[str]]:
    """Return what is wrong with a request, and which entry of the list it needed."""
    line = f"{sent.method} {sent.path}"
    excused = {pattern for pattern in UNPUBLISHED if re.fullmatch(pattern, line)}
    if excused:
        return [], excused
    try:
        operation = published.operation_of(sent.method, sent.path)
    except published.Unpublished as nowhere:
        return [str(nowhere)], set()
    found = _parameters(operation, "path", _names_of(operation, sent.path))
    found += _parameters(operation, "query", dict(parse_qsl(sent.query, keep_blank_values=True)))
    extra = {name: value for name, value in sent.headers.items() if name not in _HTTP}
    return found + _parameters(operation, "header", extra) + _body(operation, sent), set()


def _names_of(operation: published.Operation, path: str) -> dict[str, str]:
    template = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.template)
    match = re.fullmatch(template, path)
    return {} if match is None else match.groupdict()


def _parameters(operation: published.Operation, place: str, given: Mapping[str, str]) -> list[str]:
    known = operation.parameters(place)
    found = [f"{place} {name}: not in the description" for name in given if name not in known]
    for name, parameter in known.items():
        if name not in given:
            if parameter.get("required"):
                found.append(f"{place} {name}: missing")
            continue
        schema = published.resolved(operation.name, parameter["schema"])
        value: Any = given[name]
        if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", value):
            value = int(value)
        if schema.get("type") == "boolean" and value in ("true", "false"):
            value = value == "true"
        errors = jsonschema.Draft7Validator(schema).iter_errors(value)
        found += [f"{place} {name}: {error.message[:200]}" for error in errors]
    return found


def _body(operation: published.Operation, sent: Sent) -> list[str]:
    kind = form.kind_of(sent)
    if not sent.body:
        return []
    schema = operation.schema_of_body(kind)
    if schema is None:
        return [f"body: the description has none of {kind or 'no type'}"]
    if kind == form.MULTIPART:
        return _parts(sent)
    try:
        value = json.loads(sent.body)
    except ValueError:
        return ["body: no JSON"]
    return published.faults(operation.name, schema, value)


def _parts(sent: Sent) -> list[str]:
    """Look at the parts of a form: the evidences in `input` have a description of their own."""
    found: list[str] = []
    for part, name, body in form.parts(sent):
        if part.get_filename() is not None or name != "input":
            continue
        for one in json.loads(body).get("evidences", []):
            schema = {"$ref": "#/components/schemas/evidence"}
            found += published.faults("customer_disputes_v1", schema, one)
    return found
