"""The refresh token's cookie: set by sign-in and refresh, read by refresh and logout alone.

Over https its name carries `__Host-`, by which a browser vouches for Secure, Path=/ and no
Domain (RFC 6265bis, 4.1.3.2), so no neighbouring host can plant one. Over http, in
development, the plain name is used.
"""

import math
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.tokens import Tokens
from api.problems import HttpRefusal
from kernel.errors import Kind

PLAIN_NAME = "counterfoil_refresh"
HOST_NAME = f"__Host-{PLAIN_NAME}"


class ForeignOrigin(HttpRefusal):
    """The call comes from a page of another site; only the product's own pages may make it."""

    code = "foreign_origin"
    kind = Kind.FORBIDDEN
    status = 403


def name_for(request: HttpRequest) -> str:
    """Return the cookie's name over this connection."""
    return HOST_NAME if request.is_secure() else PLAIN_NAME


def put(request: HttpRequest, response: HttpResponse, tokens: Tokens, now: datetime) -> None:
    """Set the cookie, to live as long as the token is good."""
    response.set_cookie(
        name_for(request),
        tokens.refresh,
        max_age=math.ceil((tokens.refresh_until - now).total_seconds()),
        path="/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def clear(request: HttpRequest, response: HttpResponse) -> None:
    """Take the cookie away."""
    response.set_cookie(
        name_for(request),
        "",
        max_age=0,
        path="/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def take(request: HttpRequest) -> str | None:
    """Return the cookie's token, or None where there is none.

    Raises ForeignOrigin for a page of another site. A browser names the page's origin on every
    POST that crosses sites; a program that names none is no page and carries no one's cookies.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin not in _own_origins(request):
        raise ForeignOrigin("Only pages of this site may use the sign-in's cookie.")
    if origin is None and request.headers.get("Sec-Fetch-Site", "none") not in {
        "same-origin",
        "none",
    }:
        raise ForeignOrigin("Only pages of this site may use the sign-in's cookie.")
    return request.COOKIES.get(name_for(request))


def _own_origins(request: HttpRequest) -> set[str]:
    public = urlsplit(settings.PUBLIC_URL)
    return {
        f"{request.scheme}://{request.get_host()}",
        f"{public.scheme}://{public.netloc}",
        *settings.CORS_ALLOWED_ORIGINS,
    }
