"""The outermost middleware: one request id in, the same one out."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kernel.ids import uuid7_number

_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Set `request.request_id` from `X-Request-Id` (where acceptable) and answer with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # On the way of every call: `request.headers` would be made of all headers first.
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else f"req_{uuid7_number():032x}"
        request.request_id = request_id  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response
