"""What search engines, feed readers and link previews are told."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from accounts.models import Mentor
from cms.art.drawing import PALETTE, png, svg
from cms.art.motifs import CHOICES, MOTIFS
from cms.models import ArticlePage, HomePage
from tests.cms.conftest import listed_mentor
from tests.content.conftest import add_document, add_landing, write_article

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def get(path: str) -> str:
    response = Browser().get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def meta(html: str, name: str) -> str:
    (content,) = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)">', html)
    return str(content)


def test_a_page_names_itself_once_and_absolutely() -> None:
    write_article("Asking well", seo_title="How to ask", search_description="Ask one question.")

    html = get("/articles/asking-well/?utm_source=x")

    assert "<title>How to ask · Counterfoil</title>" in html
    assert meta(html, "description") == "Ask one question."
    assert meta(html, "og:title") == "How to ask"
    assert meta(html, "og:type") == "article"
    assert meta(html, "og:image").startswith(f"{settings.PUBLIC_URL}/art/pages/")
    assert meta(html, "twitter:card") == "summary_large_image"
    (canonical,) = re.findall(r'<link rel="canonical" href="([^"]*)">', html)
    assert canonical == meta(html, "og:url") == f"{settings.PUBLIC_URL}/articles/asking-well/"


@pytest.mark.parametrize(
    ("query", "robots"),
    [
        ("", "max-image-preview:large"),
        ("?utm_source=x", "max-image-preview:large"),
        ("?q=career", "noindex, follow"),
        ("?sort=price", "noindex, follow"),
        ("?after=anything", "noindex, follow"),
        ("?language=en&before=x", "noindex, follow"),
    ],
)
def test_a_part_of_the_directory_names_the_whole_and_is_not_found_by_itself(
    query: str, robots: str
) -> None:
    listed_mentor("Ada Byron")

    html = get(f"/mentors/{query}")

    assert f'<link rel="canonical" href="{settings.PUBLIC_URL}/mentors/">' in html
    assert meta(html, "robots") == robots


def test_the_map_says_when_a_page_was_last_published() -> None:
    page = add_landing("promise")
    page.save_revision().publish()
    page.refresh_from_db()

    entries = ET.fromstring(get("/sitemap.xml")).findall("m:url", MAP)
    told = {one.findtext("m:loc", "", MAP): one.findtext("m:lastmod", None, MAP) for one in entries}

    day = page.last_published_at.date().isoformat()
    assert told[f"{settings.PUBLIC_URL}/promise/"] == day


@pytest.mark.parametrize("path", ["/", "/mentors/", "/mentors/ada/", "/articles/", "/faq/"])
def test_every_page_has_a_description_and_one_canonical_address(path: str) -> None:
    listed_mentor("Ada Byron")

    html = get(path)

    assert len(meta(html, "description")) > 10
    assert html.count('rel="canonical"') == 1


def test_the_map_lists_what_visitors_can_open_and_nothing_else() -> None:
    listed_mentor("Ada Byron")
    gone, _, _ = listed_mentor("Bea Cole")
    Mentor.objects.filter(pk=gone.pk).update(status=Mentor.Status.SUSPENDED)
    write_article("Written")
    write_article("Draft", live=False)
    add_document("terms")

    locations = [
        node.text.removeprefix(settings.PUBLIC_URL)
        for node in ET.fromstring(get("/sitemap.xml")).findall(".//m:loc", MAP)
        if node.text
    ]

    assert sorted(locations) == [
        "/",
        "/articles/",
        "/articles/written/",
        "/faq/",
        "/mentors/",
        "/mentors/ada/",
        "/terms/",
    ]
    for path in locations:
        get(path)


def test_robots_read_the_pages_and_find_the_map() -> None:
    text = get("/robots.txt")

    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in text
    for closed in ["/cms/", "/api/", "/app/", "/accounts/"]:
        assert f"Disallow: {closed}\n" in text


def test_the_feed_has_the_live_articles_the_newest_first() -> None:
    write_article("Older", day=date(2027, 1, 1))
    write_article("Newer", day=date(2027, 2, 1))
    write_article("Draft", live=False)

    feed = ET.fromstring(get("/feed.xml"))

    assert [node.text for node in feed.findall("a:entry/a:title", ATOM)] == ["Newer", "Older"]
    assert [node.get("href") for node in feed.findall("a:entry/a:link", ATOM)] == [
        f"{settings.PUBLIC_URL}/articles/newer/",
        f"{settings.PUBLIC_URL}/articles/older/",
    ]


def test_a_renamed_page_is_found_at_its_old_address(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    page = add_landing("promise")
    page.slug = "word"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()

    response = Browser().get("/promise/")

    assert response.status_code == 301
    assert response["Location"].removeprefix(settings.PUBLIC_URL) == "/word/"


@pytest.mark.parametrize("path", ["/articles/", "/feed.xml", "/sitemap.xml"])
def test_lists_take_the_same_queries_for_one_article_and_for_three(path: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            get(path)
        return len(queries)

    write_article("One")
    listed_mentor("Ada Byron")
    count()
    one = count()
    write_article("Two")
    write_article("Three")
    listed_mentor("Bea Cole")

    assert count() == one


def test_menus_come_from_the_tree_in_one_query() -> None:
    add_document("terms")
    add_landing("promise", show_in_menus=True)
    add_landing("hidden")

    with CaptureQueriesContext(connection) as queries:
        html = get("/faq/")

    menu = re.findall(r'<nav [^>]*aria-label="Main">(.*?)</nav>', html, re.S)[0]
    assert re.findall(r'href="([^"]*)"', menu) == [
        "/mentors/",
        "/articles/",
        "/faq/",
        "/promise/",
        "/search/",
        "/app",
    ]
    assert 'href="/faq/" aria-current="page"' in menu
    assert 'href="/terms/"' in html.partition("<footer")[2]
    assert "/hidden/" not in html
    assert sum('show_in_menus" AND' in q["sql"] or "IN_MENUS" in q["sql"] for q in queries) <= 1


def test_an_article_ends_with_its_author_only_while_the_author_is_live() -> None:
    mentor, _, profile = listed_mentor("Ada Byron")
    write_article("Asking", mentor=profile)

    live = get("/articles/asking/")
    Mentor.objects.filter(pk=mentor.pk).update(status=Mentor.Status.SUSPENDED)
    gone = get("/articles/asking/")

    assert 'href="/mentors/ada/"' in live
    assert 'href="/mentors/ada/"' not in gone
    assert "Ada Byron" in gone


def test_a_document_says_its_version_and_day() -> None:
    add_document("terms", version="2.1", requires_acceptance=True)

    html = get("/terms/")

    assert "2.1" in html
    assert '<time datetime="2027-01-01">1 January 2027</time>' in html
    assert "Everybody who registers" in html


def test_an_index_of_many_articles_is_read_in_sheets() -> None:
    for number in range(13):
        write_article(f"Note {number:02}", day=date(2027, 1, number + 1))

    first, second = get("/articles/"), get("/articles/?page=2")

    assert "Note 12" in first
    assert "Note 00" not in first
    assert "Note 00" in second
    assert f'<link rel="canonical" href="{settings.PUBLIC_URL}/articles/?page=2">' in second
    assert get("/articles/?page=nonsense") == first


def test_the_home_page_without_blocks_still_shows_its_lead() -> None:
    assert HomePage.objects.get().lead[:20] in get("/")


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_drawing_is_the_same_every_time(motif: str) -> None:
    assert svg(motif).startswith('<svg class="art"')
    png.cache_clear()
    first = png(motif)
    png.cache_clear()

    assert png(motif) == first
    assert first.startswith(b"\x89PNG")


def test_drawings_have_the_colours_of_the_light_theme() -> None:
    tokens = (settings.ROOT / "static/css/tokens.css").read_text()
    light = dict(re.findall(r"--cf-([a-z-]+): (?:light-dark\()?(#[0-9a-f]{6})", tokens))
    names = {tone: tone if f"{tone}-bg" not in light else f"{tone}-bg" for tone in PALETTE}

    assert {tone: light[names[tone]] for tone in PALETTE} == PALETTE


def test_an_editor_chooses_among_all_drawings_and_no_others() -> None:
    assert [name for name, _ in CHOICES] == list(MOTIFS)
    assert Browser().get("/art/nothing.png").status_code == 404


def test_a_drawn_picture_is_kept_by_the_browser() -> None:
    first = Browser().get("/art/clock.png")
    again = Browser(headers={"If-None-Match": first["ETag"]}).get("/art/clock.png")

    assert first["Content-Type"] == "image/png"
    assert first["Cache-Control"] == "public, max-age=86400"
    assert again.status_code == 304


def test_articles_are_listed_by_day_then_by_age() -> None:
    one = write_article("One", day=date(2027, 1, 1))
    two = write_article("Two", day=date(2027, 1, 1))

    listed = re.findall(r'story__title"><a href="([^"]*)"', get("/articles/"))

    assert listed == [two.url, one.url]
    assert ArticlePage.objects.count() == 2


def test_renditions_are_served_and_nothing_beside_them() -> None:
    image = Image.objects.create(title="Bridge", file=get_test_image_file())
    url = image.get_rendition("width-100").url

    answer = Browser().get(url)

    assert url.startswith("/media/images/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert answer.getvalue().startswith(b"\x89PNG")
    for other in [image.file.url, f"/media/images/../{image.file.name}", "/media/images/no.png"]:
        assert Browser().get(other).status_code == 404
