"""Small public answers beside the pages: pictures, drawn and uploaded, and what robots may read."""

from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from cms import site_search
from cms.art.drawing import png
from cms.art.motifs import MOTIFS
from kernel import clock

A_DAY = "public, max-age=86400"
RENDITIONS = "images"
CLOSED = ("/accounts/", "/api/", "/app/", "/cms/", "/documents/")


def _tag(_request: HttpRequest, motif: str) -> str | None:
    return f'"art-{motif}-{len(png(motif))}"' if motif in MOTIFS else None


@require_safe
@condition(etag_func=_tag)
def drawn_picture(_request: HttpRequest, motif: str) -> HttpResponse:
    """Return a motif as a PNG, for link previews and readers of the feed."""
    if motif not in MOTIFS:
        raise Http404
    return HttpResponse(png(motif), content_type="image/png", headers={"Cache-Control": A_DAY})


@require_safe
def uploaded_picture(_request: HttpRequest, name: str) -> FileResponse:
    """Return a rendition that Wagtail made; originals and documents are not served by this."""
    path = PurePosixPath(RENDITIONS, name)
    if ".." in path.parts or not default_storage.exists(str(path)):
        raise Http404
    return FileResponse(default_storage.open(str(path)), headers={"Cache-Control": A_DAY})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what a query finds on the site. Not to be found itself: every query would be a page."""
    query = site_search.cleaned(request.GET.get("q", ""))
    found = site_search.search(query, now=clock.now())
    return render(request, "cms/search.html", {"query": query, "found": found})


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Say that the pages may be read, the rest not, and where the map of the site is."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "",
        f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse(
        "\n".join(lines), content_type="text/plain; charset=utf-8", headers={"Cache-Control": A_DAY}
    )
