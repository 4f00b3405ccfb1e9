"""The boundary of /api/: one shape of failure, no caching of private answers, exact CORS.

django-ninja answers for the operations; this answers for what never reaches one (unknown
addresses, wrong methods, oversized bodies, a forged Host) and for whatever fails around it.
Pages outside /api/ pass untouched.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from api import limits
from api.errors import answer, for_status
from api.problems import MEDIA_TYPE, problem
from api.refusals import BadRequest, InternalError, NulByte, PayloadTooLarge, RateLimited
from kernel.errors import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]

_KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
_CORS_METHODS = "GET, POST, PUT, PATCH, DELETE"
_CORS_REQUEST_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
)
_CORS_EXPOSED = "ETag, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"


def is_api(request: HttpRequest) -> bool:
    """Return whether the address belongs to the API."""
    return request.path_info == "/api" or request.path_info.startswith("/api/")


class ProblemMiddleware:
    """Make every failure under /api/ a problem, and private answers uncacheable."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return self.get_response(request)
        asks_for_head = request.method == "HEAD"
        if asks_for_head:  # django-ninja knows GET alone; RFC 9110, 9.3.2 wants both
            request.method = "GET"
        refusal = _refused_at_the_door(request)
        response = problem(request, refusal) if refusal else self.get_response(request)
        if response.status_code >= 400 and not _is_problem(response):
            response = _as_problem(request, response)
        if response.status_code >= 400 and not limits.is_counted(request):
            response = _counted(request, response)
        for name, value in getattr(request, "rate_limit_headers", {}).items():
            response[name] = value
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        if not response.streaming and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))
        if asks_for_head:
            response.content = b""  # the length stays that of the whole
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for what django-ninja lets through (its throttles run outside its own net)."""
        return answer(request, error) if is_api(request) else None


def _refused_at_the_door(request: HttpRequest) -> Refusal | None:
    try:
        request.get_host()
    except DisallowedHost:
        return BadRequest("The Host header names no host of this site.")
    if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        return NulByte("The address holds a NUL byte; remove it.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.API_MAX_BODY_BYTES:
        return PayloadTooLarge(
            f"The body has {length} bytes; at most {settings.API_MAX_BODY_BYTES} are taken."
        )
    return None


def _counted(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Count what no operation has counted: no such address, no good token."""
    try:
        if limits.count(request):
            return response
        return problem(request, RateLimited("Too many calls; wait and repeat.", retry_after=1))
    except DatabaseError as error:
        return answer(request, error)


def _is_problem(response: HttpResponse) -> bool:
    return response.get("Content-Type", "").startswith(MEDIA_TYPE)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    refusal = for_status(response.status_code) or InternalError(
        f"Something failed here. Our log has it as {getattr(request, 'request_id', '')}."
    )
    replacement = problem(request, refusal)
    for name in _KEPT_HEADERS:
        if name in response:
            replacement[name] = response[name]
    return replacement


class CorsMiddleware:
    """Answer preflights and mark answers for the exact origins of CORS_ALLOWED_ORIGINS."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return self.get_response(request)
        origin = request.META.get("HTTP_ORIGIN", "")
        allowed = origin in settings.CORS_ALLOWED_ORIGINS
        preflight = (
            request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        )
        response = HttpResponse(status=204) if preflight else self.get_response(request)
        patch_vary_headers(response, ["Origin"])
        if allowed:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Credentials"] = "true"
            response["Access-Control-Expose-Headers"] = _CORS_EXPOSED
        if allowed and preflight:
            response["Access-Control-Allow-Methods"] = _CORS_METHODS
            response["Access-Control-Allow-Headers"] = _CORS_REQUEST_HEADERS
            response["Access-Control-Max-Age"] = "600"
        return response
