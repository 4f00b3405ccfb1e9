"""The map of the site: every page that a visitor can open in every language, and no other."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page

from accounts.models import Mentor
from cms import languages
from cms.models import MentorIndexPage, MentorProfilePage

type Addresses = dict[str, str]  # by language


class SiteMap(Sitemap):  # type: ignore[misc]
    """All live pages; the profiles of mentors who are not live answer 404 and are left out."""

    def items(self) -> Any:
        root = self.get_wagtail_site().root_page.get_parent()
        hidden = MentorProfilePage.objects.exclude(mentor__status=Mentor.Status.LIVE)
        pages = Page.objects.descendant_of(root).live().public().order_by("path")
        return pages.exclude(pk__in=hidden.values("pk")).defer_streamfields().specific()

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict[str, Any]]:  # noqa: ARG002
        """Return one entry for each address, each with those of its translations."""
        shown = list(self.paginator.page(page).object_list)
        directories = {languages.of_page(one) for one in shown if isinstance(one, MentorIndexPage)}
        found: dict[Any, Addresses] = defaultdict(dict)
        for one in shown:
            found[one.translation_key].update(self._addresses(one, directories))
        return [
            {"location": url, "lastmod": self.lastmod(one), "alternates": _alternates(of_it)}
            for one in shown
            for of_it in (found[one.translation_key],)
            for language, url in self._addresses(one, directories).items()
        ]

    def _addresses(self, page: Any, directories: set[str]) -> Addresses:
        if not isinstance(page, MentorProfilePage):
            return {languages.of_page(page): page.get_full_url(self.request)}
        own = page.get_full_url(self.request)
        site = own.removesuffix(languages.mentors_path(page.slug))
        return {
            language: f"{site}{languages.mentors_path(page.slug, language=language)}"
            for language in languages.NAMES
            if language in directories
        }


def _alternates(addresses: Addresses) -> list[dict[str, str]]:
    if len(addresses) == 1:
        return []
    return [{"lang_code": code, "location": url} for code, url in hreflang(addresses)]


def hreflang(addresses: Addresses) -> Iterator[tuple[str, str]]:
    """Return what search engines are told of a page's translations; the first language is for all
    who read none of them."""
    yield from addresses.items()
    if languages.SOURCE in addresses:
        yield "x-default", addresses[languages.SOURCE]
