"""A look at what waits of one profile, for whoever has the link: signed, for an hour.

The token names a page and one revision of it. It opens that revision while it is the newest and
not public; what is published, taken back or replaced is not opened any more, and nothing else ever.
No sign-in is asked for, so that a mentor can show it to a friend. It stands in no index and in no
cache, and no address that is visited from it learns of it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Mentor
from cms.models import MentorProfilePage
from cms.pictures import PHOTO
from cms.portraits import portrait_data_url
from kernel import clock
from kernel.errors import Refusal

LIFETIME = timedelta(hours=1)
_SALT = "cms.profile-preview"
_LONGEST = 200
HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


class NothingToPreview(Refusal):
    """Visitors see the newest words already, or there is no page."""

    code = "nothing_to_preview"


@dataclass(frozen=True, slots=True)
class Link:
    """An absolute address, and until when it works."""

    url: str
    until: datetime


@dataclass(frozen=True, slots=True)
class _Shown:
    until: datetime
    portrait: str


def link(*, mentor: Mentor, now: datetime) -> Link:
    """Return a link to what waits of the mentor's own page. Raises NothingToPreview."""
    page = MentorProfilePage.objects.filter(mentor=mentor).first()
    if page is None or page.latest_revision_id is None or not _newer(page):
        raise NothingToPreview(
            "Visitors see the newest words of your page already. Change something first."
        )
    issued = now.replace(microsecond=0)
    token = Signer(salt=_SALT).sign_object(
        [page.pk, page.latest_revision_id, int(issued.timestamp())]
    )
    address = reverse("profile_preview", args=[token])
    return Link(url=f"{settings.PUBLIC_URL}{address}", until=issued + LIFETIME)


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the page as it would be; 404 for a token that is forged, old, or of what is over."""
    page_id, revision_id, until = _opened(token)
    page = (
        MentorProfilePage.objects.filter(pk=page_id, latest_revision_id=revision_id)
        .exclude(mentor__status=Mentor.Status.SUSPENDED)
        .first()
    )
    if page is None or not _newer(page):
        raise Http404
    shown = page.get_latest_revision_as_object()
    photo = shown.portrait
    portrait = photo.get_rendition(PHOTO).url if photo else portrait_data_url(shown.title)
    context = {**shown.get_context(request), "preview": _Shown(until, portrait)}
    answer = render(request, shown.template, context)
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


def _newer(page: MentorProfilePage) -> bool:
    return bool(page.has_unpublished_changes or not page.live)


def _opened(token: str) -> tuple[int, int, datetime]:
    """Return page, revision and end of a token. Raises Http404 where it opens nothing."""
    try:
        page_id, revision_id, issued = Signer(salt=_SALT).unsign_object(token[:_LONGEST])
        until = datetime.fromtimestamp(issued, UTC) + LIFETIME
    except (BadSignature, ValueError, TypeError) as error:
        raise Http404 from error
    if clock.now() >= until:
        raise Http404
    return page_id, revision_id, until
