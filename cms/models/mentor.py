"""The mentors' pages. Price, length, availability and rating are read when a page is rendered.

`words` and `document` are kept by database triggers (migration 0001) from the title and the
fields below, so that the directory searches what visitors see, and no draft.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import Page

from accounts.models import Mentor
from cms.models.addresses import TopLevelPage
from cms.profile_form import ProfileForm

BIO_FEATURES = ["bold", "italic", "link", "ul", "ol", "h3"]


class MentorIndexPage(TopLevelPage):
    """The directory: a search form and its results. There is one."""

    lead = models.CharField(
        max_length=240,
        default="Filter by what you need; every price and free time is live.",
        help_text="One sentence above the search form.",
    )

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.MentorProfilePage"]
    max_count = 1
    template = "cms/mentor_index.html"


class MentorProfilePage(Page):  # type: ignore[misc]
    """A mentor's public page: the title is the name that visitors read, the slug the mentor's."""

    mentor = models.OneToOneField(Mentor, on_delete=models.PROTECT, related_name="+")
    headline = models.CharField(
        max_length=140, help_text="What you help with, in one line. Shown on every card."
    )
    bio = RichTextField(features=BIO_FEATURES, blank=True)
    expertise = ArrayField(
        models.CharField(max_length=40),
        size=12,
        default=list,
        blank=True,
        help_text="Up to twelve subjects, separated by commas.",
    )
    portrait = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Without one, a portrait is drawn from the name.",
    )
    words = models.TextField(editable=False, default="", db_default="")
    document = SearchVectorField(editable=False, null=True)

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("mentor", read_only=True),
        FieldPanel("headline"),
        FieldPanel("expertise"),
        FieldPanel("bio"),
        FieldPanel("portrait"),
    ]
    base_form_class = ProfileForm
    parent_page_types: ClassVar[list[str]] = ["cms.MentorIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/mentor_profile.html"

    class Meta:
        verbose_name = "mentor profile"
        indexes: ClassVar = [
            GinIndex(fields=["document"], name="cms_profile_document"),
            GinIndex(fields=["words"], name="cms_profile_words", opclasses=["gin_trgm_ops"]),
        ]

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:  # noqa: ARG003 - the signature is Wagtail's
        """Profiles are made by `cms.operations.publish_profile`, never by hand in the explorer."""
        return False

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the page; a mentor who is not live has none (404, as if it did not exist)."""
        if not self.mentor.is_live:
            raise Http404
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response
