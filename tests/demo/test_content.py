"""The demo's pages: every link leads somewhere, every page has its words, nothing is made twice."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client as Browser
from wagtail.images.models import Image

from cms.models import ArticlePage, HomePage, LegalPage
from demo.content import PICTURES, make_content, make_pictures
from demo.texts import asking, giving, pages
from demo.texts.documents import DOCUMENTS
from demo.texts.german import articles as german_articles
from demo.texts.german import documents as german_documents
from demo.texts.german import pages as german_pages
from kernel import clock

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile"),
]
# The app answers these; it is built apart.
APART = ("/app", "/media", "/static", "/feed.xml", "/de/feed.xml", "/portraits")
ENGLISH = (*asking.ARTICLES, *giving.ARTICLES)
MOST_PROFILES = 12
PROFILES = ("/mentors/", "/de/mentoren/")


@pytest.fixture(scope="module", autouse=True)
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Seed once for the module, in a transaction that every test's own one stands in."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo")
        yield
        transaction.set_rollback(True)


def test_every_link_on_every_page_leads_somewhere_and_every_page_is_whole() -> None:
    waiting, seen = ["/"], {"/"}
    profiles = 0
    while waiting:
        path = waiting.pop()
        response = Browser().get(path)
        assert response.status_code == 200, path
        html = response.content.decode()
        assert html.count("<h1") == 1, path
        assert " style=" not in html, path
        for anchor in re.findall(r'href="#([^"]+)"', html):
            assert f'id="{anchor}"' in html, (path, anchor)
        for href in re.findall(r'<a [^>]*href="([^"#]*)', html):
            address = href.removeprefix(settings.PUBLIC_URL).partition("?")[0]
            is_profile = address.startswith(PROFILES) and address not in PROFILES
            profiles += is_profile and address not in seen
            far = not address.startswith("/") or address.startswith(APART)
            # A handful of profiles stands for the sixty.
            if far or address in seen or (is_profile and profiles > MOST_PROFILES):
                continue
            seen.add(address)
            waiting.append(address)

    expected = {article.url for article in ArticlePage.objects.all()}
    expected |= {document.url for document in LegalPage.objects.all()}
    expected |= {"/", "/mentors/", "/articles/", "/faq/", "/become-a-mentor/"}
    expected |= {"/de/", "/de/mentoren/", "/de/artikel/", "/de/fragen/", "/de/mentor-werden/"}
    assert expected <= seen


def test_an_editors_changes_survive_a_second_run() -> None:
    article = ArticlePage.objects.order_by("pk")[0]
    article.title = "Another title"
    article.save_revision().publish()
    home = HomePage.objects.get(slug="home")
    german = HomePage.objects.get(slug="home-de")
    german.lead = "Andere Worte."
    german.save_revision().publish()
    home.lead = "Another lead."
    home.save_revision().publish()

    make_content(now=clock.now())

    article.refresh_from_db()
    home.refresh_from_db()
    assert (article.title, home.lead) == ("Another title", "Another lead.")
    german.refresh_from_db()
    assert german.lead == "Andere Worte."
    articles = ArticlePage.objects
    assert articles.filter(locale__language_code="en").count() == len(ENGLISH) == 7
    assert articles.filter(locale__language_code="de").count() == len(german_articles.ARTICLES) == 2


def test_a_picture_whose_file_is_gone_is_drawn_anew() -> None:
    image = Image.objects.get(title=PICTURES["calendar"][0])
    image.file.storage.delete(image.file.name)

    made = make_pictures()

    image.refresh_from_db()
    assert made["calendar"] == image.pk
    assert image.file.storage.exists(image.file.name)
    assert Image.objects.count() == len(PICTURES)


def test_the_words_keep_to_the_house() -> None:
    """Second person, no exclamation marks, nothing in capitals; each article has substance."""
    articles = ENGLISH
    told = [str(pages.HOME), str(pages.MENTORS), str(pages.FAQ)]
    told += [document.body for document in DOCUMENTS]
    told += [str(article.body) for article in articles]
    told += [str(german_pages.HOME), str(german_pages.MENTORS), str(german_pages.FAQ)]
    told += [one.body for one in german_documents.DOCUMENTS]
    told += [str(one.body) for one in german_articles.ARTICLES]

    assert [text for text in told if "!" in text] == []
    for article in articles:
        words = re.sub(r"<[^>]+>", " ", str(article.body)).split()
        assert len(words) > 220, article.slug
        assert len(article.lead) <= 240


def test_every_article_of_a_mentor_leads_to_the_mentor() -> None:
    written = [one for one in ENGLISH if one.mentor]

    for told in written:
        page = ArticlePage.objects.get(slug=told.slug)
        assert page.mentor is not None
        assert page.mentor.title == page.author == told.author
