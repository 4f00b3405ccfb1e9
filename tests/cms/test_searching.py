"""The search in SQL finds, orders, counts and relaxes as plain Python does, in few statements."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Mentor
from cms import directory, searching
from cms.filtering import Filters, Sort
from cms.models import Listing
from kernel import prepared
from scheduling import blocks, starts
from scheduling.free_starts import first_starts
from scheduling.models import BlockMark, FirstStart, Schedule, SessionType, StartMark, WeeklyRule
from scheduling.scores import Rating
from tests.cms import plain_directory
from tests.cms.conftest import listed_mentor
from tests.cms.plain_directory import Person
from tests.factories.scheduling import confirmed, hold

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
WORDS = ("kubernetes", "negotiation", "violin", "gardening", "chess")
words = st.lists(st.sampled_from(WORDS), max_size=2, unique=True).map(tuple)
offer = st.tuples(
    st.sampled_from([1_000, 2_500, 9_000]),
    st.sampled_from(["USD", "EUR"]),
    st.sampled_from([30, 60]),
)
people: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    name=words,
    headline=words,
    expertise=words,
    bio=words,
    location=st.sampled_from(["", "London", "Londonderry", "Köln"]),
    languages=st.lists(st.sampled_from(["en", "de"]), unique=True, max_size=2).map(tuple),
    offers=st.lists(offer, min_size=1, max_size=3, unique=True).map(tuple),
    rated=st.sampled_from([(0, 0), (1, 5), (3, 14), (4, 12), (6, 28)]),
    opens=st.sampled_from([None, 540, 600, 1080]),
    booked=st.booleans(),
    lapsed=st.booleans(),
)
asked = st.builds(
    Filters,
    q=st.sampled_from(["", "", "violin", "chess violin"]),
    price_min=st.sampled_from([None, None, 2_000]),
    price_max=st.sampled_from([None, None, 500, 3_000]),
    currency=st.sampled_from(["", "", "EUR"]),
    rating_min=st.sampled_from([None, None, 3.0, 4.7]),
    location=st.sampled_from(["", "", "london", "derry", "köln"]),
    language=st.sampled_from(["", "", "de"]),
    free_from=st.sampled_from([None, None, NOW, NOW + HOUR, NOW + 25 * HOUR]),
    free_to=st.sampled_from([None, None, NOW + 2 * HOUR, NOW + 26 * HOUR]),
    duration=st.sampled_from([None, None, 30, 60]),
    sort=st.sampled_from(list(Sort)),
)


def written(number: int, drawn: dict[str, Any]) -> Person:
    """Write a person's tables; the rows that the search reads follow them, ratings apart."""
    drawn = dict(drawn)
    opens, booked, lapsed = (drawn.pop(name) for name in ("opens", "booked", "lapsed"))
    first, *others = drawn["offers"]
    name = (f"p{number}", *drawn.pop("name"))
    mentor, kind, _ = listed_mentor(
        " ".join(name),
        headline=" ".join(drawn["headline"]) or "unsaid",
        expertise=drawn["expertise"],
        bio=f"<p>{' '.join(drawn['bio'])}</p>",
        location=drawn["location"],
        languages=drawn["languages"],
        price_minor=first[0],
        currency=first[1],
        duration_minutes=first[2],
    )
    SessionType.objects.bulk_create(
        SessionType(
            mentor=mentor,
            name="Other",
            price_minor=price,
            currency=currency,
            duration_minutes=minutes,
            policy=kind.policy,
        )
        for price, currency, minutes in others
    )
    if booked:
        confirmed(session_type=kind, starts_at=NOW + HOUR, now=NOW - 30 * HOUR)
    if lapsed:
        hold(session_type=kind, starts_at=NOW, now=NOW - HOUR)
    if opens is None:
        WeeklyRule.objects.filter(schedule__mentor=mentor).delete()
    else:
        rules = WeeklyRule.objects.filter(schedule__mentor=mentor)
        rules.update(start_minute=opens, end_minute=opens + 120)
    rated = Rating(*drawn.pop("rated"))
    Listing.objects.filter(mentor=mentor).update(reviews=rated.count, stars=rated.stars)
    return Person(slug=mentor.slug, name=name, rated=rated, **drawn)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to write a world takes half a second
)
@given(
    world=st.lists(people, max_size=5),
    searches=st.lists(asked, min_size=6, max_size=6),
    refreshed=st.booleans(),
    later=st.sampled_from([timedelta(0), 90 * timedelta(minutes=1), 24 * HOUR]),
    limit=st.integers(1, 3),
)
def test_what_is_found_is_what_plain_python_finds(
    world: list[dict[str, Any]],
    searches: list[Filters],
    refreshed: bool,
    later: timedelta,
    limit: int,
) -> None:
    Mentor.objects.update(status=Mentor.Status.SUSPENDED)  # those of the example before
    every = [written(number, drawn) for number, drawn in enumerate(world, Mentor.objects.count())]
    if refreshed:
        blocks.refresh(now=NOW)
        starts.refresh(now=NOW)
    now = NOW + later
    ids = dict(Mentor.objects.values_list("id", "slug"))

    def free(filters: Filters) -> Mapping[str, plain_directory.Starts]:
        found: dict[str, plain_directory.Starts] = {slug: [] for slug in ids.values()}
        for kind, at in first_starts(
            mentor_ids=ids, now=now, start=filters.free_from, end=filters.free_to
        ):
            offer = (kind.price_minor, kind.currency, kind.duration_minutes)
            found[ids[kind.mentor_id]].append((at, offer))
        return found

    for filters in searches:
        expected = plain_directory.search(every, filters, free)
        pages = list(paged(filters, now, limit))
        found = [entry for page in pages for entry in page.items]
        assert [entry.slug for entry in found] == expected.slugs
        assert [
            (entry.price.currency, entry.price.amount_minor) for entry in found if entry.price
        ] == expected.prices
        assert list(pages[0].relaxed) == expected.relaxed
        assert pages[0].facets == expected.facets
        assert (pages[0].total, pages[0].exact) == (len(expected.slugs), True)
        assert [entry.free_at for entry in found] == expected.times


