"""What search engines read of each kind of page, and that no word of an editor breaks out of it."""

from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts import roles
from accounts.models import User
from accounts.roles import add_to_group
from cms.models import FaqPage
from cms.structured import graph
from cms.structured.profiles import decimal
from kernel.money import Money
from scheduling import reviews
from scheduling.models import SessionType
from tests.cms.conftest import listed_mentor
from tests.content import jsonld
from tests.content.conftest import add_document, add_landing, write_article
from tests.factories.people import ClientFactory, UserFactory
from tests.factories.reviews import reviewed

SITE = settings.PUBLIC_URL
BEGAN = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
HOSTILE = "</script><script>alert(1)</script><!-- & \u2028"


def read(path: str) -> dict[str, Any]:
    response = Browser().get(path)
    assert response.status_code == 200, path
    return jsonld.read(response.content.decode())


def way(nodes: dict[str, Any]) -> list[tuple[str, str]]:
    steps = nodes["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    return [(step["name"], step["item"].removeprefix(SITE)) for step in steps]


def curator() -> User:
    user: User = UserFactory()
    add_to_group(user=user, group=roles.MENTOR_CURATOR)
    return User.objects.get(pk=user.pk)


def test_the_front_page_names_the_site_who_runs_it_and_how_to_search_it() -> None:
    nodes = read("/")

    assert set(nodes) == {"Organization", "WebSite"}
    assert nodes["WebSite"]["url"] == nodes["Organization"]["url"] == f"{SITE}/"
    action = nodes["WebSite"]["potentialAction"]
    found = action["target"]["urlTemplate"].removeprefix(SITE)
    assert found == "/mentors/?q={search_term_string}"
    assert Browser().get(found.replace("{search_term_string}", "ada")).status_code == 200


def test_the_directory_lists_whom_it_shows_in_their_order() -> None:
    for name in ("Ada Byron", "Bea Cole"):
        listed_mentor(name)

    nodes = read("/mentors/")
    narrowed = read("/mentors/?q=cole")

    assert [
        (item["position"], item["name"], item["url"].removeprefix(SITE))
        for item in nodes["ItemList"]["itemListElement"]
    ] == [(1, "Ada Byron", "/mentors/ada/"), (2, "Bea Cole", "/mentors/bea/")]
    assert [one["name"] for one in narrowed["ItemList"]["itemListElement"]] == ["Bea Cole"]
    assert way(nodes) == [("Home", "/"), ("Mentors", "/mentors/")]


def test_an_empty_directory_lists_nothing() -> None:
    assert set(read("/mentors/")) == {"BreadcrumbList"}


def test_a_profile_tells_the_person_prices_and_reviews() -> None:
    mentor, kind, page = listed_mentor(
        "Ada Byron", expertise=("Go", "C & C++"), location="London", languages=("en", "fr")
    )
    SessionType.objects.create(
        mentor=mentor, name="Long", duration_minutes=90, price_minor=9_000, currency="JPY",
        policy=kind.policy,
    )  # fmt: skip
    SessionType.objects.create(
        mentor=mentor, name="Gone", duration_minutes=30, price_minor=1, currency="USD",
        policy=kind.policy, is_active=False,
    )  # fmt: skip
    ann = ClientFactory(user__name="Ann Maria Baker")
    reviewed(session_type=kind, rating=4, starts_at=BEGAN, comment="Clear & kind.", client=ann)
    reviewed(session_type=kind, rating=5, starts_at=BEGAN + timedelta(days=1))

    nodes = read("/mentors/ada/")

    person, service = nodes["Person"], nodes["Service"]
    assert person["name"] == "Ada Byron"
    assert person["url"] == nodes["ProfilePage"]["url"] == f"{SITE}/mentors/ada/"
    assert person["knowsAbout"] == ["Go", "C & C++"]
    assert person["knowsLanguage"] == ["en", "fr"]
    assert person["homeLocation"]["name"] == "London"
    assert nodes["ProfilePage"]["mainEntity"]["@id"] == person["@id"]
    assert service["provider"]["@id"] == person["@id"]
    assert nodes["ProfilePage"]["dateModified"] == page.last_published_at.isoformat()
    assert [(one["name"], one["price"], one["priceCurrency"]) for one in service["offers"]] == [
        (kind.name, "100.00", "USD"),
        ("Long", "9000", "JPY"),
    ]
    assert service["aggregateRating"]["ratingValue"] == 4.5
    assert service["aggregateRating"]["reviewCount"] == 2
    newest, older = service["review"]
    assert "reviewBody" in older
    assert older["author"]["name"] == "Ann B."
    assert older["reviewBody"] == "Clear & kind."
    assert [one["reviewRating"]["ratingValue"] for one in (newest, older)] == [5, 4]
    assert way(nodes) == [
        ("Home", "/"),
        ("Mentors", "/mentors/"),
        ("Ada Byron", "/mentors/ada/"),
    ]


def test_without_a_visible_review_there_is_no_rating() -> None:
    _, kind, _ = listed_mentor("Ada Byron")
    new = read("/mentors/ada/")["Service"]
    review = reviewed(session_type=kind, rating=1, starts_at=BEGAN)
    told = read("/mentors/ada/")["Service"]
    reviews.hide(review_id=review.pk, by=curator(), reason="Names a person.", now=BEGAN)
    hidden = read("/mentors/ada/")["Service"]

    assert told["aggregateRating"]["reviewCount"] == 1
    for service in (new, hidden):
        assert "aggregateRating" not in service
        assert "review" not in service


def test_a_mentor_who_offers_nothing_has_no_offer() -> None:
    mentor, _, _ = listed_mentor("Ada Byron")
    SessionType.objects.filter(mentor=mentor).update(is_active=False)

    assert "offers" not in read("/mentors/ada/")["Service"]


def test_an_article_names_its_author_and_leads_to_the_author_while_live() -> None:
    _, _, profile = listed_mentor("Ada Byron")
    write_article("Asking", mentor=profile)
    write_article("Told", author="Nobody")

    asking, told = read("/articles/asking/"), read("/articles/told/")

    assert asking["Article"]["headline"] == "Asking"
    assert asking["Article"]["datePublished"] == "2027-01-05"
    assert asking["Article"]["author"] == {
        "@type": "Person",
        "name": "Ada Byron",
        "url": f"{SITE}/mentors/ada/",
    }
    assert told["Article"]["author"] == {"@type": "Person", "name": "Nobody"}
    assert way(asking) == [
        ("Home", "/"),
        ("Articles", "/articles/"),
        ("Asking", "/articles/asking/"),
    ]


def test_the_questions_are_told_with_their_answers_in_plain_words() -> None:
    page = FaqPage.objects.get()
    answer = "<p>You get <b>everything</b> back.</p><ul><li>At once &amp; in full.</li></ul>"
    page.body = [
        ("faq", {"heading": "Money", "questions": [{"question": "And then?", "answer": answer}]})
    ]
    page.save_revision().publish()

    (question,) = read("/faq/")["FAQPage"]["mainEntity"]

    assert question["name"] == "And then?"
    assert question["acceptedAnswer"]["text"] == "You get everything back.\nAt once & in full."


@pytest.mark.parametrize("path", ["/terms/", "/promise/", "/articles/", "/articles/?page=2"])
def test_every_other_page_says_where_it_stands(path: str) -> None:
    add_document("terms")
    add_landing("promise")
    for number in range(13):
        write_article(f"Note {number}")

    nodes = read(path)

    assert set(nodes) == {"BreadcrumbList"}
    assert [url for _, url in way(nodes)] == ["/", path.partition("?")[0]]


def test_no_word_breaks_out_of_the_document() -> None:
    _, kind, page = listed_mentor("Ada Byron", expertise=(HOSTILE[:40],))
    page.headline = page.title = HOSTILE
    page.bio = f"<p>{escape(HOSTILE)}</p>"  # as the editor keeps it
    page.save_revision().publish()
    SessionType.objects.filter(pk=kind.pk).update(name=HOSTILE)
    reviewed(session_type=kind, rating=5, starts_at=BEGAN, comment=HOSTILE)
    write_article("Told", author=HOSTILE, lead=HOSTILE)

    for path in ("/mentors/ada/", "/mentors/", "/articles/told/"):
        html = Browser().get(path).content.decode()
        nodes = jsonld.read(html)  # one script, of one type
        assert "<script>alert" not in html
        assert "BreadcrumbList" in nodes
    nodes = read("/mentors/ada/")
    assert nodes["Person"]["name"] == nodes["Person"]["description"] == HOSTILE
    assert nodes["Service"]["offers"][0]["name"] == HOSTILE
    assert nodes["Service"]["review"][0]["reviewBody"] == HOSTILE.strip()


def test_the_plain_writing_of_json_would_break_out() -> None:
    """The negative control of the test above."""
    page = '<script type="application/ld+json">{"name": "' + HOSTILE + '"}</script>'
    ours = graph.written([{"name": HOSTILE}])

    assert len(jsonld.scripts(page)) == 2
    assert "<" not in ours
    assert len(jsonld.scripts(f'<script type="application/ld+json">{ours}</script>')) == 1


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (Money(12_345, "USD"), "123.45"),
        (Money(5, "EUR"), "0.05"),
        (Money(9_000, "JPY"), "9000"),
        (Money(1_234, "KWD"), "1.234"),
        (Money(0, "USD"), "0.00"),
    ],
)
def test_a_price_has_as_many_digits_as_its_currency(price: Money, text: str) -> None:
    assert decimal(price) == text
