"""Middlewares that only pages need. A call of the API passes them by.

The API signs its callers in by a header, keeps no session and no cookie of Django's, has no form
and answers at one address each, so what these do for it is nothing; together they took half of a
short answer's time. Each is Django's or Wagtail's own, the staff's second factor ours. What guards
the API too stays in front: request ids, CORS, problems, and the headers of SecurityMiddleware.
"""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import has_vary_header
from wagtail.contrib.redirects.middleware import RedirectMiddleware

from accounts.middleware import StaffSecondFactorMiddleware
from api.middleware import is_api
from cms.guarding import Door
from cms.languages import LanguageOfTheAddress
from spa import static

# An answer of the API is no document: nothing may be loaded by it, and nobody may frame it.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


# What is text, and gains by it; pictures and fonts are compressed already.
COMPRESSED = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "text/plain",
        "application/xml",
        "application/atom+xml",
        "image/svg+xml",
    }
)


class _PagesAlone:
    """Before a middleware's class: what it does, it does to pages."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_api(request):
            passed: HttpResponse = self.get_response(request)
            return passed
        response: HttpResponse = super().__call__(request)  # type: ignore[misc]
        return response


class Static(_PagesAlone, static.StaticMiddleware):
    pass


class Compress(_PagesAlone, GZipMiddleware):
    """What is the same for everybody leaves compressed: public pages and files.

    # Note [What is never compressed]
    The length of a compressed answer tells what repeats in it, so words of a stranger beside a
    secret give the secret away (BREACH). An answer that keeps one says so: it sets a cookie, varies
    by the cookie (whatever read the session or wrote a form's token does) or is private. Those
    leave as they are.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if response.status_code != HTTPStatus.OK or _is_somebodys(response):
            return response
        if response.get("Content-Type", "").partition(";")[0] not in COMPRESSED:
            return response
        return super().process_response(request, response)


def _is_somebodys(response: HttpResponse) -> bool:
    kept = response.get("Cache-Control", "")
    return bool(
        response.cookies
        or has_vary_header(response, "Cookie")
        or "private" in kept
        or "no-store" in kept
    )


class Session(_PagesAlone, SessionMiddleware):
    pass


class Language(_PagesAlone, LanguageOfTheAddress):
    pass


class Common(_PagesAlone, CommonMiddleware):
    pass


class Authentication(_PagesAlone, AuthenticationMiddleware):
    pass


class Messages(_PagesAlone, MessageMiddleware):
    pass


class StaffSecondFactor(_PagesAlone, StaffSecondFactorMiddleware):
    pass


class BackOfficeDoor(_PagesAlone, Door):
    pass


class Redirects(_PagesAlone, RedirectMiddleware):  # type: ignore[misc]
    pass


class Csrf(_PagesAlone, CsrfViewMiddleware):
    """A page's form carries a token. The API believes no cookie but the refresh token's, which is
    SameSite and held to its Origin (`api.refresh_cookie`)."""

    def process_view(self, request: HttpRequest, *view: Any) -> Any:
        return None if is_api(request) else super().process_view(request, *view)


class ContentPolicy(ContentSecurityPolicyMiddleware):
    """One fixed policy for what is no document, the site's for pages (the API's own too)."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code == HTTPStatus.NOT_MODIFIED:  # what the reader keeps has its own
            return response
        if is_api(request) and "json" in response.get("Content-Type", "json"):
            response["Content-Security-Policy"] = DATA_POLICY
            return response
        answered: HttpResponse = super().process_response(request, response)
        return answered
