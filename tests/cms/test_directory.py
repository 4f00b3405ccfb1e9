"""The directory finds by words, beginnings and facts, relaxes in order, and pages stably."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor
from cms import directory
from cms.filtering import Filters, Sort
from kernel.money import Money
from scheduling import blocks, soonest
from scheduling.models import Schedule, SessionType
from tests.cms.conftest import listed_mentor
from tests.factories.scheduling import confirmed

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday


def slugs(filters: Filters, **options: object) -> list[str]:
    results = directory.search(filters=filters, now=NOW, **options)  # type: ignore[arg-type]
    return [entry.slug for entry in results.items]


def test_words_are_found_in_name_headline_expertise_and_biography_in_that_order() -> None:
    listed_mentor("Dora Bio", bio="<p>Years of <b>kubernetes</b>.</p>")
    listed_mentor("Cara Subject", expertise=("Kubernetes",))
    listed_mentor("Bea Headline", headline="Kubernetes from scratch")
    listed_mentor("Kubernetes Smith")
    listed_mentor("Eve Other")

    assert slugs(Filters(q="kubernetes")) == ["kubernetes", "bea", "cara", "dora"]


@pytest.mark.parametrize("q", ["zoe", "Zoë", "ZOË muller", "müller"])
def test_accents_and_case_do_not_matter(q: str) -> None:
    listed_mentor("Zoë Müller")
    listed_mentor("Ada Byron")

    assert slugs(Filters(q=q)) == ["zoë"]


@pytest.mark.parametrize("q", ["kuberntes", "kubern"])
def test_a_slip_of_the_finger_and_a_beginning_are_found_by_likeness(q: str) -> None:
    listed_mentor("Cara Subject", expertise=("Kubernetes",))
    listed_mentor("Ada Byron", expertise=("Public speaking",))

    assert slugs(Filters(q=q)) == ["cara"]


def test_a_renamed_page_is_found_by_its_new_name_and_a_draft_by_nothing() -> None:
    _, _, page = listed_mentor("Ada Byron")
    page.title = "Augusta King"
    page.save_revision().publish()
    page.headline = "Kubernetes"
    page.save_revision()

    assert slugs(Filters(q="augusta")) == ["ada"]
    relaxed = directory.search(filters=Filters(q="kubernetes"), now=NOW).relaxed
    assert relaxed == ("q",)


def test_price_currency_and_length_must_fit_the_same_session_type() -> None:
    mentor, kind, _ = listed_mentor("Ada Byron", price_minor=10_000)
    SessionType.objects.create(
        mentor=mentor,
        name="Short",
        duration_minutes=30,
        price_minor=2_500,
        currency="USD",
        policy=kind.policy,
    )
    listed_mentor("Bea Euro", price_minor=2_000, currency="EUR")

    assert slugs(Filters(price_max=2_500, duration=30, currency="USD")) == ["ada"]
    found = directory.search(filters=Filters(price_min=5_000), now=NOW)
    assert [(entry.slug, entry.price) for entry in found.items] == [("ada", Money(10_000, "USD"))]
    # A 60 minute type for at most 25.00: nobody, so the length goes first, then the price.
    relaxed = directory.search(filters=Filters(price_max=1_000, duration=30), now=NOW)
    assert relaxed.relaxed == ("duration", "price")


def test_location_and_language() -> None:
    listed_mentor("Ada Byron", location="London", languages=("en", "fr"))
    listed_mentor("Bea Berlin", location="Berlin", languages=("de",))

    assert slugs(Filters(location="lond")) == ["ada"]
    assert slugs(Filters(language="de")) == ["bea"]


def test_free_between_two_instants_needs_room_for_the_whole_session() -> None:
    listed_mentor("Ada Byron", hours=(9 * 60, 17 * 60))
    _, kind, _ = listed_mentor("Bea Night", hours=(0, 1440))
    confirmed(session_type=kind, starts_at=NOW + timedelta(days=1, hours=1), now=NOW)
    ten = NOW + timedelta(days=1, hours=1)

    # Bea is booked 10:00–11:00; Ada is free.
    hour = Filters(free_from=ten, free_to=ten + timedelta(hours=1))
    assert slugs(hour) == ["ada"]
    # From 17:00 on only Bea works.
    evening = Filters(
        free_from=NOW + timedelta(days=1, hours=8), free_to=NOW + timedelta(days=1, hours=10)
    )
    assert slugs(evening) == ["bea"]
    # Half an hour is too little for an hour; the time is relaxed and everybody comes back.
    short = directory.search(
        filters=Filters(free_from=ten, free_to=ten + timedelta(minutes=30)), now=NOW
    )
    assert short.relaxed == ("free",)
    assert [entry.free_at for entry in short.items] == [NOW, NOW]


def test_a_rating_is_never_invented() -> None:
    listed_mentor("Ada Byron")

    results = directory.search(filters=Filters(rating_min=4.0), now=NOW)

    assert results.relaxed == ("rating",)
    assert results.items[0].rating is None


@pytest.mark.parametrize("status", [Mentor.Status.APPLIED, Mentor.Status.SUSPENDED])
def test_only_live_mentors_are_listed(status: str) -> None:
    mentor, _, _ = listed_mentor("Ada Byron")
    Mentor.objects.filter(pk=mentor.pk).update(status=status)

    assert slugs(Filters()) == []
    with pytest.raises(directory.MentorNotFound):
        directory.mentor("ada", now=NOW)


def test_an_unpublished_page_is_not_listed() -> None:
    _, _, page = listed_mentor("Ada Byron")
    page.unpublish()

    assert slugs(Filters()) == []
    with pytest.raises(directory.MentorNotFound):
        directory.mentor("ada", now=NOW)


def test_orders_are_total_and_pages_never_overlap() -> None:
    for name, price in [("Ada A", 300), ("Bea B", 100), ("Cara C", 200), ("Dora D", 100)]:
        listed_mentor(name, price_minor=price)

    assert slugs(Filters(sort=Sort.PRICE)) == ["bea", "dora", "cara", "ada"]
    first = directory.search(filters=Filters(sort=Sort.PRICE), now=NOW, limit=2)
    second = directory.search(filters=Filters(sort=Sort.PRICE), now=NOW, limit=2, after=first.next)
    back = directory.search(filters=Filters(sort=Sort.PRICE), now=NOW, limit=2, before=second.prev)
    assert [entry.slug for entry in first.items] == ["bea", "dora"]
    assert [entry.slug for entry in second.items] == ["cara", "ada"]
    assert [entry.slug for entry in back.items] == ["bea", "dora"]
    assert (first.prev, second.next, first.total) == (None, None, 4)


def test_the_soonest_come_first() -> None:
    listed_mentor("Ada Byron", hours=(15 * 60, 17 * 60))
    listed_mentor("Bea Early", hours=(10 * 60, 12 * 60))

    assert slugs(Filters(sort=Sort.SOONEST)) == ["bea", "ada"]


def test_pages_of_the_soonest_go_to_those_without_time_and_back() -> None:
    for index, name in enumerate(["Dora D", "Cara C", "Bea B", "Ada A"]):
        listed_mentor(name, hours=(600 + 60 * index, 1200))
    listed_mentor("Eve E", hours=(600, 1200))  # as soon as Dora
    for name in ["Gil G", "Fay F"]:
        _, kind, _ = listed_mentor(name)
        Schedule.objects.filter(mentor=kind.mentor).delete()
    blocks.refresh(now=NOW)
    order = ["dora", "eve", "cara", "bea", "ada", "fay", "gil"]
    filters = Filters(sort=Sort.SOONEST)

    def page(**options: Any) -> directory.Results:
        with mock.patch.object(soonest, "SPARE", 0):
            return directory.search(filters=filters, now=NOW, limit=2, **options)

    pages = [page()]
    while pages[-1].next:
        pages.append(page(after=pages[-1].next))
    assert [[entry.slug for entry in one.items] for one in pages] == [
        order[:2], order[2:4], order[4:6], order[6:],
    ]  # fmt: skip
    assert [one.total for one in pages] == [7] * 4
    back = [page(before=one.prev) for one in pages[1:]]
    assert [one.items for one in back] == [one.items for one in pages[:-1]]
    assert [entry.free_at is None for one in pages for entry in one.items] == [False] * 5 + [
        True
    ] * 2


def test_a_facet_counts_what_all_the_other_filters_leave() -> None:
    listed_mentor("Ada Byron", location="London", languages=("en",))
    listed_mentor("Bea Berlin", location="Berlin", languages=("de", "en"))

    facets = directory.search(filters=Filters(language="de"), now=NOW).facets

    assert facets["language"] == {"en": 2, "de": 1}
    assert facets["location"] == {"Berlin": 1}


def test_the_number_of_queries_does_not_grow_with_the_mentors() -> None:
    def count(filters: Filters) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            directory.search(filters=filters, now=NOW)
        return len(queries)

    asked = [
        Filters(),
        Filters(q="coaching", sort=Sort.SOONEST, free_from=NOW),
        Filters(sort=Sort.SOONEST),
    ]
    listed_mentor("Ada Byron")
    one = [count(filters) for filters in asked]
    listed_mentor("Bea B")
    listed_mentor("Cara C")

    assert [count(filters) for filters in asked] == one
    assert len(directory.search(filters=asked[1], now=NOW).items) == 3
