"""The site's pages as values: each kind of page and block, by its kind; published, and no draft."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from api.schemas.content_blocks import BLOCKS
from cms.blocks import page_blocks
from cms.models import FaqPage, HomePage, LandingPage
from demo.content import make_content
from kernel import clock
from scheduling.models import SessionType
from tests.api.callers import Caller
from tests.cms.conftest import listed_mentor
from tests.content.conftest import add_document, add_landing, site, write_article

__all__ = ["site"]


def read(path: str, status: int = 200, **query: object) -> Any:
    answer = Caller().get("/api/content/page", {"path": path, **query})
    assert answer.status_code == status, answer.content
    return answer.json()


def test_every_kind_of_page_says_which_it_is_and_every_block_too() -> None:
    listed_mentor("Ada Byron")
    make_content(now=clock.now())

    told = {
        path: read(path) for path in ("/", "/become-a-mentor/", "/articles/", "/faq/", "/terms/")
    }
    told["article"] = read(told["/articles/"]["articles"][0]["path"])

    assert [page["kind"] for page in told.values()] == [
        "home",
        "landing",
        "articles",
        "faq",
        "legal",
        "article",
    ]
    blocks = [block for page in told.values() for block in page.get("body", ())]
    assert {"hero", "how", "mentors", "fees", "faq", "words"} <= {block["kind"] for block in blocks}
    hero = told["/"]["body"][0]
    assert hero["mentors"][0]["name"] == "Ada Byron"
    assert hero["links"][0]["href"].startswith("/")
    assert told["/terms/"]["version"]
    assert told["article"]["meta"]["url"].endswith(told["article"]["path"])


def test_every_block_that_an_editor_may_choose_has_a_shape() -> None:
    assert set(BLOCKS) == {name for name, _ in page_blocks()}


def test_a_price_and_a_mentor_are_those_of_now() -> None:
    _, kind, _ = listed_mentor("Ada Byron", price_minor=9_000)
    block = ("mentors", {"heading": "Some", "chosen": [], "count": 3, "order": "relevance"})
    add_landing("offer", body=[block])
    before = read("/offer/")["body"][0]["mentors"][0]["price"]

    SessionType.objects.filter(pk=kind.pk).update(price_minor=9_500)

    after = read("/offer/")["body"][0]["mentors"][0]["price"]
    assert (before["amount"], after["amount"]) == (9_000, 9_500)


def test_a_draft_is_never_told_and_what_is_taken_back_is_gone() -> None:
    page = add_landing("offer")
    page.title = "Only a draft"
    page.save_revision()
    hidden = LandingPage(slug="hidden", title="Hidden", lead="Not yet.", live=False)
    HomePage.objects.get().add_child(instance=hidden)
    closed = add_landing("closed")
    PageViewRestriction.objects.create(page=closed, restriction_type="login")

    assert read("/offer/")["title"] == "Offer"
    assert read("/hidden/", 404)["code"] == "not_found"
    read("/closed/", 404)
    page.unpublish()
    read("/offer/", 404)


def test_mentors_and_other_addresses_are_not_here() -> None:
    listed_mentor("Ada Byron")

    for path in ("/mentors/", "/mentors/ada/", "/nothing/", "/cms/", "/home/"):
        assert "GET /api/content/navigation" in read(path, 404)["detail"]


def test_what_the_reader_has_is_not_sent_again_until_it_is_published_anew() -> None:
    page = add_landing("offer")
    first = Caller().get("/api/content/page", {"path": "/offer/"})
    has = {"If-None-Match": first["ETag"]}

    same = Caller().get("/api/content/page", {"path": "/offer/"}, **has)
    page.title = "Another"
    page.save_revision()
    drafted = Caller().get("/api/content/page", {"path": "/offer/"}, **has)
    page.get_latest_revision().publish()
    published = Caller().get("/api/content/page", {"path": "/offer/"}, **has)

    assert first["Cache-Control"] == same["Cache-Control"] == "public, no-cache"
    assert [one.status_code for one in (same, drafted, published)] == [304, 304, 200]
    assert published.json()["title"] == "Another"


def test_an_editors_text_is_cleaned_and_its_links_lead_somewhere() -> None:
    goal = FaqPage.objects.get()
    source = (
        f'<p onclick="x()">See <a linktype="page" id="{goal.pk}">questions</a>'
        '<script>alert(1)</script><a href="javascript:x()">this</a></p>'
    )
    add_landing("offer", body=[("words", source)])

    html = read("/offer/")["body"][0]["html"]

    assert '<a href="/faq/">questions</a>' in html
    assert not any(word in html for word in ("<script", "onclick", "javascript:"))


def test_the_articles_come_a_sheet_at_a_time() -> None:
    for number in range(14):
        write_article(f"Article {number}")

    first, second = read("/articles/"), read("/articles/", sheet=2)

    assert (len(first["articles"]), len(second["articles"])) == (12, 2)
    assert (first["sheets"], second["sheet"]) == (2, 2)
    assert read("/articles/", sheet=9)["articles"] == []


def test_the_menus_are_those_of_the_pages() -> None:
    add_document("terms")

    told = Caller().get("/api/content/navigation").json()

    assert {"label": "Terms", "href": "/terms/"} in told["legal"]
    assert {link["href"] for link in told["main"]} >= {"/mentors/", "/articles/", "/faq/"}


def test_a_list_of_articles_takes_the_same_queries_for_one_and_for_three() -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            read("/articles/")
        return len(queries)

    write_article("One")
    count()
    one = count()
    write_article("Two")
    write_article("Three")

    assert count() == one


@pytest.mark.parametrize("query", [{}, {"path": "/", "sheet": 0}, {"path": "x" * 400}])
def test_what_cannot_be_asked_for_is_refused(query: dict[str, Any]) -> None:
    assert Caller().get("/api/content/page", query).status_code == 422
