"""The directory over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from api.schemas.base import MoneyOut
from api.schemas.mentors import MentorItem, MentorPage
from cms.operations import publish_profile
from kernel import clock
from scheduling import slot_tokens
from scheduling.models import DateOverride, ExternalBusy, ExternalCalendar, Schedule
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import MentorFactory
from tests.factories.scheduling import confirmed, open_mentor

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return open_market(listed=True)


def slots(market: Market, **query: Any) -> Any:
    asked = {"session_type": market.kind.public_id, **query}
    return market.ann.get("/api/mentors/ada/slots", asked)


def test_the_directory_lists_a_mentor_with_price_and_next_free_time(market: Market) -> None:
    page = market.ann.get("/api/mentors").json()

    (item,) = page["items"]
    assert item.pop("next_free_at") is not None
    assert item.pop("portrait_url") == "/portraits/ada.svg"
    assert item == {
        "slug": "ada",
        "name": "Ada Adams",
        "headline": "Careers",
        "expertise": ["careers"],
        "price": {"amount": 10_000, "currency": "USD"},
        "rating": None,
        "reviews_count": 0,
        "location": "",
        "languages": ["en"],
        "time_zone": "Europe/London",
    }
    assert (page["next"], page["prev"], page["relaxed"], page["total"]) == (None, None, [], 1)


def test_a_filter_that_fits_nobody_is_relaxed_and_named(market: Market) -> None:
    page = market.ann.get("/api/mentors", {"price_max": 100, "currency": "USD"}).json()

    assert ([item["slug"] for item in page["items"]], page["relaxed"]) == (["ada"], ["price"])


@pytest.mark.parametrize(
    "query",
    [
        {"price_min": "-1"},
        {"price_max": "1" + "0" * 20},
        {"currency": "usd"},
        {"rating_min": "nan"},
        {"rating_min": "6"},
        {"q": "x" * 201},
        {"free_from": "2027-01-01T00:00:00"},
        {"free_to": "9999-12-31T23:59:59Z"},
        {"duration": "0"},
        {"sort": "random"},
        {"limit": "0"},
    ],
)
def test_a_filter_outside_its_bounds_is_a_422(market: Market, query: dict[str, str]) -> None:
    assert market.ann.get("/api/mentors", query).status_code == 422


def test_a_forged_cursor_is_a_400(market: Market) -> None:
    assert market.ann.get("/api/mentors", {"cursor": "x:y:z"}).json()["code"] == "bad_cursor"


def test_the_directory_needs_a_sign_in_unless_the_site_opens_it(
    market: Market, settings: Settings
) -> None:
    paths = ["/api/mentors", "/api/mentors/ada"]

    closed = [Caller().get(path).status_code for path in paths]
    settings.DIRECTORY_OPEN = True
    opened = [Caller().get(path).status_code for path in paths]
    bad_token = Caller().get("/api/mentors", Authorization="Bearer x").status_code

    assert (closed, opened, bad_token) == ([401, 401], [200, 200], 401)


def test_a_profile_has_its_session_types_with_price_and_policy(market: Market) -> None:
    profile = market.ann.get("/api/mentors/ada").json()

    assert (profile["bio"], profile["reviews"]) == ("Twenty years.", [])
    assert profile["session_types"] == [
        {
            "id": market.kind.public_id,
            "name": "Career coaching",
            "description": "",
            "duration_minutes": 60,
            "price": {"amount": 10_000, "currency": "USD"},
            "policy": {
                "name": "Standard",
                "version": 1,
                "tiers": [
                    {"hours_before": 24, "refund_bps": 10_000},
                    {"hours_before": 0, "refund_bps": 5_000},
                ],
                "late_bearer": "platform",
            },
            "capacity": 1,
        }
    ]


def test_an_unchanged_profile_is_a_304(market: Market) -> None:
    with clock.travel(clock.now()):
        first = market.ann.get("/api/mentors/ada")
        again = market.ann.get("/api/mentors/ada", **{"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("slug", ["nobody", "bob", "x" * 80])
def test_an_unlisted_mentor_is_a_404(market: Market, slug: str) -> None:
    assert market.ann.get(f"/api/mentors/{slug}").status_code == 404


def test_slots_are_written_in_the_zone_asked_for_and_carry_tokens(market: Market) -> None:
    start = market.slot()[0]

    listed = slots(
        market,
        **{"from": start.isoformat(), "to": (start + timedelta(hours=2)).isoformat()},
        tz="Asia/Tokyo",
    ).json()

    assert listed["time_zone"] == "Asia/Tokyo"
    starts = [datetime.fromisoformat(slot["starts_at"]) for slot in listed["items"]]
    assert starts == [start + timedelta(minutes=30 * step) for step in range(4)]
    assert {str(at.utcoffset()) for at in starts} == {"9:00:00"}
    offer = slot_tokens.read(listed["items"][0]["token"], clock.now())
    assert (offer.starts_at, offer.price_minor) == (start, 10_000)


def test_slots_default_to_two_weeks_in_the_mentors_zone(market: Market) -> None:
    listed = slots(market).json()

    last = datetime.fromisoformat(listed["items"][-1]["starts_at"])
    assert listed["time_zone"] == "Europe/London"
    assert timedelta(days=13) < last - clock.now() < timedelta(days=14)


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2027-01-02T00:00:00Z", "to": "2027-01-01T00:00:00Z"},
        {"from": "2027-01-01T00:00:00Z", "to": "2027-04-01T00:00:00Z"},
        {"from": "2027-01-01T00:00:00"},
        {"tz": "Mars/Olympus"},
        {"tz": "../../etc/passwd"},
        {"tz": ""},
    ],
)
def test_a_window_or_zone_that_makes_no_sense_is_a_422(
    market: Market, query: dict[str, str]
) -> None:
    assert slots(market, **query).status_code == 422


@pytest.mark.parametrize("session_type", ["sty_" + "0" * 26, "ses_x", "x", "sty_" + "z" * 26])
def test_slots_of_an_unknown_session_type_are_a_404(market: Market, session_type: str) -> None:
    answer = market.ann.get("/api/mentors/ada/slots", {"session_type": session_type})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_why_an_instant_is_not_offered_is_said(market: Market) -> None:
    at = market.slot()[0]
    taken = market.held()
    asked = {"session_type": market.kind.public_id, "at": at.isoformat()}

    said = market.ada.get("/api/mentors/ada/slots/explain", asked).json()

    assert taken.startswith("ses_")
    assert (said["offered"], said["reason"]) == (False, "taken")
    assert "is taken" in said["detail"]


def test_the_directory_takes_the_same_number_of_queries_for_one_and_for_three(
    market: Market, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as one:
        market.ann.get("/api/mentors")
    for name in ("cy", "dee"):
        add_mentor(name)

    with django_assert_num_queries(len(one)):
        page = market.ann.get("/api/mentors").json()

    assert len(page["items"]) == 3


def add_mentor(name: str) -> None:
    """List one more mentor, as open as Ada."""
    mentor = MentorFactory(user__name=name, slug=name)
    open_mentor(mentor=mentor)
    publish_profile(mentor=mentor, headline=name)


def fill_the_diary(market: Market, rows: int) -> None:
    """Give Ada so many bookings, overrides and calendars with a busy hour each."""
    schedule = Schedule.objects.get(mentor=market.mentor)
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    for number in range(rows):
        at = noon + timedelta(days=2 + number)
        confirmed(session_type=market.kind, starts_at=at)
        DateOverride.objects.create(
            schedule=schedule, date=at.date(), start_minute=60, end_minute=1440
        )
        calendar = ExternalCalendar.objects.create(
            schedule=schedule, name=f"{number}", received_at=at, read_at=at
        )
        hour = DateTimeTZRange(at + timedelta(hours=2), at + timedelta(hours=3))
        ExternalBusy.objects.create(calendar=calendar, during=hour)


@pytest.mark.parametrize("rows", [1, 9])
def test_a_list_of_slots_and_a_search_for_time_cost_what_they_cost_whatever_the_diary_holds(
    market: Market, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill_the_diary(market, rows)
    begin = clock.now() + timedelta(days=1)
    free = {
        "free_from": begin.isoformat(),
        "free_to": (begin + timedelta(days=20)).isoformat(),
    }

    with django_assert_num_queries(8):
        listed = slots(market).json()
    with django_assert_num_queries(8):  # beside those that tests/cms/test_searching.py counts
        found = market.ann.get("/api/mentors", free).json()

    assert len(listed["items"]) > 300
    assert (found["total"], found["relaxed"]) == (1, [])


def test_a_list_is_what_its_schema_says_although_no_schema_makes_it(market: Market) -> None:
    found = market.ann.get("/api/mentors").json()

    shown = MentorPage.model_validate(found)
    assert set(found) == set(MentorPage.model_fields)
    assert shown.items
    for item in found["items"]:
        assert set(item) == set(MentorItem.model_fields)
        assert set(item["price"]) == set(MoneyOut.model_fields)