def paged(filters: Filters, now: datetime, limit: int) -> Iterator[directory.Results]:
    """Walk to the end and back again; every page is the same on both ways."""
    pages = [directory.search(filters=filters, now=now, limit=limit)]
    while pages[-1].next:
        pages.append(directory.search(filters=filters, now=now, limit=limit, after=pages[-1].next))
        assert len(pages) < 100, "it goes round"
    for page, following in pairwise(pages):
        back = directory.search(filters=filters, now=now, limit=limit, before=following.prev)
        assert (back.items, back.relaxed) == (page.items, page.relaxed)
    assert pages[0].prev is None
    return iter(pages)


@pytest.mark.parametrize("q", ["", "pianos"])
def test_a_relaxed_search_is_paged_and_ends(q: str) -> None:
    for name in ("Ada A", "Bea B", "Cara C"):
        listed_mentor(name, headline="Violins")
    asked = Filters(q=q, price_max=1)

    pages = list(paged(asked, NOW, limit=2))

    assert [[entry.slug for entry in page.items] for page in pages] == [["ada", "bea"], ["cara"]]
    assert {page.relaxed for page in pages} == {("price", "q") if q else ("price",)}


def test_behind_the_last_who_fits_there_is_nobody_and_nothing_is_relaxed() -> None:
    for name in ("Ada A", "Bea B"):
        listed_mentor(name, languages=("de",))
    listed_mentor("Cara C", languages=("en",))
    german = Filters(language="de")
    first, last = paged(german, NOW, limit=1)
    beyond = [first.next[0], "zzz"] if first.next else None

    found = directory.search(filters=german, now=NOW, after=beyond)

    assert (found.items, found.relaxed, found.total) == ((), (), 2)
    assert (found.next, last.next) == (None, None)


