"""Terms, privacy, policies: words that bind, so they carry a version and a day."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from cms.models.addresses import TopLevelPage

FEATURES = ["h2", "h3", "bold", "italic", "link", "ol", "ul", "hr"]


class LegalPage(TopLevelPage):
    """A document that people agree to. Earlier versions stay in the page's history."""

    version = models.CharField(max_length=20, help_text="Such as 1.0; raise it with every change.")
    effective_from = models.DateField(default=timezone.localdate)
    requires_acceptance = models.BooleanField(
        default=False, help_text="People agree to it when they register."
    )
    printable = models.BooleanField(
        default=True, help_text="Offer it as a document to print or to keep."
    )
    summary = models.CharField(
        max_length=300, blank=True, help_text="What it says, in words that bind nobody."
    )
    body = RichTextField(features=FEATURES)

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("version"), FieldPanel("effective_from")]),
        FieldPanel("requires_acceptance"),
        FieldPanel("printable"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/legal.html"
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
    ]
