"""What the site's pages say, as values: for readers who draw them themselves.

Live pages that everybody may see, found by their address. Facts in blocks are those of now, read by
the functions that the templates read them by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from wagtail.models import Page, Site
from wagtail.rich_text import expand_db_html
from wagtail.whitelist import Whitelister

from cms.models import (
    ArticleIndexPage,
    ArticlePage,
    FaqPage,
    HomePage,
    LandingPage,
    LegalPage,
)
from cms.templatetags.pages import Head, page_head, site_menus
from kernel.errors import NotFound

KINDS = (HomePage, LandingPage, ArticleIndexPage, ArticlePage, FaqPage, LegalPage)
WIDTHS = "max-1600x1600|format-webp"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as it is sent: the address on this site, its size, and what it tells."""

    url: str
    width: int
    height: int
    alt: str


def page_at(request: HttpRequest, path: str) -> Page:
    """Return the live page at this address of the site; raises NotFound.

    Drafts and pages behind a password are not there, nor are mentors, who have operations of their
    own. Three queries.
    """
    site = Site.find_for_request(request)
    home, inner = site.root_page, path.strip("/")
    slug = inner.rpartition("/")[2] or home.slug  # has an index, which the address has not
    url_path = f"{home.url_path}{inner}/" if inner else home.url_path
    found = Page.objects.live().public().filter(slug=slug, url_path=url_path).first()
    specific = found.specific if found is not None else None
    if not isinstance(specific, KINDS):
        raise NotFound(
            f"No page stands at {path!r}. GET /api/content/navigation lists the main ones; "
            "mentors are under /api/mentors."
        )
    return specific


def address_of(page: Page) -> str:
    """Return a page's address on this site; no query, where Wagtail's own asks for the root."""
    inner: str = page.url_path.split("/", 2)[2]
    return f"/{inner}"


def head_of(request: HttpRequest, page: Page) -> Head:
    """Return what search engines read of the page."""
    return page_head({"request": request}, page)


def menus(request: HttpRequest) -> Any:
    """Return the site's menus (`cms.templatetags.pages.Menus`). One query."""
    return site_menus({"request": request})


def articles(index: ArticleIndexPage, *, sheet: int, per_sheet: int) -> tuple[Sequence[Any], int]:
    """Return one sheet of the index's articles, the newest first, and how many there are."""
    found = index.articles()
    begin = (sheet - 1) * per_sheet
    return list(found[begin : begin + per_sheet]), found.count()


def html_of(source: str) -> str:
    """Return an editor's text as HTML: links lead to pages as they are now, the rest is cleaned."""
    cleaned: str = Whitelister().clean(expand_db_html(source))
    return cleaned


def picture_of(image: Any, alt: str) -> Shown | None:
    """Return an image as it is sent; None where there is none."""
    if image is None:
        return None
    made = image.get_rendition(WIDTHS)
    return Shown(made.url, made.width, made.height, alt)
