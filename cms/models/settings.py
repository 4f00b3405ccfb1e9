"""What staff say of the whole site: its name, its menu, how to reach it, where else it is."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin

from cms import places
from cms.blocks.links import Link
from kernel.standing import Given, Standing

MOST_ENTRIES, MOST_BENEATH = 7, 8
ABOUT = gettext_noop(
    "Time with people who have done it. Prices and free times are live, and every time is written "
    "with its zone."
)


class Entry(blocks.StructBlock):  # type: ignore[misc]
    """An entry of the menu, and those beneath it, which open together."""

    link = Link(label="Link")
    beneath = blocks.ListBlock(
        Link(), default=[], max_num=MOST_BENEATH, help_text="Shown when the entry is opened."
    )

    class Meta:
        icon = "list-ul"
        label = "Entry"

    def clean(self, value: Any) -> Any:
        """Refuse an entry without a label."""
        cleaned = super().clean(value)
        if not cleaned["link"].get("label"):
            raise blocks.StructBlockValidationError(
                block_errors={"link": ValidationError("Give this entry a label.")}
            )
        return cleaned


class Elsewhere(blocks.StructBlock):  # type: ignore[misc]
    """The site's own page at another site."""

    name = blocks.CharBlock(max_length=40, help_text="Such as Mastodon or LinkedIn.")
    address = blocks.URLBlock()

    class Meta:
        icon = "site"
        label = "Page elsewhere"


@register_setting(icon="site", order=10)
class SiteLook(PreviewableMixin, BaseSiteSetting):  # type: ignore[misc]
    """Name, menu and footer of the public pages. Until somebody saves it, all of it is as built."""

    name = models.CharField(max_length=40, default="Counterfoil", help_text="Beside the mark.")
    about = models.CharField(
        max_length=240, blank=True, default=ABOUT, help_text="A sentence at the foot of each page."
    )
    email = models.EmailField("e-mail", blank=True, help_text="At the foot of each page.")
    phone = models.CharField(max_length=40, blank=True)
    address = models.TextField(max_length=300, blank=True, help_text="Of the company, as written.")
    elsewhere = StreamField([("page", Elsewhere())], blank=True, max_num=6)
    menu = StreamField(
        [("entry", Entry())],
        blank=True,
        max_num=MOST_ENTRIES,
        help_text="In this order. Empty: the pages that are shown in menus.",
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("name"),
        FieldPanel("menu"),
        MultiFieldPanel(
            [FieldPanel("about"), FieldPanel("email"), FieldPanel("phone"), FieldPanel("address"),
             FieldPanel("elsewhere")],
            heading="Foot of the page",
        ),
    ]  # fmt: skip

    class Meta:
        verbose_name = "site"

    @property
    def about_said(self) -> str:
        """The sentence, translated while it is the one that the site came with."""
        return gettext(self.about) if self.about == ABOUT else self.about

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:  # noqa: ARG002
        return "cms/site_preview.html"

    @classmethod
    def of(cls, request: HttpRequest | None) -> "SiteLook":
        """Return what is said of the request's site, read once for each request.

        Nothing is written: a site of which nobody has said anything has the words of this class.
        """
        if request is None:
            return cls()
        attribute = cls.get_cache_attr_name()
        kept: SiteLook | None = getattr(request, attribute, None)
        if kept is None:
            site = places.of(request).site
            said = _OF_A_SITE.first(site=site.pk) if site is not None else None
            kept = said or cls(site=site)
            setattr(request, attribute, kept)
        return kept


_OF_A_SITE = Standing(lambda: SiteLook.objects.filter(site_id=Given("site")))
