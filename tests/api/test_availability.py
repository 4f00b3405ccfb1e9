"""A mentor's own availability over HTTP: the shape, the conditions, the refusals, the reasons."""

import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django.fixtures import DjangoAssertNumQueries

from api.schemas.availability import clock_of, minute_of
from scheduling.models import Meeting, Schedule
from tests.api.callers import Caller
from tests.api.market import open_market
from tests.factories.people import MentorFactory
from tests.factories.scheduling import SessionTypeFactory

pytestmark = pytest.mark.django_db

PATH = "/api/mentors/me/availability"
EXPLAIN = "/api/mentors/me/explain"
WRITTEN: dict[str, Any] = {
    "time_zone": "Europe/London",
    "weekly": [
        {"weekday": 0, "start": "09:00", "end": "17:00"},
        {"weekday": 6, "start": "18:30", "end": "24:00"},
    ],
    "overrides": [
        {"date": "2027-03-04", "start": "00:00", "end": "12:00"},
        {"date": "2027-03-05", "closed": True},
    ],
    "time_off": [{"starts_at": "2027-03-01T10:00:00Z", "ends_at": "2027-03-08T10:00:00Z"}],
    "travel": [{"from_date": "2027-04-01", "to_date": "2027-04-09", "time_zone": "Asia/Tokyo"}],
    "rules": {
        "step_minutes": 15,
        "gap_minutes": 10,
        "notice_minutes": 120,
        "window_days": 60,
        "max_per_day": 4,
        "max_per_week": None,
    },
}


@pytest.fixture
def bob() -> Caller:
    return Caller(MentorFactory(user__time_zone="Asia/Tokyo").user)


def put(caller: Caller, body: Any, tag: str | None = "present") -> Any:
    """Put a body on the version that is there, on `tag`, or (None) on none."""
    headers = dict(caller.headers)
    if tag is not None:
        headers["If-Match"] = caller.get(PATH)["ETag"] if tag == "present" else tag
    return caller._client.put(PATH, body, content_type="application/json", headers=headers)


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """Return WRITTEN with one value changed."""
    body = deepcopy(WRITTEN)
    part: Any = body
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to
    return body


def test_who_wrote_nothing_yet_is_closed_in_the_zone_of_the_account(bob: Caller) -> None:
    assert bob.get(PATH).json() == {
        "time_zone": "Asia/Tokyo",
        "weekly": [],
        "overrides": [],
        "time_off": [],
        "travel": [],
        "rules": {
            "step_minutes": 30,
            "gap_minutes": 0,
            "notice_minutes": 120,
            "window_days": 60,
            "max_per_day": None,
            "max_per_week": None,
        },
    }


def test_what_is_put_is_what_is_read(bob: Caller) -> None:
    saved = put(bob, WRITTEN)

    read = bob.get(PATH)
    again = bob.get(PATH, **{"If-None-Match": read["ETag"]})
    assert (saved.status_code, saved.json()) == (200, {**WRITTEN, "kept_gaps": []})
    assert read.json() == WRITTEN
    assert read["ETag"] == saved["ETag"]
    assert again.status_code == 304


def test_limits_of_weekly_hours_and_reasons_survive_a_round_trip(bob: Caller) -> None:
    body = changed("weekly", 0, "valid_from", to="2027-01-04")
    body["time_off"][0]["reason"] = "Holiday"

    put(bob, body)

    assert bob.get(PATH).json() == body


def test_a_change_says_what_it_was_made_on(bob: Caller) -> None:
    first = bob.get(PATH)["ETag"]
    put(bob, WRITTEN)

    missing = put(bob, changed("time_zone", to="UTC"), tag=None)
    stale = put(bob, changed("time_zone", to="UTC"), tag=first)

    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert bob.get(PATH).json() == WRITTEN


def test_a_refused_first_write_leaves_no_schedule(bob: Caller) -> None:
    assert put(bob, WRITTEN, tag='"x"').status_code == 412
    assert put(bob, changed("time_zone", to="Mars/Olympus")).status_code == 422

    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("weekly", 1, "end"), "18:30", "#/weekly/1"),
        (("weekly", 1, "end"), "00:00", "#/weekly/1"),
        (("weekly", 1, "end"), "24:01", "#/weekly/1/end"),
        (("weekly", 1, "start"), "24:00", "#/weekly/1/start"),
        (("weekly", 1, "start"), "9:00", "#/weekly/1/start"),
        (("weekly", 0, "start"), "٠9:00", "#/weekly/0/start"),
        (("weekly", 0, "weekday"), 7, "#/weekly/0/weekday"),
        (("weekly", 0, "weekday"), "0", "#/weekly/0/weekday"),
        (("weekly", 0, "colour"), "red", "#/weekly/0/colour"),
        (("overrides", 0, "end"), "00:00", "#/overrides/0"),
        (("overrides", 0, "closed"), True, "#/overrides/0"),
        (("overrides", 1, "closed"), False, "#/overrides/1/closed"),
        (("overrides", 1), {"date": "2027-03-05"}, "#/overrides/1"),
        (("overrides", 1), {"date": "2027-03-05", "start": "09:00"}, "#/overrides/1"),
        (("overrides", 1, "date"), "2027-02-29", "#/overrides/1/date"),
        (("overrides", 1, "date"), "20270305", "#/overrides/1/date"),
        (("overrides", 1, "date"), "2027-03-04", "#/overrides/0"),
        (("time_off", 0, "ends_at"), "2027-03-01T10:00:00Z", "#/time_off/0"),
        (("time_off", 0, "ends_at"), "2027-03-08T10:00:00", "#/time_off/0/ends_at"),
        (("travel", 0, "to_date"), "2027-03-31", "#/travel/0"),
        (("travel", 0, "time_zone"), "Europe/Atlantis", "#/travel/0/time_zone"),
        (("time_zone",), "../../etc/passwd", "#/time_zone"),
        (("rules", "step_minutes"), 4, "#/rules/step_minutes"),
        (("rules", "gap_minutes"), -1, "#/rules/gap_minutes"),
        (("rules", "notice_minutes"), 2**31, "#/rules/notice_minutes"),
        (("rules", "window_days"), 401, "#/rules/window_days"),
        (("rules", "max_per_day"), 0, "#/rules/max_per_day"),
        (("weekly",), None, "#/weekly"),
    ],
)
def test_a_value_that_cannot_be_meant_is_pointed_at(
    bob: Caller, path: tuple[Any, ...], value: Any, pointer: str
) -> None:
    put(bob, WRITTEN)

    refused = put(bob, changed(*path, to=value))

    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert [entry["pointer"] for entry in refused.json()["errors"]] == [pointer]
    assert bob.get(PATH).json() == WRITTEN


