"""What every page's frame shows: the menus, the words of its head, its drawing."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from cms import refining, sharing
from cms.art import card
from cms.art.drawing import svg
from cms.models import ArticlePage, MentorIndexPage, MentorProfilePage, SiteLook

register = template.Library()
HOME_DEPTH = 2
HIDDEN, SHOWN = "noindex, follow", "max-image-preview:large"
KINDS: dict[type, str] = {ArticlePage: "article", MentorProfilePage: "profile"}


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a menu. `current` while the reader is on it or below it."""

    title: str
    url: str
    current: bool
    beneath: tuple["Item", ...] = ()


@dataclass(frozen=True, slots=True)
class Menus:
    """What leads through the site: the main pages, and the documents."""

    main: tuple[Item, ...]
    legal: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What search engines and link previews read. Addresses are absolute."""

    title: str
    description: str
    url: str
    image: str
    image_alt: str
    kind: str
    robots: str
    width: int = card.WIDTH
    height: int = card.HEIGHT


@register.simple_tag(takes_context=True)
def site_look(context: dict[str, Any]) -> SiteLook:
    """Return what staff say of the site. One query for each request."""
    return SiteLook.of(context.get("request"))


@register.simple_tag(takes_context=True)
def site_menus(context: dict[str, Any]) -> Menus:
    """Return the menu that staff made, else the pages that are shown in menus; and documents."""
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
    made = _made(SiteLook.of(request).menu, request, here)
    return Menus(
        main=made or tuple(item for item, legal in items if not legal),
        legal=tuple(item for item, legal in items if legal),
    )


def _made(menu: Any, request: Any, here: str) -> tuple[Item, ...]:
    """Return the entries that lead anywhere, or have one beneath them that does."""
    entries = []
    for entry in menu:
        beneath = tuple(filter(None, (_item(one, request, here) for one in entry.value["beneath"])))
        top = _item(entry.value["link"], request, here)
        title = entry.value["link"].get("label")
        if top is not None or beneath:
            within = any(one.current for one in beneath)
            url, current = (top.url, top.current) if top is not None else ("", False)
            entries.append(Item(title, url, current or within, beneath))
    return tuple(entries)


def _item(link: Any, request: Any, here: str) -> Item | None:
    where = link.leads_to
    if not link.get("label") or not where:
        return None
    url = link["page"].get_url(request) if where == "page" else link["address"]
    path = url.partition("?")[0]
    return Item(link["label"], url, path not in {"", "/"} and here.startswith(path))


@register.simple_tag(takes_context=True)
def page_head(context: dict[str, Any], page: Any) -> Head:
    """Return a page's head; a second sheet of a list is an address of its own.

    A searched, ordered or later part of the directory names the whole directory, and is not to be
    found by itself: its address may be gone tomorrow.
    """
    request = context.get("request")
    url = page.get_full_url(request)
    sheet = context.get("sheet")
    if sheet is not None and sheet.number > 1:
        url = f"{url}?page={sheet.number}"
    return Head(
        title=page.seo_title or page.title,
        description=page.search_description or sharing.lead_of(page),
        url=url,
        image=f"{settings.PUBLIC_URL}{sharing.picture_path(page, brand=SiteLook.of(request).name)}",
        image_alt=f"A ticket with the words: {page.title}",
        kind=KINDS.get(type(page), "website"),
        robots=HIDDEN if _is_a_part(page, request) else SHOWN,
    )


def _is_a_part(page: Any, request: Any) -> bool:
    asked = request.GET.keys() if request is not None else ()
    return isinstance(page, MentorIndexPage) and not refining.NAMES.isdisjoint(asked)


@register.simple_tag
def art(motif: str) -> SafeString:
    """Draw a motif in the page's colours. It adorns: assistive technology passes over it."""
    return mark_safe(svg(motif))  # noqa: S308 - our own drawing, no word in it
