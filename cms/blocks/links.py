"""A link to a page of ours or to an address; a link to nowhere is not a link."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks

STARTS = ("/", "https://", "mailto:", "#")


class LinkValue(blocks.StructValue):  # type: ignore[misc]
    """Knows where it leads."""

    @property
    def leads_to(self) -> str:
        """Return `page`, `address`, or nothing for a link that leads nowhere (any more)."""
        page = self.get("page")
        if page is not None:
            return "page" if page.live else ""
        return "address" if self.get("address") else ""


class Link(blocks.StructBlock):  # type: ignore[misc]
    """A label, and a page or an address. Both may stay empty."""

    label = blocks.CharBlock(
        required=False, max_length=40, help_text="A verb and its object: Find a mentor."
    )
    page = blocks.PageChooserBlock(required=False)
    address = blocks.CharBlock(
        required=False, max_length=200, help_text="Instead of a page: /app/register or https://…"
    )

    class Meta:
        icon = "link"
        value_class = LinkValue

    def clean(self, value: Any) -> Any:
        """Refuse a label that leads nowhere, and an address that a browser would run."""
        cleaned = super().clean(value)
        address = cleaned.get("address") or ""
        errors: dict[str, ValidationError] = {}
        if address and (not address.startswith(STARTS) or address.startswith("//")):
            errors["address"] = ValidationError(
                "Begin the address with / for this site, or with https:// for another one."
            )
        if cleaned.get("label") and not (cleaned.get("page") or address):
            errors["page"] = ValidationError("Choose a page or write an address for this link.")
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned
