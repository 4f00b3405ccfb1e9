"""Terms, privacy, policies: words that bind, so they carry a version and a day."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from cms import languages
from cms.models.addresses import TopLevelPage
from cms.models.versions import freeze, frozen_otherwise, taken

FEATURES = ["h2", "h3", "bold", "italic", "link", "ol", "ul", "hr"]


class LegalPage(RoutablePageMixin, TopLevelPage):  # type: ignore[misc]
    """A document that people agree to; each version that was published is kept (`cms.versions`).

    What is agreed to is the document in the first language: a translation is there to be read.
    """

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

    def clean(self) -> None:
        """Refuse other words under a version that was published: people may have agreed to it."""
        super().clean()
        other = frozen_otherwise(self) if self.requires_acceptance and self.binds() else None
        if other is not None:
            raise ValidationError({"version": taken(other)})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Freeze what becomes public, in the same transaction. Raises Invalid."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            whole = kwargs.get("update_fields") is None
            if whole and self.live and self.requires_acceptance and self.binds():
                freeze(self)

    def binds(self) -> bool:
        """Say whether these are the words that hold, and no translation of them."""
        return self.locale_id is None or languages.of_page(self) == languages.SOURCE

    @path("versions/<slug:address>/", name="version")  # type: ignore[untyped-decorator]
    def kept_version(self, request: HttpRequest, address: str) -> HttpResponse:
        """Show what the document said under an earlier version; search engines take the newest."""
        found = [one for one in self.versions.all() if one.address == address]
        if not found:
            raise Http404
        kept = found[-1]
        shown: HttpResponse = self.render(request, context_overrides={"kept": kept})
        return shown

    def earlier(self) -> list[Any]:
        """Return the versions that were kept besides the present one, newest first."""
        kept = self.versions.exclude(version=self.version).defer("body")
        return list(kept.order_by("-effective_from", "-frozen_at"))
