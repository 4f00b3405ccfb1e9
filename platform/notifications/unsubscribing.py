"""The page and the one-click POST behind the link of RFC 8058: no sign-in, and no change by GET.

Mailbox providers POST `List-Unsubscribe=One-Click` to the link; so does the page's button. Both
carry no cookie that counts: the signed link is the proof, so there is no CSRF token. The answer to
a POST is never a redirect (RFC 8058, 3.1), and doing it twice is doing it once.

The page speaks its reader's language. Where the link tells of none, it is the browser's: nobody
keeps this page, so it may differ.
"""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.sources import source_of
from kernel import clock, limits
from kernel.errors import NotFound
from kernel.limits import Limit
from notifications import links, switches
from notifications.switches import Switch

# By reader, since a provider's few machines post for all of its people; bad links by source.
PER_SWITCH = Limit("unsubscribe", 30, timedelta(hours=1))
BAD_PER_SOURCE = Limit("unsubscribe-bad", 60, timedelta(hours=1))
_WANTED = {("List-Unsubscribe", "One-Click"): False, ("switch", "on"): True}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Show the switch that the link is for; set it by POST. 404 to every link that is not good."""
    posted = request.method == "POST"
    try:
        switch = links.switch_of(token=request.GET.get("token", ""))
    except NotFound:
        with translation.override(translation.get_language_from_request(request)):
            return _dead(request, posted=posted)
    with translation.override(switch.person.language):
        return _switched(request, switch, posted=posted)


def _dead(request: HttpRequest, *, posted: bool) -> HttpResponse:
    if posted and (seconds := _seconds_to_wait(BAD_PER_SOURCE, source_of(request))):
        return _too_many(request, seconds)
    return _page(request, {"dead": True}, status=404)


def _switched(request: HttpRequest, switch: Switch, *, posted: bool) -> HttpResponse:
    if not posted:
        return _shown(request, switch, said="")
    if seconds := _seconds_to_wait(PER_SWITCH, f"{switch.person.pk} {switch.kind}"):
        return _too_many(request, seconds)
    wanted = [on for (name, value), on in _WANTED.items() if request.POST.get(name) == value]
    if len(wanted) != 1:
        return _shown(request, switch, said="", status=400)
    with transaction.atomic():
        switches.turn(switch=switch, on=wanted[0], now=clock.now())
    return _shown(request, switch, said="on" if wanted[0] else "off")


def _seconds_to_wait(limit: Limit, subject: str) -> int:
    """Count one POST; return 0 within the limit, and else the seconds until its window ends."""
    state = limits.count(limit, subject=subject, now=clock.now())
    return 0 if state.allowed else state.reset_seconds


def _shown(request: HttpRequest, switch: Switch, *, said: str, status: int = 200) -> HttpResponse:
    off = switches.is_off(person_id=switch.person.pk, kind=switch.kind)
    facts = {"label": gettext(switch.kind.label), "off": off, "said": said}
    return _page(request, facts, status=status)


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    response = _page(request, {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _page(request: HttpRequest, facts: dict[str, object], *, status: int) -> HttpResponse:
    """Render it so that no cache, search engine or next page learns of the link."""
    response = render(request, "notifications/unsubscribe.html", facts, status=status)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
