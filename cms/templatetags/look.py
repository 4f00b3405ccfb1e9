"""`{% look_url %}`: where the public pages' style sheet is."""

from django import template
from django.urls import reverse

from cms.stylesheet import stylesheet

register = template.Library()


@register.simple_tag
def look_url() -> str:
    """Return the address of the style sheet as it is now."""
    return reverse("look", args=[stylesheet().version])
