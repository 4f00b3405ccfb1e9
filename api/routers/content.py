"""The site's pages as values, for the single-page app and other readers."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from api.permissions import allowed
from api.rendering import tagged
from api.schemas.base import PlainText, problems
from api.schemas.consents import DocumentOut
from api.schemas.content import ContentMeta, Navigation
from api.schemas.content_pages import ContentPage, page_of
from cms import contents, versions
from kernel import clock

router = Router(tags=["content"])

KEPT = "public, no-cache"  # may be kept by anybody, and is asked for before it is shown again
Path = Annotated[
    PlainText,
    Query(..., max_length=300, description="The address on this site, such as /faq/; / is home."),
]
Sheet = Annotated[int, Query(ge=1, le=10_000, description="Of the articles' index.")]


@router.get(
    "/page",
    operation_id="content_page",
    auth=allowed("content_page"),
    response={200: ContentPage, 304: None, **problems(404, 422)},
    summary="Read a page of the site",
)
def content_page(request: HttpRequest, path: Path, sheet: Sheet = 1) -> HttpResponse:
    """Home, landing pages, articles, questions and documents, published; `kind` says which.

    Blocks stand in the editor's order, each with a `kind`. Send `If-None-Match` to read only what
    changed: a page is another as soon as it is published, or a fact that it shows is.
    """
    page = contents.page_at(request, path)
    meta = ContentMeta.of(contents.head_of(request, page))
    return _for_everybody(tagged(request, ContentPage(page_of(page, meta, sheet=sheet))))


@router.get(
    "/navigation",
    operation_id="content_navigation",
    auth=allowed("content_navigation"),
    response={200: Navigation, 304: None, **problems(422)},
    summary="Read the site's menus",
)
def content_navigation(request: HttpRequest) -> HttpResponse:
    """The pages that editors show in menus, and the versions that newcomers agree to."""
    to_agree = [DocumentOut.of(one) for one in versions.in_force(now=clock.now())]
    return _for_everybody(tagged(request, Navigation.of(contents.menus(request), to_agree)))


def _for_everybody(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = KEPT
    return response
