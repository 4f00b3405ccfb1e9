"""Finish the OpenAPI document: what every operation shares and no route should repeat."""

from collections.abc import Mapping
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from api.problems import MEDIA_TYPE
from api.schemas.base import Problem

TAGS = {
    "users": "Registering, signing in and the own profile.",
    "dashboard": "All that the first page of a client and of a mentor shows.",
    "mentors": "The directory of mentors and their free slots.",
    "sessions": "Holding, reading, cancelling and reviewing sessions.",
    "reviews": "A mentor's own reviews, the reply to each, and reports of either.",
    "rooms": "What the video rooms tell us.",
    "goals": "What clients want to reach, and how far they are.",
    "payments": "Paying for a session, and what the gateway tells us.",
    "problems": "What each kind of problem means.",
}
# Python's own phrases differ between its versions, and the document is a committed snapshot.
_REASONS: Mapping[int, str] = {
    400: "The request cannot be read.",
    401: "No valid access token came with the call.",
    403: "This person may not do this.",
    404: "No such object, or not yours to see.",
    409: "The world is in another state; `code` says which.",
    412: "The object changed since it was read.",
    413: "The body is larger than 1 MB.",
    415: "The body is not JSON.",
    422: "Some values cannot be used; `errors` points at them.",
    428: "The call needs If-Match.",
    429: "Too many calls.",
    500: "The product failed; `request_id` finds it in the log.",
    503: "A dependency does not answer; repeat the call.",
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A fresh random value per request; the same one when you repeat it.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_EVERYWHERE = (400, 429, 500, 503)
_RATE_HEADERS = {
    "RateLimit": {"description": "What is left of the limit.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "The limit.", "schema": {"type": "string"}},
}
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
}


def finish_document(document: OpenAPISchema) -> OpenAPISchema:
    """Return the document with problem media types, shared answers, headers and tags."""
    schemas = document["components"]["schemas"]
    schemas.setdefault("Problem", _problem_schema(schemas))
    used = set()
    _name_the_scheme(document)
    for methods in document["paths"].values():
        for method, operation in methods.items():
            used.update(operation.get("tags", ()))
            _finish_operation(method, operation)
    document["tags"] = [
        {"name": name, "description": text} for name, text in TAGS.items() if name in used
    ]
    return document


def _name_the_scheme(document: OpenAPISchema) -> None:
    """Give the bearer token one name, whichever of our classes checks it."""
    schemes = document["components"].get("securitySchemes", {})
    if schemes:
        document["components"]["securitySchemes"] = {"BearerAuth": next(iter(schemes.values()))}
    for methods in document["paths"].values():
        for operation in methods.values():
            if "security" in operation:
                operation["security"] = [{"BearerAuth": []}]


def _problem_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    schema = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    schemas.update(schema.pop("$defs", {}))
    return schema


def _finish_operation(method: str, operation: dict[str, Any]) -> None:
    operation["parameters"] = [_finish_parameter(one) for one in operation["parameters"]]
    answers = operation["responses"]
    for status in _EVERYWHERE:
        answers.setdefault(status, {})
    if "security" in operation:
        answers.setdefault(401, {})
    if "requestBody" in operation:
        answers.setdefault(413, {})
        answers.setdefault(415, {})
    for status in list(answers):
        if int(status) >= 400:
            answers[status] = _problem_answer(int(status))
        elif method != "get":
            answers[status].setdefault("headers", {}).update(_RATE_HEADERS)
    operation["responses"] = {str(status): answers[status] for status in sorted(answers)}


def _finish_parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return the parameter without the null that no address or header can carry."""
    if parameter["name"] == _IDEMPOTENCY_KEY["name"]:
        return dict(_IDEMPOTENCY_KEY)
    schema = dict(parameter["schema"])
    choices = [one for one in schema.pop("anyOf", []) if one.get("type") != "null"]
    if len(choices) == 1:
        schema = {**choices[0], **schema}
    elif choices:
        schema["anyOf"] = choices
    if schema.get("default", "") is None:
        del schema["default"]
    return {**parameter, "schema": schema}


def _problem_answer(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": _REASONS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in {429, 503}:
        answer["headers"] = dict(_RETRY_AFTER)
    return answer
