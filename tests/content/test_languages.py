"""The site in two languages: what is German, what it says, and how each page leads to the other."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from wagtail.models import GroupPagePermission, Locale, Page

from accounts.models import Mentor
from cms.models import FormField, FormPage, HomePage, LegalPage, LegalVersion, MentorProfilePage
from config.memory import rules
from demo.content import make_content
from kernel import clock
from kernel.page_memory.answers import Memory
from kernel.page_memory.door import Door
from tests.cms.conftest import listed_mentor
from tests.cms.test_directory import NOW
from tests.content.conftest import add_document, add_landing, write_article
from tests.content.german import add_german, translated
from tests.content.test_catalogue import FOLDER, read_po
from tests.factories.reviews import reviewed

MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
ROOT = settings.PUBLIC_URL


def get(path: str, status: int = 200, **headers: str) -> str:
    answer = Browser(headers=headers).get(path.removeprefix(ROOT))
    assert answer.status_code == status, path
    return answer.content.decode()


def alternates(html: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html)
    assert len(dict(found)) == len(found)
    return dict(found)


def switches(html: str) -> dict[str, str]:
    """Return where the links of the page's foot lead that change the language."""
    (foot,) = re.findall(r'<nav class="foot__languages".*?</nav>', html, re.DOTALL) or [""]
    return dict(re.findall(r'href="([^"]+)" hreflang="([^"]+)"', foot))


# --- Which language an address has ---------------------------------------------------------------


@pytest.mark.parametrize(("path", "language"), [("/", "en"), ("/faq/", "en"), ("/de/", "de")])
def test_the_address_alone_says_which_language(path: str, language: str) -> None:
    add_german()
    browser = Browser(headers={"accept-language": "de, fr;q=0.5" if language == "en" else "en"})
    browser.cookies["django_language"] = "de" if language == "en" else "en"

    answer = browser.get(path)

    assert f'<html lang="{language}">' in answer.content.decode()
    assert "Language" not in answer.get("Vary", "")
    assert not answer.cookies


def test_english_addresses_are_what_they_were_and_german_ones_begin_with_de() -> None:
    listed_mentor("Ada Byron")
    write_article("Asking")
    add_german()

    addresses = {page.url for page in Page.objects.filter(depth__gt=1)}

    assert addresses == {
        *("/", "/mentors/", "/mentors/ada/", "/articles/", "/articles/asking/", "/faq/"),
        *("/de/", "/de/mentoren/", "/de/artikel/", "/de/fragen/"),
    }


@pytest.mark.parametrize("path", ["/de/", "/de/mentoren/", "/de/mentoren/ada/", "/de/faq/"])
def test_a_site_without_german_pages_has_none(path: str) -> None:
    listed_mentor("Ada Byron")

    assert "Diese Seite gibt es nicht" in get(path, 404)
    assert 'hreflang="de"' not in get("/")
    assert alternates(get("/mentors/ada/")) == {}


def test_a_german_front_page_that_is_a_draft_is_seen_by_nobody() -> None:
    listed_mentor("Ada Byron")
    add_german().unpublish()

    get("/de/", 404)
    assert switches(get("/")) == {}


def test_a_page_of_a_name_that_is_a_language_is_refused() -> None:
    with pytest.raises(Exception, match="belongs to the program itself"):
        add_landing("de")


# --- What German pages say -----------------------------------------------------------------------


def words_of(html: str) -> Iterator[str]:
    """Return what a page says, and what it says to who does not see it, piece by piece."""
    body = re.sub(r"<(script|style|title).*?</\1>", "", html, flags=re.DOTALL)
    yield from re.findall(r'(?:aria-label|placeholder|alt)="([^"]+)"', body)
    yield from (strip_tags(piece).strip() for piece in re.split(r"<[^>]+>", body))


def english_in(html: str) -> set[str]:
    """Return the English messages of the catalogue that a page says."""
    catalogue = read_po((FOLDER / "django.po").read_text())
    said = set(words_of(html))
    messages = {one.strip(" ,;") for (one, _), (first, *_) in catalogue.items() if one != first}
    whole = {one for one in messages if len(one) > 3 and "%(" not in one}
    return {one for one in whole if one in said or (" " in one and any(one in s for s in said))}


def test_every_german_page_is_german_all_around_its_words() -> None:
    _, kind, _ = listed_mentor("Ada Byron", location="London")
    reviewed(session_type=kind, rating=5, starts_at=NOW, comment="Klar und gut, und zwar in allem.")
    make_content(now=clock.now())
    german = [page.url for page in Page.objects.filter(locale__language_code="de").live()]
    beside = ["/de/mentoren/ada/", "/de/search/", "/de/search/?q=absagen", "/de/search/?q=xyzzyx"]
    searched = ["?q=ada&rating=4&language=en", "?location=Nirgends", "?price_max=-1", "?day=x"]

    found = {path: english_in(get(path)) for path in [*german, *beside]}
    found |= {query: english_in(get(f"/de/mentoren/{query}")) for query in searched}
    found["404"] = english_in(get("/de/nichts/", 404))

    assert len(german) > 10
    assert {path: words for path, words in found.items() if words} == {}
    for path in ("/", "/mentors/", "/mentors/ada/", "/terms/", "/search/?q=xyzzyx"):
        assert len(english_in(get(path))) > 8, path


