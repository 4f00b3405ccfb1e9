"""The way to a page: Wagtail's, with a short one to the pages that most visitors ask for."""

from django.http import HttpRequest, HttpResponse
from wagtail import views

from cms import languages, places
from cms.models import MentorProfilePage


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Answer a page as Wagtail does; a mentor's is found by its whole address, at once.

    Wagtail asks for each part of an address in turn, and twice where a page has a kind. What it
    would find, it is told (`Page.route_for_request`); whether it may be shown, it asks itself.
    """
    place = places.of(request)
    home = place.homes.get(languages.active())
    if place.site is not None and home is not None and (home.live or home == place.site.root_page):
        profile = MentorProfilePage.at(f"{home.url_path}{path}")
        if profile is not None:
            request._wagtail_route_for_request = profile.route(request, [])  # type: ignore[attr-defined]  # noqa: SLF001
    answered: HttpResponse = views.serve(request, path)
    return answered
