"""The site as migrations leave it, and small pages to put under it."""

from datetime import date

import pytest
from django.apps import apps
from django.conf import settings

from cms.models import ArticleIndexPage, ArticlePage, HomePage, LandingPage, LegalPage
from cms.permissions import grant_all
from cms.site import ensure_shelves, ensure_site


@pytest.fixture(autouse=True)
def site(db: None) -> None:
    ensure_site(apps, public_url=settings.PUBLIC_URL)
    ensure_shelves(apps)
    grant_all(apps)


def write_article(title: str, *, day: date = date(2027, 1, 5), **fields: object) -> ArticlePage:
    """A published article with a lead and one block of words."""
    values = {
        "title": title,
        "author": "Ada Byron",
        "lead": f"What {title} tells.",
        "published_on": day,
        "body": [("words", f"<p>{title} in full.</p>")],
    }
    page = ArticlePage(**(values | fields))
    ArticleIndexPage.objects.get(slug="articles").add_child(instance=page)
    return page


def add_landing(slug: str, **fields: object) -> LandingPage:
    """A landing page of one block, right under the front page."""
    values = {"title": slug.title(), "lead": "A promise.", "body": [("words", "<p>Words.</p>")]}
    page = LandingPage(slug=slug, **(values | fields))
    HomePage.objects.get(slug="home").add_child(instance=page)
    return page


def add_document(slug: str, **fields: object) -> LegalPage:
    """A document in its first version."""
    values = {
        "title": slug.title(),
        "version": "1.0",
        "effective_from": date(2027, 1, 1),
        "body": "<h2>1. Scope</h2><p>Everything.</p>",
        "show_in_menus": True,
    }
    page = LegalPage(slug=slug, **(values | fields))
    HomePage.objects.get(slug="home").add_child(instance=page)
    return page
