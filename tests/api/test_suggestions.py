"""Completing the words of a search, and what a search says of the words it took instead."""

import pytest

from cms.listing import rebuild
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.cms.conftest import listed_mentor

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    market = open_market(listed=True)
    listed_mentor("Bea Byron", expertise=("Public speaking", "Kubernetes"), bio="<p>kumquats</p>")
    listed_mentor("Cara Kubrick", expertise=("Kubernetes", "C++"), location="London")
    rebuild()
    return market


def suggested(market: Market, q: str) -> list[tuple[str, str, int, bool]]:
    items = market.ann.get("/api/mentors/suggestions", {"q": q}).json()["items"]
    return [(one["text"], one["kind"], one["mentors"], one["corrects"]) for one in items]


def test_subjects_come_first_and_no_word_of_a_biography(market: Market) -> None:
    assert suggested(market, "ku") == [
        ("Kubernetes", "subject", 2, False),
        ("kubrick", "word", 1, False),
    ]


@pytest.mark.parametrize("q", ["spea", "Public sp", "PÚBLIC"])
def test_a_subject_is_completed_from_any_of_its_words(market: Market, q: str) -> None:
    assert suggested(market, q)[0] == ("Public speaking", "subject", 1, False)


def test_where_nothing_begins_so_what_was_meant_is_suggested(market: Market) -> None:
    assert suggested(market, "kuberntes") == [("kubernetes", "word", 2, True)]


@pytest.mark.parametrize("q", ["k", "", "  ", "zzzz", "%", "\\", "'"])
def test_what_tells_nothing_suggests_nothing(market: Market, q: str) -> None:
    assert suggested(market, q) == []


@pytest.mark.parametrize("query", [{"q": "x" * 81}, {}, {"q": "ku", "limit": "0"}])
def test_a_question_outside_its_bounds_is_a_422(market: Market, query: dict[str, str]) -> None:
    assert market.ann.get("/api/mentors/suggestions", query).status_code == 422


def test_who_may_not_search_gets_no_suggestions(market: Market) -> None:
    assert Caller().get("/api/mentors/suggestions", {"q": "ku"}).status_code == 401


@pytest.mark.parametrize(
    ("q", "corrected", "slugs"),
    [
        ("Kuberntes", "kubernetes", ["bea", "cara"]),
        ("kubernetes", None, ["bea", "cara"]),
        ("ubernetes londno", None, ["ada", "bea", "cara"]),
        ("c++", None, ["cara"]),
        ("kubrikc cubernetes", "kubrick kubernetes", ["cara"]),
        ("kuber", None, ["bea", "cara"]),
    ],
)
def test_a_search_says_which_words_it_took_instead(
    market: Market, q: str, corrected: str | None, slugs: list[str]
) -> None:
    page = market.ann.get("/api/mentors", {"q": q}).json()

    assert [item["slug"] for item in page["items"]] == slugs
    assert page["corrected"] == corrected
    assert page["total_is_exact"]


def test_a_place_with_a_slip_is_the_place(market: Market) -> None:
    page = market.ann.get("/api/mentors", {"location": "Lodnon"}).json()

    assert ([item["slug"] for item in page["items"]], page["relaxed"]) == (["cara"], [])
