"""What every page's frame shows: the menus, the words of its head, its drawing."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from wagtail.models import Page

from cms import languages, places, refining, sharing
from cms.art import card
from cms.art.drawing import svg
from cms.models import ArticlePage, MentorIndexPage, MentorProfilePage, SiteLook
from cms.sitemaps import hreflang
from kernel.standing import Given, Standing

register = template.Library()
HOME_DEPTH = 2
HIDDEN, SHOWN = "noindex, follow", "max-image-preview:large"
KINDS: dict[type, str] = {ArticlePage: "article", MentorProfilePage: "profile"}

_IN_MENUS = Standing(
    lambda: (
        Page.objects.live()
        .in_menu()
        .filter(depth=HOME_DEPTH + 1, locale__language_code=Given("language"))
        .order_by("path")
        .values_list("title", "slug", "content_type__model")
    )
)
_TRANSLATIONS = Standing(lambda: Page.objects.live().filter(translation_key=Given("key")))


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
class Version:
    """A page in a language: where it is. Not `exact` where the front page stands in for it."""

    language: str
    name: str
    url: str
    exact: bool
    current: bool


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
    """Return the menu that staff made, else the pages that are shown in menus; and documents.

    What staff made is in the first language; another one has the pages of its own tree.
    """
    request = context.get("request")
    here = request.path if request is not None else ""
    home = languages.home_path()
    items = [
        (Item(title, f"{home}{slug}/", here.startswith(f"{home}{slug}/")), model == "legalpage")
        for title, slug, model in _IN_MENUS.rows(language=languages.active())
    ]
    first = languages.active() == languages.SOURCE
    made = _made(SiteLook.of(request).menu, request, here) if first else ()
    return Menus(
        main=made or tuple(item for item, legal in items if not legal),
        legal=tuple(item for item, legal in items if legal),
    )


@register.simple_tag(takes_context=True)
def page_versions(context: dict[str, Any]) -> list[Version]:
    """Return where the reader finds this page in every language of the site.

    Where a language has no such page, or none is here, its front page stands in. One query.
    """
    request, page = context.get("request"), context.get("page")
    homes, shown = places.of(request).homes, _translated(page)
    there = _TRANSLATIONS.all(key=shown.translation_key) if shown is not None else []
    translated = {languages.of_page(one): one for one in there}
    return [
        Version(
            language=language,
            name=languages.NAMES[language],
            url=_address(translated.get(language, homes[language]), page, request),
            exact=language in translated,
            current=language == languages.active(),
        )
        for language in languages.NAMES
        if language in homes and homes[language].live
    ]


def _translated(page: Any) -> Any:
    """Return the page whose translations count: a mentor's page is in each language's directory."""
    return page.get_parent() if isinstance(page, MentorProfilePage) else page


def _address(found: Page, page: Any, request: Any) -> str:
    url: str = found.get_full_url(request)
    is_directory = isinstance(page, MentorProfilePage) and found.depth > HOME_DEPTH
    return f"{url}{page.slug}/" if is_directory else url


@register.simple_tag(takes_context=True)
def page_hreflang(context: dict[str, Any], versions: list[Version]) -> list[tuple[str, str]]:
    """Return (language, address) of the page's translations; none where there is only itself.

    None for a part of a list either, which names the whole list as its address.
    """
    exact = {one.language: one.url for one in versions if one.exact}
    sheet = context.get("sheet")
    is_later = sheet is not None and sheet.number > 1
    if len(exact) == 1 or is_later or _is_a_part(context.get("page"), context.get("request")):
        return []
    return list(hreflang(exact))


@register.simple_tag
def mentors_path(slug: str = "") -> str:
    """Return the address of the directory, or of a mentor's page, in the page's language."""
    return languages.mentors_path(slug)


@register.simple_tag
def mentors_lang() -> str:
    """Return the attribute that names the language of mentors, where the page has another."""
    is_other = languages.active() != languages.SOURCE
    return mark_safe(f' lang="{languages.SOURCE}"') if is_other else ""  # noqa: S308 - our own


@register.filter
def lead(page: Any) -> str:
    """Return the sentence that tells of a page in a list."""
    return page.search_description or sharing.lead_of(page)


@register.filter
def locale_of(language: str) -> str:
    """Return a language as Open Graph names it: `de` is `de_DE`."""
    return languages.TERRITORIES[language]


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
        description=lead(page),
        url=url,
        image=f"{settings.PUBLIC_URL}{sharing.picture_path(page, brand=SiteLook.of(request).name)}",
        image_alt=gettext("A ticket with the words: %(title)s") % {"title": page.title},
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
