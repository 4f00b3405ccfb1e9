"""What happens to every exception that leaves an operation: it becomes a problem.

Refusals keep their words; everything unexpected becomes a 500 that says nothing but the request
id, under which the log has the rest. No HTML, no traceback, no echo of what was sent.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from psycopg.errors import QueryCanceled

from api.problems import as_fragment, problem
from api.refusals import (
    BadRequest,
    DependencyDown,
    InternalError,
    MethodNotAllowed,
    PayloadTooLarge,
    RateLimited,
    TookTooLong,
    Unauthenticated,
    UnknownAddress,
    UnsupportedMediaType,
    ValidationFailed,
)
from kernel.errors import Forbidden, NotFound, Refusal

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest, Exception | type[Exception]], HttpResponse]

SIGN_IN = "Sign in: send a valid access token as Authorization: Bearer."


def install(api: NinjaAPI) -> None:
    """Have `api` answer every exception with `answer`."""
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, cast("Handler", answer))


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the problem for any exception; log what nobody expected."""
    if isinstance(error, ValidationError):
        return _invalid(request, error)
    refusal = _refusal_for(error)
    if refusal is None:
        request_id = getattr(request, "request_id", "")
        logger.error("request %s failed", request_id, exc_info=error)
        refusal = InternalError(f"Something failed here. Our log has it as {request_id}.")
    return problem(request, refusal)


def _refusal_for(error: Exception) -> Refusal | None:
    match error:
        case Refusal():
            return error
        case AuthenticationError():
            return Unauthenticated(SIGN_IN)
        case Throttled():
            return RateLimited("Too many calls; wait and repeat.", retry_after=error.wait or 1)
        case HttpError() if isinstance(error.__cause__, Refusal):
            return error.__cause__  # django-ninja wraps what the parser raises
        case HttpError():
            return for_status(error.status_code)
        case Http404():
            return NotFound("There is no such object, or it is not yours to see.")
        case OperationalError() if isinstance(error.__cause__, QueryCanceled):
            logger.warning("the database was stopped, because a statement took too long")
            return TookTooLong(
                "This took longer than one call may and was stopped. Ask for less (fewer filters "
                "or words, a shorter time between), or repeat it later; a change with the same "
                "Idempotency-Key, which goes on where it was stopped.",
                retry_after=10,
            )
        case OperationalError() | InterfaceError():
            logger.error("the database did not answer", exc_info=error)
            return DependencyDown("The database does not answer; repeat the call.", retry_after=2)
        case UnreadablePostError() | SuspiciousOperation():
            return BadRequest("The request could not be read.")
    return None


@csrf_exempt
def unknown_address(request: HttpRequest) -> HttpResponse:
    """The view behind every address under /api/ where no operation lives."""
    return problem(request, _BARE[404]())


# What to say for a bare status that Django or another library answered with.
_BARE: Mapping[int, Callable[[], Refusal]] = {
    400: lambda: BadRequest("The request could not be read."),
    401: lambda: Unauthenticated(SIGN_IN),
    403: lambda: Forbidden("You may not do this."),
    404: lambda: UnknownAddress("No operation lives at this address; /api/docs lists them all."),
    405: lambda: MethodNotAllowed("This address does not take this method; see Allow."),
    413: lambda: PayloadTooLarge("The body is larger than 1 MB."),
    415: lambda: UnsupportedMediaType("Send the body as Content-Type: application/json."),
    429: lambda: RateLimited("Too many calls; wait and repeat.", retry_after=1),
    503: lambda: DependencyDown("A part of the product does not answer.", retry_after=2),
}


def for_status(status: int) -> Refusal | None:
    """Return the refusal that a bare HTTP status stands for, or None for an unknown one."""
    make = _BARE.get(status) or (_BARE[400] if 400 <= status < 500 else None)
    return make() if make else None


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    entries = [_entry(item) for item in error.errors]
    places = ", ".join(sorted({entry.get("pointer") or entry["parameter"] for entry in entries}))
    refusal = ValidationFailed(f"Some values cannot be used: {places}. See errors.")
    return problem(request, refusal, errors=entries)


def _entry(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return one entry of `errors`: a JSON pointer into the body, or a parameter by name.

    django-ninja's locations begin with the source and, for a body, our argument's name.
    """
    source, *path = item["loc"]
    entry: dict[str, Any] = {
        "detail": item["msg"].removeprefix("Value error, "),
        "code": item["type"],
    }
    if source == "body":
        steps = [str(step).replace("~", "~0").replace("/", "~1") for step in path[1:]]
        entry["pointer"] = as_fragment("/".join(steps)) if steps else "#"
    else:
        entry["in"] = source
        entry["parameter"] = ".".join(str(step) for step in path) or source
    return entry
