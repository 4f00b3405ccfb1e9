"""Ratings in the directory and on profiles: counted once, shown in words, never invented."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Value
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts.models import User
from accounts.roles import add_to_group
from cms import directory, suggesting
from cms.filtering import Filters, Sort
from cms.models import MentorProfilePage
from cms.profile_facts import read_facts
from scheduling import reviews
from scheduling.models import Review, SessionType
from scheduling.queries import ratings
from tests.api.callers import Caller
from tests.architecture.test_house import ROOT, product_files
from tests.cms.conftest import listed_mentor
from tests.factories.people import ClientFactory, UserFactory
from tests.factories.reviews import reviewed

BEGAN = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def rated(kind: SessionType, *stars: int) -> list[Review]:
    return [
        reviewed(session_type=kind, rating=one, starts_at=BEGAN + day * timedelta(days=1))
        for day, one in enumerate(stars)
    ]


def curator() -> User:
    user = UserFactory.create()
    add_to_group(user=user, group=roles.MENTOR_CURATOR)
    return User.objects.get(pk=user.pk)


def search(**asked: object) -> directory.Results:
    return directory.search(filters=Filters(**asked), now=NOW)  # type: ignore[arg-type]


def test_the_best_rated_comes_first_by_a_score_that_few_reviews_do_not_win() -> None:
    # (5 × 4 + stars) / (5 + count): Ada 25/6 = 4.17, Bea 48/11 = 4.36, Cara 4.0, Dora 22/7 = 3.14
    rated(listed_mentor("Ada One")[1], 5)
    rated(listed_mentor("Bea Many")[1], 5, 5, 5, 4, 5, 4)
    listed_mentor("Cara New")
    rated(listed_mentor("Dora Poor")[1], 1, 1)

    found = search(sort=Sort.RATING)

    assert [(entry.slug, entry.rating, entry.reviews_count) for entry in found.items] == [
        ("bea", 4.7, 6),  # 28/6
        ("ada", 5.0, 1),
        ("cara", None, 0),
        ("dora", 1.0, 2),
    ]


def test_at_least_so_many_stars_means_the_number_that_is_shown() -> None:
    rated(listed_mentor("Ada Good")[1], 5, 5, 4)  # 4.666… is shown as 4.7
    rated(listed_mentor("Bea Fair")[1], 3)
    listed_mentor("Cara New")

    found = search(rating_min=4.7)

    assert [entry.slug for entry in found.items] == ["ada"]
    assert found.relaxed == ()
    assert found.facets["rating"] == {"3": 2, "4": 1, "4.5": 1}


def test_a_hidden_review_counts_nowhere() -> None:
    _, kind, _ = listed_mentor("Ada Byron")
    good, bad = rated(kind, 5, 1)
    before = directory.mentor("ada", now=NOW)

    reviews.hide(review_id=bad.pk, by=curator(), reason="Insults a third person.", now=NOW)
    after = directory.mentor("ada", now=NOW)

    assert (before.entry.rating, before.entry.reviews_count) == (3.0, 2)
    assert (after.entry.rating, after.entry.reviews_count) == (5.0, 1)
    assert after.reviews == (good,)
    assert [entry.rating for entry in search().items] == [5.0]


def test_every_place_that_shows_a_rating_leaves_the_hidden_review_out() -> None:
    """Search, page, lists of the staff, API and dashboard: the same two numbers."""
    mentor, kind, page = listed_mentor("Ada Byron")
    client = ClientFactory()
    bad = rated(kind, 5, 1)[1]
    caller = Caller(mentor.user)

    def places() -> dict[str, tuple[float | None, int]]:
        html = Browser().get("/mentors/ada/").content.decode()
        words = re.search(r"([0-9.]+) out of 5 from (\d+) review", html)
        assert words, "no rating in words"
        rows = MentorProfilePage.objects.annotate(pending=Value(0))
        facts = read_facts(list(rows), now=NOW, with_takings=False)[page.pk].rating
        card = suggesting.cards([mentor.pk])[mentor.pk].rating
        found = {
            "the one query": ratings([mentor.pk])[mentor.pk],
            "the list of the staff": facts,
            "a card": card,
        }
        shown = {name: (one.mean, one.count) for name, one in found.items()}
        shown["the page's words"] = (float(words[1]), int(words[2]))
        [entry] = search().items
        shown["the directory"] = (entry.rating, entry.reviews_count)
        for path in ("/api/mentors/ada", "/api/mentors/me/reviews"):
            answer = caller.get(path).json()
            shown[path] = (answer["rating"], answer["reviews_count"])
        board = caller.get("/api/dashboard").json()["mentor"]["reviews"]
        shown["/api/dashboard"] = (board["rating"], board["reviews_count"])
        return shown

    before = places()
    reviews.hide(review_id=bad.pk, by=curator(), reason="Insults a third person.", now=NOW)
    after = places()

    assert set(before.values()) == {(3.0, 2)}
    assert set(after.values()) == {(5.0, 1)}
    assert suggesting.new_to(client=client) == [mentor.pk]


def test_stars_are_added_up_in_one_place() -> None:
    adding = re.compile(r"(Sum|Avg)\(\s*\"(\w+__)?(rating|stars)\"")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in product_files()
        if adding.search(path.read_text())
    ]

    assert found == ["scheduling/queries.py"]


@pytest.mark.parametrize("group", sorted({*roles.STAFF_GROUPS, roles.MENTOR}))
def test_curators_alone_may_moderate(group: str) -> None:
    user = UserFactory.create()
    add_to_group(user=user, group=group)

    may = User.objects.get(pk=user.pk).has_perm(reviews.MODERATE)

    assert may == (group == roles.MENTOR_CURATOR)
    assert Permission.objects.filter(codename="moderate_review").count() == 1


def test_a_profile_shows_words_numbers_people_and_replies() -> None:
    mentor, kind, _ = listed_mentor("Ada Byron")
    review = reviewed(
        session_type=kind,
        rating=4,
        starts_at=BEGAN,
        comment="Clear & kind.\n<b>Really</b>",
        client=ClientFactory(user__name="Zoë Maria Quist"),
    )
    reviews.reply(review_id=review.pk, mentor=mentor, text="Come back soon.", now=NOW)

    html = Browser().get("/mentors/ada/").content.decode()

    for words in (
        "<strong>Very good</strong> · 4.0 out of 5 from 1 review.",
        '<span class="review__stars">4 out of 5</span>',
        "Clear &amp; kind.<br>&lt;b&gt;Really&lt;/b&gt;",
        'Zoë Q. · <time datetime="2027-02-02">2 February 2027</time>',
        'Ada Byron replied on <time datetime="2027-03-01">1 March 2027</time>',
        "Come back soon.",
    ):
        assert words in html
    assert "Maria" not in html
    assert "Quist" not in html


def test_a_profile_without_reviews_says_so() -> None:
    listed_mentor("Ada Byron")

    html = Browser().get("/mentors/ada/").content.decode()

    assert "Nobody has reviewed Ada Byron yet." in html
    assert "out of 5" not in html


def test_the_directory_and_a_profile_take_the_same_queries_for_one_and_for_three() -> None:
    _, kind, _ = listed_mentor("Ada Byron")
    others = [listed_mentor(name)[1] for name in ("Bea B", "Cara C")]
    counts = []
    for day, other in enumerate([*others, others[0]]):
        for one in (kind, other):
            reviewed(session_type=one, rating=5, starts_at=BEGAN + day * timedelta(days=1))
        with CaptureQueriesContext(connection) as listing:
            search()
        with CaptureQueriesContext(connection) as reading:
            directory.mentor("ada", now=NOW)
        counts.append((len(listing), len(reading)))

    assert counts == [counts[0]] * 3
