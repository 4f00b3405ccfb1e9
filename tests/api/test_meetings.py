"""Group meetings over HTTP: a mentor makes and offers them, clients book seats."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from kernel import clock
from scheduling.models import CancellationPolicy, Meeting, Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import ClientFactory

pytestmark = pytest.mark.django_db

CIRCLE = {
    "name": "Circle",
    "duration_minutes": 90,
    "price_minor": 2_000,
    "currency": "USD",
    "capacity": 2,
}


@pytest.fixture
def market() -> Market:
    market = open_market(listed=True)
    CancellationPolicy.objects.update(is_default=True)
    return market


def starts_at(hours: int = 48) -> str:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    return (hour + timedelta(hours=hours)).isoformat()


def offered(market: Market, hours: int = 48) -> dict[str, Any]:
    kind = market.ada.post("/api/mentors/me/group-types", CIRCLE).json()
    answer = market.ada.post(
        "/api/mentors/me/meetings", {"session_type": kind["id"], "starts_at": starts_at(hours)}
    )
    assert answer.status_code == 201, answer.content
    return {**answer.json(), "kind": kind}


def slots(market: Market, meeting: dict[str, Any]) -> list[dict[str, Any]]:
    found = market.ann.get("/api/mentors/ada/slots", {"session_type": meeting["session_type"]})
    items: list[dict[str, Any]] = found.json()["items"]
    return items


def test_a_mentor_makes_a_type_and_offers_a_meeting(market: Market) -> None:
    meeting = offered(market)

    assert meeting["kind"]["price"] == {"amount": 2_000, "currency": "USD"}
    assert meeting["id"].startswith("mtg_")
    assert (meeting["status"], meeting["capacity"], meeting["seats_left"]) == ("offered", 2, 2)
    begin, end = (datetime.fromisoformat(meeting[name]) for name in ("starts_at", "ends_at"))
    assert end - begin == timedelta(minutes=90)
    assert begin - datetime.fromisoformat(meeting["decide_at"]) == timedelta(days=1)
    types = market.ann.get("/api/mentors/ada").json()["session_types"]
    assert {kind["name"]: kind["capacity"] for kind in types} == {
        "Circle": 2,
        "Career coaching": 1,
    }


def test_clients_book_seats_until_there_is_none(market: Market) -> None:
    meeting = offered(market)
    (slot,) = slots(market, meeting)
    cem = Caller(ClientFactory().user)

    answers = [
        person.post("/api/sessions", {"slot_token": slot["token"]})
        for person in (market.ann, market.ben, cem)
    ]

    assert slot["seats_left"] == 2
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    refusal = answers[2].json()
    assert (refusal["code"], refusal["alternatives"]) == ("slot_taken", [])
    assert slots(market, meeting) == []
    why = market.ann.get(
        "/api/mentors/ada/slots/explain",
        {"session_type": meeting["session_type"], "at": meeting["starts_at"]},
    ).json()
    assert (why["offered"], why["reason"]) == (False, "full")


def test_a_withdrawn_meeting_ends_its_sessions(market: Market) -> None:
    meeting = offered(market)
    (slot,) = slots(market, meeting)
    market.ann.post("/api/sessions", {"slot_token": slot["token"]})
    path = f"/api/mentors/me/meetings/{meeting['id']}/withdraw"

    stranger = market.bob.post(path, {})
    answer = market.ada.post(path, {"reason": "Ill"}, key="k")
    again = market.ada.post(path, {"reason": "Ill"}, key="k")

    assert stranger.status_code == 404
    assert (answer.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert (answer.json()["status"], answer.json()["withdrawn_by"]) == ("withdrawn", "mentor")
    session = Session.objects.get()
    assert (session.state, session.cancelled_by, session.cancel_reason) == (
        "cancelled", "mentor", "Ill",
    )  # fmt: skip
    assert not Meeting.objects.get().live


def test_the_own_meetings_are_listed_page_by_page(market: Market) -> None:
    first, second = offered(market, 48), offered(market, 96)

    page = market.ada.get("/api/mentors/me/meetings?limit=1").json()
    rest = market.ada.get(f"/api/mentors/me/meetings?limit=1&cursor={page['next']}").json()

    assert [item["id"] for item in page["items"]] == [second["id"]]
    assert [item["id"] for item in rest["items"]] == [first["id"]]
    assert rest["next"] is None
    assert market.bob.get("/api/mentors/me/meetings").json()["items"] == []


def test_what_cannot_be_offered_says_why(market: Market) -> None:
    meeting = offered(market)
    body = {"session_type": meeting["session_type"], "starts_at": meeting["starts_at"]}

    twice = market.ada.post("/api/mentors/me/meetings", body)
    past = market.ada.post("/api/mentors/me/meetings", {**body, "starts_at": starts_at(-1)})
    single = market.ada.post(
        "/api/mentors/me/meetings", {**body, "session_type": market.kind.public_id}
    )
    others = market.bob.post("/api/mentors/me/meetings", body)
    too_many = market.ada.post("/api/mentors/me/group-types", {**CIRCLE, "minimum": 3})

    assert (twice.status_code, twice.json()["code"]) == (409, "slot_taken")
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "#/starts_at")
    assert (single.status_code, single.json()["code"]) == (409, "not_a_group")
    assert others.status_code == 404
    assert (too_many.status_code, too_many.json()["errors"][0]["pointer"]) == (422, "#/minimum")
