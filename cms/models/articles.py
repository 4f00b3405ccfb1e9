"""The articles: an index in pages, and what people write under it."""

from typing import Any, ClassVar

from django.core.paginator import Page as Sheet
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from accounts.models import Mentor
from cms.art.motifs import CHOICES
from cms.blocks import article_blocks
from cms.models.addresses import TopLevelPage
from cms.models.mentor import MentorProfilePage
from cms.models.showing import ShowsBlocks

PER_SHEET = 12


class ArticleIndexPage(TopLevelPage):
    """All articles, the newest first. There is one."""

    lead = models.CharField(
        max_length=240, default="Notes on asking for advice, and on giving it.", blank=True
    )

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.ArticlePage"]
    max_count = 1
    template = "cms/article_index.html"

    def articles(self) -> models.QuerySet["ArticlePage"]:
        """Return the live articles, the newest first, ready to be listed."""
        live: models.QuerySet[ArticlePage] = ArticlePage.objects.child_of(self).live().public()
        return live.select_related("hero").order_by("-published_on", "-pk")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one sheet of articles; an unknown number shows the nearest."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        sheet: Sheet[ArticlePage] = Paginator(self.articles(), PER_SHEET).get_page(
            request.GET.get("page")
        )
        return {**context, "sheet": sheet}


class ArticlePage(ShowsBlocks, Page):  # type: ignore[misc]
    """One article. `mentor` is its author where a mentor wrote it, and leads to the profile."""

    address: str  # where the feed keeps the full address

    author = models.CharField(max_length=120, help_text="The name that readers see.")
    mentor = models.ForeignKey(
        MentorProfilePage,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where a mentor wrote it: the article ends with the way to book.",
    )
    published_on = models.DateField(default=timezone.localdate, verbose_name="date")
    lead = models.CharField(max_length=240, help_text="What the reader will know afterwards.")
    hero = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    hero_alt = models.CharField(
        max_length=200,
        blank=True,
        verbose_name="description of the image",
        help_text="What the image tells somebody who does not see it; empty where it only adorns.",
    )
    motif = models.CharField(
        max_length=20,
        choices=CHOICES,
        default="tickets",
        verbose_name="drawing",
        help_text="Shown where no image is chosen.",
    )
    body = StreamField(article_blocks(), blank=True)

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel(
            [FieldPanel("author"), FieldPanel("mentor"), FieldPanel("published_on")],
            heading="Author and date",
        ),
        MultiFieldPanel(
            [FieldPanel("hero"), FieldPanel("hero_alt"), FieldPanel("motif")], heading="Picture"
        ),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.ArticleIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/article.html"
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("lead", boost=1.5),
        index.SearchField("author"),
        index.SearchField("body"),
    ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the author's profile while it can be visited, and two articles to read next."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        others = ArticlePage.objects.sibling_of(self, inclusive=False).live().public()
        return {
            **context,
            "profile": self.profile(),
            "others": others.select_related("hero").order_by("-published_on", "-pk")[:2],
        }

    def profile(self) -> MentorProfilePage | None:
        """Return the author's page; None for one who is no mentor, or not live any more."""
        if self.mentor_id is None:
            return None
        profile: MentorProfilePage | None = (
            MentorProfilePage.objects.live()
            .filter(pk=self.mentor_id, mentor__status=Mentor.Status.LIVE)
            .select_related("mentor")
            .first()
        )
        return profile
