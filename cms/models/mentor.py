"""The mentors' pages. Price, length, availability and rating are read when a page is rendered.

`words` and `document` are kept by database triggers (migration 0001) from the title and the
fields below, so that the directory searches what visitors see, and no draft.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import Page, PageViewRestriction

from accounts.models import Mentor
from cms import languages
from cms.models.addresses import TopLevelPage
from cms.profile_form import ProfileForm
from kernel.standing import Given, GivenAll, Standing

BIO_FEATURES = ["bold", "italic", "link", "ul", "ol", "h3"]


class MentorIndexPage(TopLevelPage):
    """The directory: a search form and its results. Each language has one.

    # Note [One page of a mentor, two addresses]
    Mentors write in one language, so each has one page, under the directory of the first. Another
    language's directory answers it at an address of its own, and all around the mentor's words is
    said in that language. Nothing is copied that could say something else tomorrow.
    """

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

    def route(self, request: HttpRequest, path_components: Sequence[str]) -> Any:
        """Find a mentor's page from every directory. See Note [One page of a mentor …]."""
        if len(path_components) == 1 and languages.of_page(self) != languages.SOURCE:
            profile = _BY_SLUG.first(slug=path_components[0])
            if profile is not None:
                return profile.route(request, [])
        return super().route(request, path_components)


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
    def at(cls, address: str) -> "MentorProfilePage | None":
        """Return the page of a whole address, `/home/mentors/ada/`, live or not."""
        # The slug has an index, the address has none.
        return _AT.first(slug=address.rstrip("/").rpartition("/")[2], address=address)

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:  # noqa: ARG003 - the signature is Wagtail's
        """Profiles are made by `cms.operations.publish_profile`, never by hand in the explorer."""
        return False

    def get_url_parts(self, request: HttpRequest | None = None) -> Any:
        """Return site, its root and the page's address in the language that is spoken now."""
        parts = super().get_url_parts(request)
        spoken = languages.active()
        if parts is None or spoken == languages.SOURCE:
            return parts
        spoken_here = {root.language_code for root in self._get_site_root_paths(request)}
        if spoken not in spoken_here:  # a site without that language
            return parts
        return (*parts[:2], languages.mentors_path(self.slug))

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """Return the restrictions of this page and those above it, as Wagtail does.

        Nearly always there are none. One statement says so, and brings the page above along.
        """
        steps = range(self.steplen, len(self.path) + 1, self.steplen)
        way = _WAY.all(paths=[self.path[:end] for end in steps])
        none: QuerySet[PageViewRestriction] = PageViewRestriction.objects.none()
        if len(way) < max(len(steps), 2) or any(one.restricted or one.alias_of_id for one in way):
            return super().get_view_restrictions()  # type: ignore[no-any-return]
        self._cached_parent_obj = way[-2]  # where `get_parent` looks
        return none

    def copy(self, *_args: Any, **_more: Any) -> Any:
        """Refuse a second page of a mentor, in another language too."""
        raise PermissionDenied("A mentor has one page, which every language's directory shows.")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the page; a mentor who is not live has none (404, as if it did not exist)."""
        if not self.mentor.is_live:
            raise Http404
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response


def _profiles() -> QuerySet[MentorProfilePage]:
    pages: QuerySet[MentorProfilePage] = MentorProfilePage.objects.order_by("pk")
    return pages.select_related("mentor__user", "portrait").filter(slug=Given("slug"))


def _way() -> QuerySet[Page]:
    restricted = Exists(PageViewRestriction.objects.filter(page=OuterRef("pk")))
    pages = Page.objects.filter(path__in=GivenAll("paths"))
    way: QuerySet[Page] = pages.annotate(restricted=restricted).order_by("path")
    return way


_BY_SLUG = Standing(lambda: _profiles()[:1])
_AT = Standing(lambda: _profiles().filter(url_path=Given("address")))
_WAY = Standing(_way)
