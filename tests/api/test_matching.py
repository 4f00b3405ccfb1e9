"""A goal in words goes in, mentors with true reasons come out."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import Mentor
from api.routers import mentors
from cms.matching import encoder, finding
from cms.operations import publish_profile
from kernel import clock
from scheduling.models import SessionType
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import MentorFactory
from tests.factories.scheduling import open_mentor

pytestmark = pytest.mark.django_db
PATH = "/api/mentors/match"


@pytest.fixture
def market(monkeypatch: pytest.MonkeyPatch) -> Market:
    """Ada and three others, matched by words alone, as where the extra is not installed."""
    monkeypatch.setattr(finding, "encoder", lambda: None)
    monkeypatch.setattr(encoder, "is_installed", lambda: False)
    made = open_market(listed=True)
    listed("kim", "Clusters that let you sleep", ["Kubernetes", "Interview practice"])
    listed("lea", "Sleep through the night", ["Insomnia"], bio="<p>We practise rest.</p>")
    listed("max", "Pianos", ["Music"], bio="<p>I tune kubernetes jokes.</p>")
    return made


def listed(slug: str, headline: str, expertise: list[str], *, bio: str = "") -> SessionType:
    mentor = MentorFactory(slug=slug, languages=["en"])
    kind = open_mentor(mentor=mentor)
    publish_profile(mentor=mentor, headline=headline, bio=bio, expertise=expertise)
    return kind


def match(market: Market, goal: str = "I want to learn Kubernetes", **more: Any) -> Any:
    answer = market.ann.post(PATH, {"goal": goal, **more}, key=None)
    assert answer.status_code == 200, answer.content
    return answer.json()


def slugs(found: Any) -> list[str]:
    return [item["slug"] for item in found["items"]]


def test_a_goal_finds_who_lists_the_subject_before_who_mentions_it(market: Market) -> None:
    found = match(market)

    assert slugs(found) == ["kim", "max"]
    assert found["items"][0]["score"] > found["items"][1]["score"] > 0
    assert found["method"] == "lexical"
    assert "compares no meanings" in found["note"]
    assert found["relaxed"] == []


def test_each_reason_names_what_really_stands_in_the_profile_and_calendar(market: Market) -> None:
    kim, max_ = match(market, "Kubernetes interviews", time_zone="Asia/Tokyo")["items"]

    by_kind = {reason["kind"]: reason for reason in kim["reasons"]}
    assert by_kind["expertise"]["evidence"] == ["Kubernetes", "Interview practice"]
    assert by_kind["expertise"]["text"] == "Kubernetes, Interview practice"
    (free,) = by_kind["availability"]["evidence"]
    assert free.endswith("+09:00")
    assert datetime.fromisoformat(free) == datetime.fromisoformat(kim["next_free_at"])
    assert by_kind["availability"]["text"].endswith(f"{free[11:16]} your time")
    assert kim["summary"].startswith("Kubernetes, Interview practice; free ")
    assert [one["evidence"] for one in max_["reasons"] if one["kind"] == "words"] == [
        ["kubernetes"]
    ]
    assert "expertise" not in {reason["kind"] for reason in max_["reasons"]}


def test_times_are_on_the_readers_own_clock_unless_told(market: Market) -> None:
    (kim, *_) = match(market)["items"]

    (free,) = [one for one in kim["reasons"] if one["kind"] == "availability"]
    assert free["evidence"][0][-6:] in {"+01:00", "+02:00"}  # Ann is in Paris


def test_a_misspelt_word_is_found_by_its_letters(market: Market) -> None:
    found = match(market, "kuberntes")

    assert slugs(found)[0] == "kim"
    assert found["items"][0]["reasons"][0]["evidence"] == ["Kubernetes"]


def test_a_word_that_profiles_have_is_taken_for_no_other_of_like_letters(market: Market) -> None:
    listed("rea", "Careers", ["Career change"])
    listed("car", "At home", ["Carer"], bio="<p>Kubernetes too.</p>")
    items = match(market, "Kubernetes career")["items"]
    found = {one["slug"]: str(one["reasons"]) for one in items}

    assert "Career change" in found["rea"]
    assert "Carer" not in found["car"]
    # The letters are alike enough: where no profile knows the word, it is a slip.
    assert "Carer" in str(match(market, "Kubernetes carrer")["items"])


def test_a_word_that_others_have_is_no_slip_among_those_who_fit_the_filters(
    market: Market,
) -> None:
    listed("rea", "Careers", ["Career change"])
    listed("car", "At home", ["Carer"])
    Mentor.objects.filter(slug="car").update(languages=["de"])

    assert slugs(match(market, "carrer", language="de")) == ["car"]
    found = match(market, "career", language="de")

    assert (sorted(slugs(found)), found["relaxed"]) == (["ada", "rea"], ["language"])


def test_a_goal_that_nobody_has_a_word_of_says_what_to_do(market: Market) -> None:
    found = match(market, "xyzzy")

    assert (found["items"], found["relaxed"]) == ([], [])
    assert "Say it in other words" in found["note"]


def test_filters_keep_out_who_does_not_fit_and_the_price_is_what_fits(market: Market) -> None:
    SessionType.objects.filter(mentor__slug="kim").update(price_minor=20_000)

    assert slugs(match(market, price_max=15_000, currency="USD")) == ["max"]
    assert slugs(match(market, price_max=20_000, currency="USD")) == ["kim", "max"]
    Mentor.objects.filter(slug="max").update(languages=["de"])
    assert slugs(match(market, language="de")) == ["max"]


def test_filters_that_nobody_fits_are_dropped_and_named(market: Market) -> None:
    found = match(market, language="tlh")

    assert (slugs(found), found["relaxed"]) == (["kim", "max"], ["language"])


def test_free_between_looks_into_the_calendar(market: Market) -> None:
    start = clock.now() + timedelta(days=2)
    window = {
        "free_from": start.isoformat(),
        "free_to": (start + timedelta(hours=3)).isoformat(),
    }
    Mentor.objects.filter(slug="max").update(status=Mentor.Status.LIVE)
    SessionType.objects.filter(mentor__slug="kim").update(duration_minutes=240)

    found = match(market, **window)

    assert slugs(found) == ["max"]
    assert (
        start
        <= datetime.fromisoformat(found["items"][0]["next_free_at"])
        < start + timedelta(hours=3)
    )


def test_calendars_are_asked_down_the_ranking_before_anything_is_relaxed(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kim, the best, has free time but none as long as a session; so the next ones are asked."""
    monkeypatch.setattr(finding, "SPARE", 1)
    monkeypatch.setattr(finding, "FEWEST", 1)
    start = clock.now() + timedelta(days=2)
    window = {
        "free_from": start.isoformat(),
        "free_to": (start + timedelta(hours=3)).isoformat(),
    }
    SessionType.objects.filter(mentor__slug="kim").update(duration_minutes=240)

    found = match(market, limit=1, **window)

    assert (slugs(found), found["relaxed"]) == (["max"], [])


