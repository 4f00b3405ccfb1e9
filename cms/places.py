"""Where a request is: which site it asks for, and the page where each language of that begins.

Wagtail asks the database for the site by its host, for the locale, for the root and its
translation, and reads the beginnings of all sites from a cache that is a table here. There is a
handful of sites and languages, so two statements answer all of it, and say it to Wagtail too.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.http.request import split_domain_port
from wagtail.models import Page, Site
from wagtail.models.sites import SiteRootPath

from cms import languages
from kernel.standing import Standing

# In the order of `Site.get_site_root_paths`: of two that a page lies under, the nearer is first.
_SITES = Standing(
    lambda: Site.objects.order_by("-root_page__url_path", "-is_default_site", "hostname")
)
_ROOTS = Standing(
    lambda: Page.objects.filter(
        translation_key__in=Site.objects.values("root_page__translation_key")
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """A site, and by language the page where it begins, live or not. No site: nothing is there."""

    site: Site | None = None
    homes: dict[str, Page] = field(default_factory=dict)


def of(request: HttpRequest | None) -> Place:
    """Return where a request is; two statements, once for each request."""
    if request is None:
        return Place()
    kept: Place | None = getattr(request, "_place", None)
    if kept is None:
        kept = _found(request)
        request._place = kept  # type: ignore[attr-defined]  # noqa: SLF001 - ours
    return kept


def _found(request: Any) -> Place:
    sites, roots = _SITES.all(), _ROOTS.all()
    homes: dict[Any, dict[str, Page]] = defaultdict(dict)
    for page in roots:
        homes[page.translation_key][languages.of_page(page)] = page
    by_id = {page.pk: page for page in roots}
    for site in sites:
        if site.root_page_id in by_id:  # not where it was moved a moment ago
            site.root_page = by_id[site.root_page_id]
    host = split_domain_port(request._get_raw_host())[0]  # noqa: SLF001 - as Wagtail asks for it
    here = chosen(sites, host, request.get_port())
    # Where `Site.find_for_request` and `Page.get_url_parts` look before they ask.
    request._wagtail_site = here  # noqa: SLF001
    request._wagtail_cached_site_root_paths = [  # noqa: SLF001
        SiteRootPath(one.pk, page.url_path, one.root_url, language)
        for one in sites
        for language, page in homes[one.root_page.translation_key].items()
    ]
    return Place(here, homes[here.root_page.translation_key]) if here else Place()


def chosen(sites: Iterable[Site], host: str, port: str) -> Site | None:
    """Return the site that is asked for, by the rule of `Site.find_for_request`.

    That is the one of this host and port; else the default one, unless just one other has the host.
    """
    all_ = list(sites)
    here = [site for site in all_ if site.hostname == host]
    default = next((site for site in all_ if site.is_default_site), None)
    exact = next((site for site in here if str(site.port) == port), None)
    if exact is not None:
        return exact
    return here[0] if len(here) == 1 and default not in here else default
