"""The app's one page, whatever its address, and the short addresses that lead to it."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.csp import CSP
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from spa.arrivals import PROFILE, arrival_at
from spa.build import Build, NotBuilt, latest_build
from spa.first import words_of
from spa.gateway import browser_hosts
from spa.policy import app_policy

CHECKOUT = re.compile(r"^/app/(sessions/[^/]+/pay|mentors/[^/]+/packages/[^/]+)/?$")


@require_safe
def host_page(request: HttpRequest) -> HttpResponse:
    """Answer every address under /app/ with the page that starts the app.

    # Note [Checkout documents]
    A browser holds one policy for one document, and moving inside the app changes no document.
    So the gateways' hosts (and the demo's script) belong to documents that were asked for at a
    checkout's address, which say so in a `<meta>`; the checkout loads itself anew where it finds
    none. See docs/adr/0009-the-app-and-its-policy.md.
    """
    files = f"{settings.STATIC_URL}spa/"
    gateway = browser_hosts() if CHECKOUT.match(request.path) else None
    try:
        build = latest_build(settings.SPA_DIST)
    except NotBuilt:
        return _asked_each_time(render(request, "app/not_built.html", status=503))
    language = get_language_from_request(request)[:2]
    names = {"build": build, "files": files, "gateway": gateway, "language": language}
    with translation.override(language):
        response = render(request, "app/index.html", names | _on_arrival(request, build))
    patch_vary_headers(response, ["Accept-Language"])
    response._csp_config = app_policy(  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own
        f"{request.get_host()}{files}", stream=_stream_origin(request), gateway=gateway
    )
    if gateway is not None:  # PayPal's window has to be able to speak to the page that opened it
        response["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return _asked_each_time(response)


def _on_arrival(request: HttpRequest, build: Build) -> dict[str, Any]:
    """Return what the template is told of a page that people arrive at."""
    arrival, parts = arrival_at(request.path)
    if arrival is None:
        return {}
    # A list that the address filters is another one: the app alone knows how it asks for that.
    filtered = bool(request.GET) and arrival.module == "mentors"
    files = (file for name in arrival.modules for file in build.routes.get(name, ()))
    return {
        "of_route": list(dict.fromkeys(files)),
        "ahead": [PROFILE] if filtered else [read.format(**parts) for read in arrival.reads],
        "first": None if filtered else words_of(arrival.module, parts),
        "first_template": f"app/first/{arrival.module}.html",
    }


@require_safe
def to_app(request: HttpRequest, address: str) -> HttpResponse:
    """Lead a short address to its place in the app, with its query."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def _stream_origin(request: HttpRequest) -> str:
    """Return where the page hears of new messages: a port of its own, or the site's own origin."""
    address = urlsplit(settings.STREAM_URL)
    origin = f"{address.scheme}://{address.netloc}"
    return CSP.SELF if origin == f"{request.scheme}://{request.get_host()}" else origin


def _asked_each_time(response: HttpResponse) -> HttpResponse:
    """Have the page asked for each time: it names one build and carries a nonce."""
    patch_cache_control(response, no_cache=True, private=True)
    return response