def test_statements_are_as_many_for_one_mentor_as_for_three() -> None:
    filters = [
        Filters(),
        Filters(q="couching", location="lodnon", sort=Sort.SOONEST),
        Filters(q="violin", price_max=1, rating_min=5, free_from=NOW, language="de"),
    ]

    def count(asked: Filters) -> int:
        with (
            mock.patch.object(prepared, "fetch", wraps=prepared.fetch) as own,
            CaptureQueriesContext(connection) as queries_,
        ):
            directory.search(filters=asked, now=NOW)
        return own.call_count + len(queries_)

    listed_mentor("Ada Byron", location="London")
    one = [count(asked) for asked in filters]
    listed_mentor("Bea B", location="London")
    listed_mentor("Cara C", location="London")

    assert [count(asked) for asked in filters] == one
    assert max(one) <= 25
    blocks.refresh(now=NOW)
    starts.refresh(now=NOW)
    assert [count(asked) for asked in filters] == [3, 3, 6]  # no rules are asked any more


def test_one_plan_serves_whatever_is_asked() -> None:
    """To plan a page takes longer than to find it; PostgreSQL keeps a plan that costs the same."""
    for name in ("Ada A", "Bea B"):
        listed_mentor(name, headline="Violins", location="London")

    def search(number: int) -> None:
        directory.search(
            filters=Filters(
                q=("violins", "ada")[number % 2],
                price_max=10_000 + number,
                rating_min=number / 10,
                location="london",
                free_from=NOW + number * HOUR,
                free_to=NOW + 90 * HOUR,
            ),
            now=NOW,
        )

    for number in range(8):
        search(number)

    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT statement, generic_plans FROM pg_prepared_statements
            WHERE statement ~ 'cms_(listing|term)' AND custom_plans + generic_plans > 5
        """)
        kept = dict(cursor.fetchall())
    assert len(kept) >= 3  # the words, the page, the facets
    assert min(kept.values()) > 0


def test_whoever_is_booked_since_the_rows_were_made_is_asked_by_the_rules() -> None:
    _, kind, _ = listed_mentor("Ada Byron")
    other = listed_mentor("Bea B")[0]
    blocks.refresh(now=NOW)
    starts.refresh(now=NOW)
    confirmed(session_type=kind, starts_at=NOW, now=NOW - 30 * HOUR)
    hour = Filters(free_from=NOW, free_to=NOW + HOUR)

    found = directory.search(filters=hour, now=NOW)
    shown = directory.search(filters=Filters(), now=NOW)

    assert [entry.mentor_id for entry in found.items] == [other.pk]
    assert (found.total, found.facets["language"]) == (1, {"en": 1})
    assert {entry.slug: entry.free_at for entry in shown.items} == {"ada": NOW + HOUR, "bea": NOW}
    # Negative control: without the mark the row is believed, and offers an hour that is sold.
    BlockMark.objects.all().delete()
    assert directory.search(filters=hour, now=NOW).total == 2


def test_with_more_old_rows_than_are_asked_nobody_without_time_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "MOST_OLD", 1)
    kinds = [listed_mentor(name)[1] for name in ("Ada A", "Bea B", "Cara C")]
    blocks.refresh(now=NOW)
    starts.refresh(now=NOW)
    for kind in kinds[:2]:
        confirmed(session_type=kind, starts_at=NOW, now=NOW - 30 * HOUR)

    found = directory.search(filters=Filters(free_from=NOW, free_to=NOW + HOUR), now=NOW)

    assert [entry.slug for entry in found.items] == ["cara"]


def test_whose_starts_are_still_to_be_made_is_found_by_free_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After an upgrade that is everybody, and more than are asked beforehand."""
    monkeypatch.setattr(searching, "MOST_OLD", 1)
    kinds = [listed_mentor(name)[1] for name in ("Ada A", "Bea B", "Cara C")]
    confirmed(session_type=kinds[1], starts_at=NOW, now=NOW - 30 * HOUR)
    blocks.refresh(now=NOW)
    assert not FirstStart.objects.exists()
    hour = Filters(free_from=NOW, free_to=NOW + HOUR)

    found = directory.search(filters=hour, now=NOW)

    assert [(entry.slug, entry.free_at) for entry in found.items] == [("ada", NOW), ("cara", NOW)]
    over = Filters(free_to=NOW - HOUR)
    assert directory.search(filters=over, now=NOW).relaxed == ("free",)
    StartMark.objects.all().delete()  # now nobody says that they are still to be made
    assert directory.search(filters=hour, now=NOW).relaxed == ("free",)


