"""Finish the OpenAPI document: what every operation shares and no route should repeat."""

from collections.abc import Iterator, Mapping
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from api import examples, vocabulary
from api.problems import MEDIA_TYPE
from api.schemas import webhook_events
from api.schemas.base import Problem

TAGS = {
    "conversations": "Messages between a client and a mentor, and their live stream.",
    "credit": "What a client has to their credit, and how it came about.",
    "packages": "Several sessions bought at once.",
    "series": "Sessions of one hour, week after week.",
    "waitlist": "The line before a group meeting that is full.",
    "users": "Registering, signing in and the own profile.",
    "dashboard": "All that the first page of a client and of a mentor shows.",
    "mentors": "The directory of mentors and their free slots.",
    "sessions": "Holding, reading, cancelling and reviewing sessions.",
    "reviews": "A mentor's own reviews, the reply to each, and reports of either.",
    "rooms": "What the video rooms tell us.",
    "goals": "What clients want to reach, and how far they are.",
    "payments": "Paying for a session, and what the gateway tells us.",
    "webhooks": "Addresses that are told what happens, and what was sent to them.",
    "content": "The site's pages and menus, as published.",
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
_PARAMETERS: Mapping[str, str] = {
    "limit": "How many items a page has.",
    "cursor": "The `next` or `prev` of a page; leave out to begin.",
    "slug": "The mentor's name in addresses.",
    "mentor": "The mentor's name in addresses.",
    "code": "The stable name of the kind of problem.",
    "currency": "ISO 4217: only prices in this currency.",
    "rating_min": "Only mentors rated at least so, 0 to 5.",
    "location": "Only mentors whose place contains this.",
    "sort": "How the list is ordered.",
    "session_type": "The session type's id.",
    "when": "Only sessions to come, or only those that are over.",
    "status": "Only those in this state.",
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A fresh random value per request; the same one when you repeat it.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "7f3c2a52-5f0e-4c7b-9b0a-0c6f5b1f2d11",
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read: without it a change is refused with 428.",
    "schema": {"type": "string", "maxLength": 1000, "pattern": r"^[!-~ ]*$"},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the reader's copy: where it is still good the answer is 304.",
    "schema": {"type": "string", "maxLength": 1000, "pattern": r"^[!-~ ]*$"},
}
_EVERYWHERE = (400, 429, 500, 503)


def _header(description: str, example: str | int, **schema: Any) -> dict[str, Any]:
    kind = {"type": "string", "maxLength": 200, "pattern": r"^[ -~]*$"}
    return {"description": description, "schema": schema or kind, "example": example}


_SECONDS = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86_400}
HEADERS: Mapping[str, dict[str, Any]] = {
    "Access-Control-Allow-Origin": _header(
        "The caller's origin, where it is on the installation's list.", "https://app.example"
    ),
    "ETag": _header("Names this version of the object.", '"5d41402abc4b2a76b9719d911017c592"'),
    "Idempotent-Replayed": _header(
        "`true` where this is the stored answer of an earlier call.", "true"
    ),
    "RateLimit": _header(
        "What is left of the limit, and seconds until it is full again.", '"writes";r=1199;t=60'
    ),
    "RateLimit-Policy": _header("The limit, and over how many seconds.", '"writes";q=1200;w=60'),
    "Retry-After": _header("Seconds to wait.", 30, **_SECONDS),
    "WWW-Authenticate": _header("How to sign in.", 'Bearer realm="counterfoil"'),
    "X-Request-Id": _header("Finds the call in the log.", "req_01jd0000000000000000000000"),
}
_ON_EVERY_ANSWER = ("Access-Control-Allow-Origin", "RateLimit", "RateLimit-Policy", "X-Request-Id")
_ON_PROBLEMS: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    409: ("Retry-After", "Idempotent-Replayed"),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
_SCHEMES: Mapping[str, dict[str, Any]] = {
    "BearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `token` of a sign-in, good for ten minutes. A JWT, made and read as "
        "RFC8725 says: one algorithm, its own `typ`, issuer and audience, and keys that change.",
    },
    "RefreshCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-counterfoil_refresh",
        "description": "Set by a sign-in and read by nothing else (over plain http without "
        "`__Host-`). Mobile apps send the refresh token in the body in its place.",
    },
    "StripeSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "Stripe-Signature",
        "description": "Stripe's signature over the raw body.",
    },
    "PayPalSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "PAYPAL-TRANSMISSION-SIG",
        "description": "PayPal's signature over the raw body, beside its other headers.",
    },
    "JitsiSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Jaas-Signature",
        "description": "Jitsi's signature over the raw body.",
    },
    "LiveKitToken": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "LiveKit's token, which holds the digest of the raw body.",
    },
}
# What stands in for a sign-in where nobody can be signed in.
_OTHER_CREDENTIALS: Mapping[str, str] = {
    "users_refresh": "RefreshCookie",
    "users_logout": "RefreshCookie",
    "payments_webhook_stripe": "StripeSignature",
    "payments_webhook_paypal": "PayPalSignature",
    "rooms_webhook_jitsi": "JitsiSignature",
    "rooms_webhook_livekit": "LiveKitToken",
}


