"""The front page."""

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import page_blocks
from cms.models.showing import ShowsBlocks


class HomePage(ShowsBlocks, Page):  # type: ignore[misc]
    """The front page: what this place is, and a handful of its mentors. There is one."""

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