def test_journeys_that_overlap_are_refused_at_the_later_one(bob: Caller) -> None:
    second = {"from_date": "2027-04-09", "to_date": "2027-04-12", "time_zone": "UTC"}

    refused = put(bob, changed("travel", to=[*WRITTEN["travel"], second])).json()

    assert refused["code"] == "travel_overlaps"
    assert [entry["pointer"] for entry in refused["errors"]] == ["#/travel/1"]


def test_every_bad_item_is_named_at_once(bob: Caller) -> None:
    backwards = {"weekday": 0, "start": "10:00", "end": "09:00"}

    refused = put(bob, changed("weekly", to=[backwards, *WRITTEN["weekly"], backwards])).json()

    assert [entry["pointer"] for entry in refused["errors"]] == ["#/weekly/0", "#/weekly/3"]


def test_a_new_gap_is_told_where_it_did_not_fit() -> None:
    market = open_market()
    market.held(hours=48)
    market.held(hours=49)
    first, last = Meeting.objects.order_by("during")
    body = market.ada.get(PATH).json()
    body["rules"]["gap_minutes"] = 20

    saved = put(market.ada, body).json()

    assert saved["kept_gaps"] == [
        {
            "starts_at": first.during.lower.isoformat().replace("+00:00", "Z"),
            "ends_at": last.during.lower.isoformat().replace("+00:00", "Z"),
            "gap_minutes": 0,
        }
    ]
    last.refresh_from_db()
    assert last.gap_minutes == 20


def test_reading_takes_a_fixed_number_of_queries(
    bob: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    put(bob, WRITTEN)

    # The schedule and its four kinds of rows; who asks came with the sign-in's prepared statement.
    with django_assert_num_queries(5):
        bob.get(PATH)


def test_minutes_and_clocks_are_two_ways_to_write_one_thing() -> None:
    assert [minute_of(clock) for clock in ("00:00", "09:05", "24:00")] == [0, 545, 1440]
    assert [clock_of(minute) for minute in (0, 545, 1440)] == ["00:00", "09:05", "24:00"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("written", [False, True], ids=["the first", "a later one"])
def test_of_changes_made_on_the_same_version_one_is_saved(written: bool) -> None:
    bob = Caller(MentorFactory().user)
    if written:
        put(bob, WRITTEN)
    tag = bob.get(PATH)["ETag"]
    bodies = [changed("rules", "gap_minutes", to=minutes) for minutes in (5, 15, 25, 35)]
    line = threading.Barrier(len(bodies))

    def change(body: dict[str, Any]) -> int:
        try:
            connection.ensure_connection()
            line.wait()
            status: int = put(bob, body, tag=tag).status_code
        finally:
            connections.close_all()
        return status

    with ThreadPoolExecutor(len(bodies)) as pool:
        statuses = list(pool.map(change, bodies))

    assert sorted(statuses) == [200, 412, 412, 412]
    assert bob.get(PATH).json() == bodies[statuses.index(200)]


def explained(caller: Caller, kind: str, at: str) -> tuple[bool, str]:
    answer = caller.get(EXPLAIN, {"session_type": kind, "at": at}).json()
    assert bool(answer["detail"]) is bool(answer["advice"]) is not answer["offered"]
    return answer["offered"], answer["reason"]


def test_a_mentor_is_told_why_a_start_is_not_offered_and_what_would_help() -> None:
    market = open_market()
    at = market.slot()[0].isoformat()
    kind = market.kind.public_id
    free = explained(market.ada, kind, at)
    market.held()

    taken = market.ada.get(EXPLAIN, {"session_type": kind, "at": at}).json()

    assert free == (True, "")
    assert (taken["offered"], taken["reason"]) == (False, "taken")
    assert "is taken" in taken["detail"]
    assert "move or cancel it" in taken["advice"]


def test_also_about_a_type_that_is_not_offered_and_a_profile_that_is_not_live() -> None:
    market = open_market()
    at = market.slot()[0].isoformat()
    kind = market.kind
    kind.is_active = False
    kind.save()
    retired = explained(market.ada, kind.public_id, at)
    market.mentor.status = "suspended"
    market.mentor.save()

    assert retired == (False, "not_active")
    assert explained(market.ada, kind.public_id, at) == (False, "mentor_not_live")


def test_another_mentors_session_type_does_not_exist() -> None:
    market = open_market()
    at = market.slot()[0].isoformat()
    other = SessionTypeFactory().public_id

    answers = [
        market.ada.get(EXPLAIN, {"session_type": kind, "at": at})
        for kind in (other, "sty_" + "0" * 26, "x")
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.json()["detail"] for answer in answers}) == 1
