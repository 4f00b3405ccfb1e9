"""The app's one page, whatever its address, and the short addresses that lead to it."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.csp import CSP
from django.views.decorators.http import require_safe

from spa.build import Build, NotBuilt, latest_build
from spa.gateway import browser_hosts
from spa.policy import app_policy

# The pages that people arrive at, and what the app will fetch for them: its router finds that out
# only once it runs. An address that is not in here loses that time and nothing else.
MEMBERS, VISITORS = "member-layout", "visitor-layout"
ARRIVALS = (
    (re.compile(r"^/app/?$"), (MEMBERS, "dashboard")),
    (re.compile(r"^/app/mentors/?$"), (MEMBERS, "mentors")),
    (re.compile(r"^/app/mentors/[^/]+/?$"), (MEMBERS, "mentor")),
    (re.compile(r"^/app/mentors/[^/]+/book/?$"), (MEMBERS, "book")),
    (re.compile(r"^/app/sessions/?$"), (MEMBERS, "sessions")),
    (re.compile(r"^/app/sessions/[^/]+/?$"), (MEMBERS, "session")),
    (re.compile(r"^/app/sessions/[^/]+/pay/?$"), (MEMBERS, "pay")),
    (re.compile(r"^/app/login/?$"), (VISITORS, "login")),
    (re.compile(r"^/app/register/?$"), (VISITORS, "register")),
)
CHECKOUT = re.compile(r"^/app/sessions/[^/]+/pay/?$")


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
    names = {
        "build": build,
        "files": files,
        "gateway": gateway,
        "of_route": files_on_arrival(build, request.path),
    }
    response = render(request, "app/index.html", names)
    response._csp_config = app_policy(  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own
        f"{request.get_host()}{files}", stream=_stream_origin(request), gateway=gateway
    )
    if gateway is not None:  # PayPal's window has to be able to speak to the page that opened it
        response["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return _asked_each_time(response)


def files_on_arrival(build: Build, path: str) -> list[str]:
    """Return what the page at `path` needs on top of the entry; nothing where it is not known."""
    for pattern, modules in ARRIVALS:
        if pattern.match(path):
            files = (file for module in modules for file in build.routes.get(module, ()))
            return list(dict.fromkeys(files))
    return []


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
