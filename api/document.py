"""Finish the OpenAPI document: what every operation shares and no route should repeat."""

from http.client import responses as reasons
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from api.problems import MEDIA_TYPE
from api.schemas.base import Problem

TAGS = {
    "users": "Registering, signing in and the own profile.",
    "mentors": "The directory of mentors and their free slots.",
    "sessions": "Holding, reading and cancelling sessions.",
    "payments": "Paying for a session, and what the gateway tells us.",
    "problems": "What each kind of problem means.",
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
    answers = operation["responses"]
    for status in _EVERYWHERE:
        answers.setdefault(status, {})
    if "security" in operation:
        answers.setdefault(401, {})
    for status in list(answers):
        if int(status) >= 400:
            answers[status] = _problem_answer(int(status))
        elif method != "get":
            answers[status].setdefault("headers", {}).update(_RATE_HEADERS)
    operation["responses"] = {str(status): answers[status] for status in sorted(answers)}


def _problem_answer(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": reasons[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in {429, 503}:
        answer["headers"] = dict(_RETRY_AFTER)
    return answer
