"""Turn a refusal into an RFC 9457 problem. Knows HTTP; knows no domain.

Every "no" of the product is a `kernel.errors.Refusal`; its `kind` gives the status, its `code`
the stable `type` address, its class name the title, its `facts` the extension members. The
page behind the `type` address is written from the refusal's own docstring.
"""

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse

from kernel.errors import Kind, Refusal
from kernel.money import Money

MEDIA_TYPE = "application/problem+json"
STATUS = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.INVALID: 422,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
_STANDARD = frozenset({"type", "title", "status", "detail", "code", "errors", "request_id"})
# Facts that travel elsewhere: a header, or an entry of `errors`.
_ELSEWHERE = frozenset({"retry_after", "pointer", "headers"})


class HttpRefusal(Refusal):
    """A refusal that exists in HTTP alone and therefore names its own status."""

    status: ClassVar[int] = 400
    kind = Kind.MALFORMED


def status_of(refusal: Refusal | type[Refusal]) -> int:
    """Return the HTTP status of a refusal."""
    kind = refusal if isinstance(refusal, type) else type(refusal)
    return kind.status if issubclass(kind, HttpRefusal) else STATUS[kind.kind]


def title_of(kind: type[Refusal]) -> str:
    """Return the class name as words: `SlotTaken` is "Slot taken"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).capitalize()


def type_url(code: str) -> str:
    """Return the address that names the problem and documents it."""
    return f"{settings.PUBLIC_URL}/api/problems/{code}"


class FactEncoder(DjangoJSONEncoder):
    """JSON for what domain modules put into `facts`: money, instants, ids."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Money):
            return {"amount": o.amount_minor, "currency": o.currency}
        return super().default(o)


def problem_body(
    request: HttpRequest, refusal: Refusal, errors: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return the problem's members; standard ones win over facts of the same name."""
    kind = type(refusal)
    pointer = refusal.facts.get("pointer")
    if pointer and not errors:
        errors = [{"pointer": as_fragment(pointer), "detail": refusal.detail, "code": kind.code}]
    facts = {
        name: value
        for name, value in refusal.facts.items()
        if name not in _STANDARD and name not in _ELSEWHERE
    }
    return {
        "type": type_url(kind.code),
        "title": title_of(kind),
        "status": status_of(refusal),
        "detail": refusal.detail,
        "code": kind.code,
        "errors": list(errors),
        "request_id": getattr(request, "request_id", ""),
        **facts,
    }


def problem(
    request: HttpRequest,
    refusal: Refusal,
    *,
    errors: Sequence[Mapping[str, Any]] = (),
) -> HttpResponse:
    """Return the problem as a response, with Retry-After where the facts say when to retry."""
    body = json.dumps(problem_body(request, refusal, errors), cls=FactEncoder)
    response = HttpResponse(body, status=status_of(refusal), content_type=MEDIA_TYPE)
    for name, value in refusal.facts.get("headers", {}).items():
        response[name] = value
    retry_after = refusal.facts.get("retry_after")
    if retry_after is not None:
        response["Retry-After"] = str(int(retry_after))
    if response.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="counterfoil"'
    return response


def as_fragment(pointer: str) -> str:
    """Return a JSON pointer in the URI fragment form that RFC 9457 shows (`#/slot_token`)."""
    return pointer if pointer.startswith("#") else f"#/{pointer.lstrip('/')}"


def _descendants(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


@cache
def catalogue() -> dict[str, type[Refusal]]:
    """Return every refusal the loaded product can answer with, by its code."""
    return {kind.code: kind for kind in _descendants(Refusal) if "code" in vars(kind)}


def describe(kind: type[Refusal]) -> dict[str, Any]:
    """Return what the page behind a problem's `type` says."""
    return {
        "type": type_url(kind.code),
        "code": kind.code,
        "title": title_of(kind),
        "status": status_of(kind),
        "description": inspect.cleandoc(kind.__doc__ or ""),
    }