def two_offers() -> SessionType:
    """Half an hour at 50, or two and a half at 200, from nine to eleven and from noon to four."""
    mentor, short, _ = listed_mentor("Ada Byron", price_minor=5_000, duration_minutes=30)
    long = SessionType.objects.create(
        mentor=mentor,
        name="Long",
        price_minor=20_000,
        currency="USD",
        duration_minutes=150,
        policy=short.policy,
    )
    rule = WeeklyRule.objects.filter(schedule__mentor=mentor, weekday=0)
    rule.update(start_minute=540, end_minute=660)
    WeeklyRule.objects.create(
        schedule=rule.get().schedule, weekday=0, start_minute=720, end_minute=960
    )
    return long


@pytest.mark.parametrize("refreshed", [True, False])
@pytest.mark.parametrize(
    ("filters", "at"),
    [
        (Filters(duration=150, price_max=6_000), None),
        (Filters(duration=30, price_max=6_000), NOW),
        (Filters(duration=30, free_to=NOW + 2 * HOUR), NOW),
        (Filters(duration=150, free_to=NOW + 2 * HOUR), None),
        (Filters(duration=150, free_to=NOW + 7 * HOUR), NOW + 3 * HOUR),
        (Filters(price_min=6_000, free_to=NOW + 5 * HOUR), None),
        (Filters(price_min=6_000, free_to=NOW + 6 * HOUR), NOW + 3 * HOUR),
        (Filters(price_max=6_000, free_from=NOW + HOUR), NOW + HOUR),
        (Filters(duration=150, sort=Sort.SOONEST), NOW + 3 * HOUR),
    ],
)
def test_length_price_and_time_are_asked_of_one_offer(
    refreshed: bool, filters: Filters, at: datetime | None
) -> None:
    two_offers()
    if refreshed:
        blocks.refresh(now=NOW)
        starts.refresh(now=NOW)

    found = directory.search(filters=filters, now=NOW)

    if at is None:
        assert found.relaxed
    else:
        assert not found.relaxed
        assert [entry.free_at for entry in found.items] == [at]


def test_a_night_that_was_missed_makes_rows_old() -> None:
    kind = listed_mentor("Ada Byron")[1]
    blocks.refresh(now=NOW)
    starts.refresh(now=NOW)
    Schedule.objects.filter(mentor=kind.mentor).update(window_days=1)
    BlockMark.objects.all().delete()
    StartMark.objects.all().delete()
    late = Filters(free_from=NOW + 300 * 24 * HOUR, free_to=NOW + 301 * 24 * HOUR)

    assert directory.search(filters=late, now=NOW).relaxed == ()
    assert directory.search(filters=late, now=NOW + 49 * HOUR).relaxed == ("free",)
    assert FirstStart.objects.get().good_until == NOW + 48 * HOUR


def test_more_than_are_counted_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_COUNTED", 2)
    for name in ("Ada A", "Bea B"):
        listed_mentor(name)
    assert directory.search(filters=Filters(), now=NOW).exact

    listed_mentor("Cara C")
    found = directory.search(filters=Filters(), now=NOW)

    assert (found.total, found.exact, len(found.items)) == (2, False, 3)
