"""Addresses that belong to the program: no page may stand where the product itself answers."""

from django.core.exceptions import ValidationError
from wagtail.models import Page

# The first part of every address of config.urls, and what the SPA and the staff may yet need.
RESERVED = frozenset(
    {
        *("accounts", "api", "app", "art", "calendar", "cms", "dashboard", "de", "documents"),
        *("emails", "forms", "livez", "login", "look", "media", "portraits", "previews", "readyz"),
        *("search", "social", "static"),
    }
)


class TopLevelPage(Page):  # type: ignore[misc]
    """A page right under the front page, whose slug is the first part of its address."""

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a slug that belongs to the program."""
        super().clean()
        if self.slug in RESERVED:
            raise ValidationError(
                {
                    "slug": f"/{self.slug}/ belongs to the program itself, so visitors would "
                    f"never see this page. Choose another slug, such as {self.slug}-info."
                }
            )
