"""Questions and answers, by subject."""

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks.words import Faq
from cms.models.addresses import TopLevelPage


class FaqPage(TopLevelPage):
    """All questions on one page, so that a browser's search finds them. There is one."""

    lead = models.CharField(
        max_length=240, blank=True, default="Booking, cancelling, fees and payouts, in short."
    )
    body = StreamField([("faq", Faq())], blank=True)

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    template = "cms/faq.html"
