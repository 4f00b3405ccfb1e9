"""The data of the demo's sixty profiles says what the database says, and no more.

The database is asked in plain SQL, not by the functions that the pages use.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client as Browser

from accounts import roles
from accounts.models import User
from accounts.roles import add_to_group
from scheduling import reviews
from scheduling.models import Review, Schedule, SessionType, TimeOff, WeeklyRule
from tests.content import jsonld
from tests.factories.people import UserFactory
from tests.factories.reviews import reviewed

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile"),
]
BEGAN = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
SHOWN = 10  # reviews on a page
OFFERS = """
    SELECT m.slug, t.name, t.currency,
           t.price_minor::numeric / CASE t.currency WHEN 'JPY' THEN 1 ELSE 100 END
    FROM accounts_mentor m JOIN scheduling_sessiontype t ON t.mentor_id = m.id
    WHERE m.status = 'live' AND t.is_active
"""
RATINGS = """
    SELECT m.slug, count(*), round(avg(r.rating), 1)
    FROM accounts_mentor m JOIN scheduling_review r ON r.mentor_id = m.id
    JOIN scheduling_session s ON s.id = r.session_id AND s.mentor_id = m.id
    WHERE m.status = 'live' AND r.visible AND s.state IN ('completed', 'reviewed')
    GROUP BY m.slug
"""
REVIEWS = """
    SELECT m.slug, r.rating, r.comment, (r.created_at AT TIME ZONE 'UTC')::date::text
    FROM accounts_mentor m JOIN scheduling_review r ON r.mentor_id = m.id
    WHERE m.status = 'live' AND r.visible ORDER BY r.created_at DESC, r.id DESC
"""
PEOPLE = """
    SELECT m.slug, p.title, c.headline
    FROM accounts_mentor m JOIN cms_mentorprofilepage c ON c.mentor_id = m.id
    JOIN wagtailcore_page p ON p.id = c.page_ptr_id
    WHERE m.status = 'live' AND p.live
"""

type Told = tuple[str, str, list[Any], tuple[int, Decimal] | None, list[Any]]


@pytest.fixture(scope="module", autouse=True)
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Seed once for the module, in a transaction that every test's own one stands in."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo")
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _reviews(db: None) -> None:
    """Twelve mentors get one to twelve reviews; of every third review the staff hide one."""
    curator = UserFactory.create()
    add_to_group(user=curator, group=roles.MENTOR_CURATOR)
    curator = User.objects.get(pk=curator.pk)
    kinds = SessionType.objects.filter(is_active=True, capacity=1, mentor__status="live")
    first = {kind.mentor_id: kind for kind in kinds.order_by("mentor__slug", "id")}
    for number, kind in enumerate(list(first.values())[:12], 1):
        _open_round_the_clock(kind)
        for day in range(number):
            review = reviewed(
                session_type=kind,
                rating=1 + (number + day) % 5,
                starts_at=BEGAN + timedelta(days=day),
                comment=f"Day {day}. <b>Clear</b> & kind." if day % 2 else "",
            )
            if (number + day) % 3 == 0:
                reviews.hide(review_id=review.pk, by=curator, reason="Names a person.", now=BEGAN)


def _open_round_the_clock(kind: SessionType) -> None:
    WeeklyRule.objects.filter(schedule__mentor=kind.mentor).delete()
    TimeOff.objects.filter(schedule__mentor=kind.mentor).delete()
    schedule = Schedule.objects.get(mentor=kind.mentor)
    for weekday in range(7):
        WeeklyRule.objects.create(
            schedule=schedule, weekday=weekday, start_minute=0, end_minute=1440
        )
    terms = {"step_minutes": 30, "notice_minutes": 0, "window_days": 400}
    Schedule.objects.filter(pk=schedule.pk).update(time_zone="UTC", gap_minutes=0, **terms)
    none = dict.fromkeys((*terms, "max_per_day", "max_per_week"))
    SessionType.objects.filter(pk=kind.pk).update(**none)
    kind.refresh_from_db()


def rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def in_the_database() -> dict[str, Told]:
    offers, ratings, said = rows(OFFERS), rows(RATINGS), rows(REVIEWS)
    rated = {slug: (count, mean) for slug, count, mean in ratings}
    return {
        slug: (
            name,
            headline,
            sorted((n, currency, price) for s, n, currency, price in offers if s == slug),
            rated.get(slug),
            [(stars, words, day) for s, stars, words, day in said if s == slug][:SHOWN],
        )
        for slug, name, headline in rows(PEOPLE)
    }


def in_the_page(slug: str) -> Told:
    response = Browser().get(f"/mentors/{slug}/")
    assert response.status_code == 200
    nodes = jsonld.read(response.content.decode())
    person, service = nodes["Person"], nodes["Service"]
    assert person["url"] == nodes["ProfilePage"]["url"] == service["url"]
    assert person["url"] == f"{settings.PUBLIC_URL}/mentors/{slug}/"
    rating = service.get("aggregateRating")
    return (
        person["name"],
        person["description"],
        sorted(
            (one["name"], one["priceCurrency"], Decimal(one["price"]))
            for one in service.get("offers", [])
        ),
        (rating["reviewCount"], Decimal(str(rating["ratingValue"]))) if rating else None,
        [
            (one["reviewRating"]["ratingValue"], one.get("reviewBody", ""), one["datePublished"])
            for one in service.get("review", [])
        ],
    )


def different(expected: dict[str, Told]) -> list[str]:
    return [slug for slug, told in expected.items() if in_the_page(slug) != told]


def test_sixty_profiles_say_what_the_database_says() -> None:
    expected = in_the_database()

    assert len(expected) >= 60
    assert sum(rating is not None for *_, rating, _ in expected.values()) >= 10
    assert sum(rating is None for *_, rating, _ in expected.values()) >= 40
    assert (
        len({currency for _, _, offers, *_ in expected.values() for _, currency, _ in offers}) > 1
    )
    assert different(expected) == []


def test_a_price_or_a_review_that_changed_is_found() -> None:
    """The negative control: the comparison sees a new price, and a review that is hidden now."""
    before = in_the_database()
    dear = SessionType.objects.filter(is_active=True, mentor__status="live").order_by("id")[0]
    dear.price_minor += 1
    dear.save()
    shown = Review.objects.filter(visible=True).exclude(mentor=dear.mentor).order_by("id")[0]
    curator = UserFactory.create()
    add_to_group(user=curator, group=roles.MENTOR_CURATOR)
    reviews.hide(
        review_id=shown.pk, by=User.objects.get(pk=curator.pk), reason="Names a person.", now=BEGAN
    )
    changed = {dear.mentor.slug, shown.mentor.slug}

    assert set(different({slug: before[slug] for slug in changed})) == changed
    after = in_the_database()
    assert different({slug: after[slug] for slug in changed}) == []
