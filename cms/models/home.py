"""The front page."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms import languages
from cms.blocks import page_blocks
from cms.models.showing import ShowsBlocks


class HomePage(ShowsBlocks, Page):  # type: ignore[misc]
    """The front page: what this place is, and a handful of its mentors. Each language has one."""

    lead = models.CharField(
        max_length=240,
        default="Book an hour with a mentor. The price, the free times and what you get back "
        "if you cancel are on the page.",
        help_text="One or two sentences under the title; search engines show them.",
    )
    body = StreamField(page_blocks(), blank=True, block_counts={"hero": {"max_num": 1}})

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "cms.MentorIndexPage",
        "cms.ArticleIndexPage",
        "cms.LandingPage",
        "cms.FaqPage",
        "cms.LegalPage",
        "cms.FormPage",
    ]
    max_count = 1
    template = "cms/home.html"

    def route(self, request: HttpRequest, path_components: Sequence[str]) -> Any:
        """Find a page by its whole address, where Wagtail asks for each part of it in turn.

        A mentor's page is found before anybody asks here (`cms.serving`). Where a language has
        no front page, Wagtail asks that of another one: nothing is there.
        """
        if languages.of_page(self) != languages.active():
            raise Http404
        found = self._at(path_components) if path_components else None
        if found is None:
            return super().route(request, path_components)
        return found.route(request, [])

    def _at(self, parts: Sequence[str]) -> Any:
        # The slug has an index, the address has none.
        at = {"slug": parts[-1], "url_path": f"{self.url_path}{'/'.join(parts)}/"}
        page = Page.objects.filter(**at).first()
        return page.specific if page is not None else None