def finish_document(document: OpenAPISchema) -> OpenAPISchema:
    """Return the document with its problems, headers, credentials, bounds, examples and tags."""
    components = document["components"]
    components["schemas"].setdefault("Problem", _problem_schema(components["schemas"]))
    components["securitySchemes"] = dict(_SCHEMES)
    components["headers"] = dict(HEADERS)
    components["responses"] = {_answer_name(status): _problem_answer(status) for status in _REASONS}
    used = set()
    for methods in document["paths"].values():
        for method, operation in methods.items():
            used.update(operation.get("tags", ()))
            _finish_operation(method, operation)
    document["webhooks"] = webhook_events.described(components["schemas"])
    document["tags"] = [
        {"name": name, "description": TAGS[name]} for name in sorted(TAGS) if name in used
    ]
    _keep_what_is_used(document)
    incoming = _named_from(document, "requestBody")
    for name, schema in components["schemas"].items():
        vocabulary.bound(schema, name=name, owner=name, answer=name not in incoming)
    for name, schema in components["schemas"].items():
        if name not in incoming and (schema.get("type") == "object" or "oneOf" in schema):
            schema["examples"] = [examples.compose(schema, components["schemas"], name, name)]
    return document


def _problem_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    schema = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    schemas.update(schema.pop("$defs", {}))
    return schema


def _finish_operation(method: str, operation: dict[str, Any]) -> None:
    answers = {int(status): answer for status, answer in operation["responses"].items()}
    for status in _EVERYWHERE:
        answers.setdefault(status, {})
    if "security" in operation:
        answers.setdefault(401, {})
        operation["security"] = [{"BearerAuth": []}]
    else:
        scheme = _OTHER_CREDENTIALS.get(operation["operationId"])
        operation["security"] = [{scheme: []}] if scheme else []
    if operation["parameters"] or "requestBody" in operation:
        answers.setdefault(422, {})  # any value may be one that cannot be used
    if method != "get":
        answers.setdefault(413, {})  # asked of every body, also where none is looked at
    if "requestBody" in operation:
        answers.setdefault(415, {})
        example = examples.REQUESTS.get(operation["operationId"])
        for body in operation["requestBody"]["content"].values() if example is not None else ():
            body["example"] = example
    parameters = [_finish_parameter(one) for one in operation["parameters"]]
    parameters += [_IF_NONE_MATCH] if 304 in answers else []
    parameters += [_IF_MATCH] if 428 in answers else []
    operation["parameters"] = parameters
    keyed = any(one["name"] == _IDEMPOTENCY_KEY["name"] for one in parameters)
    tagged = bool({304, 428} & answers.keys())
    more = (["ETag"] if tagged else []) + (["Idempotent-Replayed"] if keyed else [])
    operation["responses"] = {
        str(status): _refer(answers[status], *more)
        if status < 400
        else {"$ref": f"#/components/responses/{_answer_name(status)}"}
        for status in sorted(answers)
    }


def _refer(answer: dict[str, Any], *more: str) -> dict[str, Any]:
    names = sorted([*_ON_EVERY_ANSWER, *more])
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return {**answer, "headers": headers}


def _finish_parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return the parameter with words, bounds, and no null: no address or header can carry one."""
    name = parameter["name"]
    if name == _IDEMPOTENCY_KEY["name"]:
        return dict(_IDEMPOTENCY_KEY)
    schema = dict(parameter["schema"])
    choices = [one for one in schema.pop("anyOf", []) if one.get("type") != "null"]
    if len(choices) == 1:
        schema = {**choices[0], **schema}
    elif choices:
        schema["anyOf"] = choices
    if schema.get("default", "") is None:
        del schema["default"]
    vocabulary.bound(schema, name=name, answer=False)
    said = parameter.get("description") or schema.get("description") or _PARAMETERS.get(name)
    if said is None and name.endswith("_id"):
        said = f"The {name.removesuffix('_id').replace('_', ' ')}'s id."
    return {**parameter, "schema": schema, **({"description": said} if said else {})}


def _answer_name(status: int) -> str:
    return f"Problem{status}"


def _problem_answer(status: int) -> dict[str, Any]:
    answer = {
        "description": _REASONS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return _refer(answer, *_ON_PROBLEMS.get(status, ()))


def _keep_what_is_used(document: OpenAPISchema) -> None:
    """Drop the answers and schemas that nothing refers to: of queries the parameters remain."""
    components = document["components"]
    answers = set(_references(document["paths"], "responses"))
    components["responses"] = {
        name: answer for name, answer in components["responses"].items() if name in answers
    }
    kept = _named_from(document)
    components["schemas"] = {
        name: schema for name, schema in components["schemas"].items() if name in kept
    }


def _named_from(document: OpenAPISchema, part: str | None = None) -> set[str]:
    """Return the schemas that the operations (or one part of each) lead to.

    What we send to webhooks is an answer of ours, though it stands there as a body.
    """
    components = document["components"]
    begin: list[Any] = [components["responses"]] if part is None else []
    begin += [] if part else [document["webhooks"]]
    for methods in document["paths"].values():
        begin += [operation.get(part, {}) if part else operation for operation in methods.values()]
    found: set[str] = set()
    waiting = list(_references(begin, "schemas"))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(components["schemas"][name], "schemas")
    return found


def _references(value: Any, kind: str) -> Iterator[str]:
    if isinstance(value, dict):
        target = value.get("$ref")
        if isinstance(target, str) and target.startswith(f"#/components/{kind}/"):
            yield target.rpartition("/")[2]
        for inner in value.values():
            yield from _references(inner, kind)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner, kind)