def test_facts_are_written_as_german_writes_them() -> None:
    _, kind, _ = listed_mentor("Ada Byron", price_minor=124_075, location="London")
    reviewed(session_type=kind, rating=5, starts_at=NOW, comment="Good.")
    reviewed(session_type=kind, rating=4, starts_at=NOW + timedelta(days=1), comment="Good.")
    add_german()

    german, english = get("/de/mentoren/ada/"), get("/mentors/ada/")

    assert "1.240,75 USD" in german
    assert "$1,240.75 USD" in english
    assert "4,5 von 5 aus 2 Bewertungen" in german
    assert "Volle Erstattung bis 24 h vorher, danach 50 % zurück bis zum Beginn." in german
    assert "Spricht Englisch" in re.sub(r"\s+", " ", strip_tags(german))
    assert re.search(r">(Mo|Di|Mi|Do|Fr|Sa|So), \d+\. \w+, \d\d:\d\d ", german)
    assert re.search(r">(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+, \d\d:\d\d ", english)


def test_a_form_asks_refuses_and_thanks_in_its_language() -> None:
    add_german()
    form = FormPage(title="Write to us", slug="contact", thanks="Thank you.")
    HomePage.objects.get(slug="home").add_child(instance=form)
    FormField.objects.create(page=form, label="Message", field_type="multiline")
    FormField.objects.create(page=form, label="Name", field_type="singleline", required=False)
    made = translated(form, "kontakt", title="Schreiben Sie uns", thanks="Danke.")
    page = get("/de/kontakt/")
    (action,) = re.findall(r'action="(/de/forms/\d+/)"', page)

    refused = Browser().post(action, {}).content.decode()
    sent = Browser().post(action, {"message": "Hallo"})

    assert "Name (freiwillig)" in page
    assert "Ein Feld muss geändert werden" in refused
    assert "Dieses Feld muss ausgefüllt werden." in refused
    assert sent["Location"].startswith(made.url)
    assert "Danke." in get(sent["Location"])


# --- A mentor's one page at two addresses -------------------------------------------------------


def test_a_mentor_has_one_page_which_both_directories_show() -> None:
    mentor, _, page = listed_mentor("Ada Byron", bio="<p>Twenty years of it.</p>")
    add_german()

    english, german = get("/mentors/ada/"), get("/de/mentoren/ada/")

    assert MentorProfilePage.objects.count() == 1
    assert "Twenty years of it." in english
    assert "Twenty years of it." in german
    assert f'<link rel="canonical" href="{ROOT}/mentors/ada/">' in english
    assert f'<link rel="canonical" href="{ROOT}/de/mentoren/ada/">' in german
    assert 'href="/de/mentoren/ada/"' in get("/de/mentoren/")
    assert 'href="/mentors/ada/"' in get("/mentors/")
    with pytest.raises(PermissionDenied):
        page.copy_for_translation(Locale.objects.get(language_code="de"), copy_parents=True)
    Mentor.objects.filter(pk=mentor.pk).update(status=Mentor.Status.SUSPENDED)
    get("/de/mentoren/ada/", 404)
    assert "Ada Byron" not in get("/de/mentoren/")


def test_a_mentors_draft_is_in_no_directory() -> None:
    _, _, page = listed_mentor("Ada Byron")
    add_german()
    page.unpublish()

    get("/mentors/ada/", 404)
    get("/de/mentoren/ada/", 404)
    get("/de/mentoren/nobody/", 404)


# --- How each leads to the other -----------------------------------------------------------------


def test_translations_name_each_other_and_themselves() -> None:
    listed_mentor("Ada Byron")
    article = write_article("Asking")
    add_german()
    translated(article, "fragen-lernen")
    pages = ["/", "/mentors/", "/mentors/ada/", "/articles/", "/articles/asking/", "/faq/"]

    for path in pages:
        english = get(path)
        known = alternates(english)
        german = get(known["de"])

        assert set(known) == {"en", "de", "x-default"}, path
        assert known["en"] == known["x-default"] == f"{ROOT}{path}"
        assert known["de"].startswith(f"{ROOT}/de/")
        assert alternates(german) == known
        assert f'<link rel="canonical" href="{known["de"]}">' in german
        assert '<meta property="og:locale" content="en_GB">' in english
        assert '<meta property="og:locale:alternate" content="de_DE">' in english
        assert '<meta property="og:locale" content="de_DE">' in german
        assert '<meta property="og:locale:alternate" content="en_GB">' in german
        assert switches(english) == switches(german) == {known["en"]: "en", known["de"]: "de"}


def test_a_page_without_translation_names_none_and_its_switch_leads_to_the_front_page() -> None:
    add_german()
    write_article("Only here")

    html = get("/articles/only-here/")

    assert alternates(html) == {}
    assert "og:locale:alternate" not in html
    assert switches(html) == {f"{ROOT}/articles/only-here/": "en", f"{ROOT}/de/": "de"}
    assert switches(get("/de/search/")) == {f"{ROOT}/": "en", f"{ROOT}/de/": "de"}


