"""Landing pages: one promise each, built of blocks."""

from typing import Any, ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import page_blocks
from cms.models.addresses import TopLevelPage
from cms.models.showing import ShowsBlocks


class LandingPage(ShowsBlocks, TopLevelPage):
    """A page for one kind of reader, such as mentors to be."""

    lead = models.CharField(
        max_length=240, help_text="One or two sentences; search engines show them."
    )
    body = StreamField(page_blocks(), block_counts={"hero": {"max_num": 1}})

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/landing.html"
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
    ]
