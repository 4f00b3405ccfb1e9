"""The picture that a shared link of a page shows, at an address that names its content.

What is drawn is what the published page says, so another title, name or photograph has another
address, and whoever kept the old one keeps a picture that was true. The drawn file is kept while
the page says the same; the next one takes its place, and a page that goes takes it along.
"""

import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.signals import page_unpublished

from cms import languages
from cms.art import card
from cms.art.card import Card
from cms.models import ArticlePage, MentorProfilePage, SiteLook

DRAWING = 1  # goes up with every change of the drawing
FOLDER = "shared"
FOREVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"
PHOTO = "fill-800x1084"
LEADS = ("lead", "headline", "summary")


def card_of(page: Any, brand: str) -> Card:
    """Return what is drawn of a page, in its language wherever it is shared. No query beside those
    for a chosen image."""
    line = page.search_description or lead_of(page)
    if isinstance(page, MentorProfilePage):
        return Card(page.title, line, eyebrow="Mentor", name=page.title, brand=brand)
    if isinstance(page, ArticlePage):
        with translation.override(languages.of_page(page)):
            eyebrow = f"{gettext('Article')} · {page.author}"
        return Card(page.title, line, eyebrow=eyebrow, motif=page.motif, brand=brand)
    return Card(page.seo_title or page.title, line, brand=brand)


def lead_of(page: Any) -> str:
    """Return the sentence under a page's title."""
    return next(filter(None, (str(getattr(page, name, "")) for name in LEADS)), "")


def version_of(page: Any, brand: str) -> str:
    """Return the word that names what is drawn of a page as it is now."""
    photo = _photo(page)
    said = [DRAWING, asdict(card_of(page, brand)), photo.file.name if photo is not None else ""]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:12]


def picture_path(page: Any, *, brand: str) -> str:
    """Return the address of a page's picture, without the host; `brand` is the site's name."""
    return reverse("shared_picture", args=[page.pk, version_of(page, brand)])


@require_safe
def shared_picture(request: HttpRequest, page: int, version: str) -> HttpResponse:
    """Return the picture of a live page; an address of another content leads to this one's."""
    shown = _visible(page)
    if shown is None:
        raise Http404
    brand = SiteLook.of(request).name
    if version != version_of(shown, brand):
        response: HttpResponse = HttpResponseRedirect(picture_path(shown, brand=brand))
        response["Cache-Control"] = AN_HOUR
        return response
    return HttpResponse(
        _drawn(shown, brand, version), content_type="image/png", headers={"Cache-Control": FOREVER}
    )


def _visible(page_id: int) -> Any:
    page = Page.objects.live().public().filter(pk=page_id).specific().first()
    if isinstance(page, MentorProfilePage) and not page.mentor.is_live:
        return None
    return page


def _drawn(page: Any, brand: str, version: str) -> bytes:
    """Return the file, drawn now where it is missing; those of other contents go."""
    name = f"{FOLDER}/{page.pk}/{version}.png"
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            kept: bytes = file.read()
            return kept
    photo = _photo(page)
    drawn = card.png(replace(card_of(page, brand), photo=_bytes_of(photo)))
    forget(page.pk)
    default_storage.save(name, ContentFile(drawn))
    return drawn


def _bytes_of(photo: Any) -> bytes | None:
    """Return the photograph as it fills the stub, from wherever the files are kept."""
    if photo is None:
        return None
    with photo.get_rendition(PHOTO).file.open("rb") as file:
        read: bytes = file.read()
        return read


def _photo(page: Any) -> Any:
    return getattr(page, "hero", None) or getattr(page, "portrait", None)


def forget(page_id: int) -> None:
    """Delete what is kept of a page."""
    folder = f"{FOLDER}/{page_id}"
    if default_storage.exists(folder):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")


# Of pages alone: a receiver for every model would have every deletion read its rows first.
@receiver(page_unpublished, dispatch_uid="cms: unpublished, not shared")
@receiver(post_delete, sender=Page, dispatch_uid="cms: deleted, not shared")
def forget_gone(instance: Page, **_more: Any) -> None:
    """Delete what is kept of a page that nobody can visit any more."""
    forget(instance.pk)