def test_a_part_of_a_list_names_no_translation() -> None:
    listed_mentor("Ada Byron")
    add_german()

    assert alternates(get("/de/mentoren/?sort=price")) == {}
    assert "noindex" in get("/de/mentoren/?sort=price")


def test_the_map_has_every_address_with_its_translations() -> None:
    listed_mentor("Ada Byron")
    add_german()
    write_article("Only here")

    entries = ET.fromstring(get("/sitemap.xml")).findall("m:url", MAP)

    told = {
        entry.findtext("m:loc", "", MAP).removeprefix(ROOT): {
            one.get("hreflang"): str(one.get("href")).removeprefix(ROOT)
            for one in entry.findall("x:link", MAP)
        }
        for entry in entries
    }
    assert len(told) == len(entries) == 11
    ada = {"en": "/mentors/ada/", "de": "/de/mentoren/ada/", "x-default": "/mentors/ada/"}
    assert told["/mentors/ada/"] == told["/de/mentoren/ada/"] == ada
    assert told["/articles/only-here/"] == {}
    for path, others in told.items():
        assert others == alternates(get(path)) or others == {
            code: url.removeprefix(ROOT) for code, url in alternates(get(path)).items()
        }, path


def test_menus_feed_and_search_keep_to_their_language() -> None:
    write_article("Asking about nothing")
    add_document("terms")
    add_german()
    translated(write_article("Second"), "zweitens", title="Zweitens gefragt")

    german = get("/de/fragen/")
    (menu,) = re.findall(r'<nav [^>]*aria-label="Hauptmenü">(.*?)</nav>', german, re.DOTALL)

    assert re.findall(r'href="([^"]*)"', menu) == [
        *("/de/mentoren/", "/de/artikel/", "/de/fragen/", "/de/search/", f"{ROOT}/faq/", "/app"),
    ]
    assert "/terms/" not in german
    assert "Zweitens gefragt" in get("/de/feed.xml")
    assert "Asking about nothing" not in get("/de/feed.xml")
    assert "Zweitens gefragt" not in get("/feed.xml")
    assert 'href="/de/fragen/#buchen"' in get("/de/search/?q=leicht")
    assert "Ganz leicht" not in get("/search/?q=leicht")


# --- What it costs, what is kept, what binds, and who may -----------------------------------------


def queries(path: str) -> list[str]:
    get(path)
    with CaptureQueriesContext(connection) as asked:
        get(path)
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("path", ["/", "/faq/", "/mentors/", "/mentors/ada/", "/articles/asking/"])
def test_an_english_page_asks_no_more_for_having_a_german_one(path: str) -> None:
    listed_mentor("Ada Byron")
    write_article("Asking")
    alone = queries(path)
    add_german()

    assert len(queries(path)) == len(alone)


class Still:
    """Nothing changes, says the watch; nothing has, says the mark."""

    def generation(self) -> int:
        return 1

    def read(self) -> bytes:
        return b"00000000"

    def change(self) -> None:
        """What this test has written is committed never."""


def test_the_memory_keeps_both_and_gives_each_its_own() -> None:
    made: list[str] = []

    def site(environ: dict[str, Any], start: Any) -> list[bytes]:
        made.append(environ["PATH_INFO"])
        start("200 OK", [("Content-Type", "text/html")])
        return [environ["PATH_INFO"].encode()]

    door = Door(site, rules=rules(), watch=Still(), mark=Still(), memory=Memory(most=10**6))

    def ask(path: str, language: str) -> bytes:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "wsgi.url_scheme": "http",
            "HTTP_ACCEPT_LANGUAGE": language,
        }
        return b"".join(door(environ, lambda *_: None))

    for path in ("/", "/de/", "/mentors/ada/", "/de/mentoren/ada/"):
        assert ask(path, "de") == ask(path, "en") == path.encode()
    assert made == ["/", "/de/", "/mentors/ada/", "/de/mentoren/ada/"]


def test_a_translated_document_is_there_to_be_read_and_nobody_agrees_to_it() -> None:
    terms = add_document("terms", requires_acceptance=True)
    add_german()

    made = translated(terms, "bedingungen", title="Bedingungen", body="<p>Alles.</p>")

    assert made.requires_acceptance
    assert LegalVersion.objects.filter(page=terms).count() == 1
    assert not LegalVersion.objects.filter(page=LegalPage.objects.get(pk=made.pk)).exists()
    html = get("/de/bedingungen/")
    assert "Die englische Fassung; dies ist eine Übersetzung." in html
    assert "Alle, die sich registrieren" not in html
    assert "Everybody who registers" in get("/terms/")


def test_who_edits_the_english_tree_edits_the_german_one() -> None:
    home = add_german()

    given = {
        (one.group.name, one.permission.codename)
        for one in GroupPagePermission.objects.filter(page_id=home.pk)
    }

    assert ("Content editor", "change_page") in given