def test_who_is_not_live_is_in_no_answer(market: Market) -> None:
    Mentor.objects.filter(slug="kim").update(status=Mentor.Status.SUSPENDED)

    assert slugs(match(market)) == ["max"]


def test_the_number_of_queries_does_not_grow_with_the_mentors(market: Market) -> None:
    match(market)
    with CaptureQueriesContext(connection) as few:
        match(market)
    for number in range(6):
        listed(f"k{number}", "Clusters", ["Kubernetes"])
    with CaptureQueriesContext(connection) as many:
        assert len(match(market)["items"]) == 8

    assert len(many) == len(few)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"goal": ""},
        {"goal": "x" * 1001},
        {"goal": "A job", "limit": 21},
        {"goal": "A job", "limit": 0},
        {"goal": "A job", "price_max": -1},
        {"goal": "A job", "currency": "usd"},
        {"goal": "A job", "free_from": "2027-01-01T00:00:00"},
        {"goal": "A job", "time_zone": "Mars/Olympus"},
        {"goal": "A job", "q": "unknown member"},
    ],
)
def test_what_cannot_be_asked_is_a_422(market: Market, body: Any) -> None:
    assert market.ann.post(PATH, body, key=None).status_code == 422


def test_any_text_is_a_goal(market: Market) -> None:
    for goal in (
        "';--",
        "\\ % _ & | ! ( ) : * <->",
        "日本語 ответ",
        "a" * 1000,
        "c++ c# .net",
        "…?!",
    ):
        match(market, goal)


def test_only_readers_of_the_directory_may_ask(market: Market, settings: Settings) -> None:
    anonymous = Caller()

    assert anonymous.post(PATH, {"goal": "Kubernetes"}, key=None).status_code == 401
    settings.DIRECTORY_OPEN = True
    answer = anonymous.post(PATH, {"goal": "Kubernetes"}, key=None)
    assert answer.status_code == 200
    assert "RateLimit" in answer.headers


def test_who_has_no_zone_is_told_times_in_utc(market: Market, settings: Settings) -> None:
    settings.DIRECTORY_OPEN = True

    answer = Caller().post(PATH, {"goal": "Kubernetes"}, key=None).json()
    told = Caller().post(PATH, {"goal": "Kubernetes", "time_zone": "Asia/Tokyo"}, key=None).json()

    assert answer["items"][0]["summary"].endswith(" UTC")
    assert told["items"][0]["summary"].endswith(" your time")


def test_goals_have_a_limit_of_their_own_for_each_person(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentors, "MATCHES", replace(mentors.MATCHES, quota=2))
    for _ in range(2):
        match(market)
    assert market.ann.post(PATH, {"goal": ""}, key=None).status_code == 422  # counts nothing

    refused = market.ann.post(PATH, {"goal": "Kubernetes"}, key=None)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert market.bob.post(PATH, {"goal": "Kubernetes"}, key=None).status_code == 200
    assert mentors.MATCHES.window == timedelta(minutes=1)


def test_a_goal_is_kept_nowhere(market: Market) -> None:
    secret = "zeugma"
    match(market, f"Kubernetes {secret}")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb')"
            " GROUP BY table_name"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT count(*) FROM {table} AS one WHERE one::text LIKE %s", [f"%{secret}%"]
            )
            assert cursor.fetchone() == (0,), table


def test_a_goal_stands_in_no_statement(market: Market) -> None:
    with CaptureQueriesContext(connection) as asked:
        match(market, "Kubernetes zeugma", language="en")

    assert asked.captured_queries
    assert not any("zeugma" in one["sql"] for one in asked.captured_queries)


def test_an_id_never_leaks(market: Market) -> None:
    text = str(match(market))

    assert not any(str(pk) in text for pk in Mentor.objects.values_list("pk", flat=True))
    assert isinstance(Mentor.objects.first().pk, UUID)  # type: ignore[union-attr]
