"""The search page: articles, questions, pages and mentors; empty states; never found itself."""

from html import unescape

import pytest
from django.test import Client as Browser

from accounts.models import Mentor
from cms.models import FaqPage
from tests.cms.conftest import listed_mentor
from tests.content.conftest import add_document, add_landing, write_article

QUESTIONS = [
    ("What if my mentor cancels?", "You get everything back, the card's fee too."),
    ("When am I paid?", "Three days after a session, once a month."),
]


def answered() -> None:
    page = FaqPage.objects.get()
    asked = [{"question": one, "answer": f"<p>{text}</p>"} for one, text in QUESTIONS]
    page.body = [("faq", {"heading": "Money back", "questions": asked})]
    page.save_revision().publish()


def found(query: str) -> str:
    response = Browser().get("/search/", {"q": query})
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_each_kind_is_found_and_leads_to_its_page() -> None:
    answered()
    write_article(
        "Asking well", body=[("words", "<p>Bring a decision, not a <b>spreadsheet</b>.</p>")]
    )
    add_document(
        "terms", summary="What binds.", body="<h2>Scope</h2><p>Nobody sells spreadsheets.</p>"
    )
    add_landing(
        "promise", lead="What we do not do.", body=[("words", "<p>No spreadsheet here.</p>")]
    )
    listed_mentor("Ada Byron", headline="Spreadsheets, tamed")

    html = found("spreadsheet")

    for path in ("/articles/asking-well/", "/terms/", "/promise/", "/mentors/ada/"):
        assert f'href="{path}"' in html, path
    assert "/faq/#" not in html
    assert "<p>What binds.</p>" in html
    assert "<p>What we do not do.</p>" in html


def test_a_question_is_found_by_its_words_and_leads_to_its_group() -> None:
    answered()

    html = found("mentor cancels")

    assert '<a href="/faq/#money-back">What if my mentor cancels?</a>' in html
    assert "When am I paid?" not in html


@pytest.mark.parametrize("query", ["xyzzy", "%%%", "'; --", "a\x00b", "<script>alert(1)</script>"])
def test_nothing_found_says_so_and_leads_on(query: str) -> None:
    answered()
    listed_mentor("Ada Byron")

    response = Browser().get("/search/", {"q": query})

    html = response.content.decode()
    assert response.status_code == 200
    assert "Nothing has “" in html
    assert 'href="/mentors/"' in html
    assert "<script>alert" not in html


def test_an_empty_query_shows_the_form_alone() -> None:
    html = found("")

    assert 'name="q"' in html
    assert "Nothing has" not in html


def test_drafts_and_mentors_who_are_not_live_are_not_found() -> None:
    write_article("Draft about zebras", live=False)
    mentor, _, _ = listed_mentor("Zebra Byron")
    Mentor.objects.filter(pk=mentor.pk).update(status=Mentor.Status.SUSPENDED)

    html = found("zebra")

    assert "Draft about" not in html
    assert 'href="/mentors/zebra/"' not in html


def test_its_head_keeps_it_out_of_search_engines() -> None:
    html = found("anything")

    assert '<meta name="robots" content="noindex, follow">' in html
    assert html.count('rel="canonical"') == 1
    assert "/search/" not in Browser().get("/sitemap.xml").content.decode()
