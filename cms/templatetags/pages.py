"""What every page's frame shows: the menus, the words of its head, its drawing."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from cms.art.drawing import svg

register = template.Library()
HOME_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a menu. `current` while the reader is on it or below it."""

    title: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Menus:
    """The pages that an editor shows in menus: the main ones, and the documents."""

    main: tuple[Item, ...]
    legal: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What search engines and link previews read. Addresses are absolute."""

    title: str
    description: str
    url: str
    image: str
    kind: str


@register.simple_tag(takes_context=True)
def site_menus(context: dict[str, Any]) -> Menus:
    """Return the pages right under the front page that are shown in menus. One query."""
    request = context.get("request")
    here = request.path if request is not None else ""
    rows = (
        Page.objects.live()
        .in_menu()
        .filter(depth=HOME_DEPTH + 1)
        .order_by("path")
        .values_list("title", "slug", "content_type__model")
    )
    items = [
        (Item(title, f"/{slug}/", here.startswith(f"/{slug}/")), model == "legalpage")
        for title, slug, model in rows
    ]
    return Menus(
        main=tuple(item for item, legal in items if not legal),
        legal=tuple(item for item, legal in items if legal),
    )


@register.simple_tag(takes_context=True)
def page_head(context: dict[str, Any], page: Any) -> Head:
    """Return a page's head; a second sheet of a list is an address of its own."""
    url = page.get_full_url(context.get("request"))
    sheet = context.get("sheet")
    if sheet is not None and sheet.number > 1:
        url = f"{url}?page={sheet.number}"
    lead = next(filter(None, (getattr(page, name, "") for name in _LEADS)), "")
    return Head(
        title=page.seo_title or page.title,
        description=page.search_description or lead,
        url=url,
        image=_image(page),
        kind="article" if hasattr(page, "published_on") else "website",
    )


_LEADS = ("lead", "headline", "summary")


def _image(page: Any) -> str:
    hero = getattr(page, "hero", None)
    if hero is not None:
        return f"{settings.PUBLIC_URL}{hero.get_rendition('fill-1200x630|format-jpeg').url}"
    return f"{settings.PUBLIC_URL}/art/{getattr(page, 'motif', 'tickets')}.png"


@register.simple_tag
def art(motif: str) -> SafeString:
    """Draw a motif in the page's colours. It adorns: assistive technology passes over it."""
    return mark_safe(svg(motif))  # noqa: S308 - our own drawing, no word in it
