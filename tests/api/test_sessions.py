"""Sessions over HTTP: hold, read, list, quote, cancel."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from api.schemas.sessions import SessionOut
from kernel import clock
from scheduling import lifecycle
from scheduling.models import Session, SessionEvent
from tests.api.market import Market, open_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return open_market()


def test_a_token_becomes_a_pending_session(market: Market) -> None:
    at, token = market.slot()

    answer = market.ann.post("/api/sessions", {"slot_token": token, "goals": "A new job"})

    body = answer.json()
    assert answer.status_code == 201
    assert body["id"].startswith("ses_")
    assert (body["status"], body["goals"]) == ("pending", "A new job")
    assert datetime.fromisoformat(body["starts_at"]) == at
    assert datetime.fromisoformat(body["ends_at"]) == at + timedelta(hours=1)
    held_for = datetime.fromisoformat(body["expires_at"]) - clock.now()
    assert timedelta(minutes=14) < held_for <= timedelta(minutes=15)
    assert body["price"] == {"amount": 10_000, "currency": "USD"}
    assert body["mentor"] == {
        "slug": "ada",
        "name": "Ada Adams",
        "portrait_url": "/portraits/ada.svg",
        "time_zone": "UTC",
    }
    assert body["time_zone"] == "Europe/Paris"


def test_a_taken_slot_names_three_others_and_one_of_them_books(market: Market) -> None:
    _, token = market.slot()
    market.ann.post("/api/sessions", {"slot_token": token})

    loser = market.ben.post("/api/sessions", {"slot_token": token})
    alternatives = loser.json()["alternatives"]
    second = market.ben.post("/api/sessions", {"slot_token": alternatives[0]["token"]})

    assert (loser.status_code, loser.json()["code"], len(alternatives)) == (409, "slot_taken", 3)
    assert second.status_code == 201
    assert second.json()["starts_at"] == _same_instant(alternatives[0]["starts_at"])


def _same_instant(text: str) -> str:
    return datetime.fromisoformat(text).isoformat().replace("+00:00", "Z")


def test_a_fourth_unpaid_hold_is_refused(market: Market) -> None:
    for hours in (48, 50, 52):
        market.held(hours=hours)

    answer = market.ann.post("/api/sessions", {"slot_token": market.slot(hours=54)[1]})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_holds")
    assert Session.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"slot_token": "x"}, 422),
        ({"slot_token": ""}, 422),
        ({"slot_token": 5}, 422),
        ({"slot_token": "x" * 601}, 422),
        ({"slot_token": "x", "goals": "y" * 2001}, 422),
        ({"slot_token": "x", "price": 1}, 422),
        ([], 422),
        ("x", 422),
        (None, 422),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_and_writes_nothing(
    market: Market, body: Any, status: int
) -> None:
    answer = market.ann.post("/api/sessions", body if body is not None else "null")

    assert answer.status_code == status
    assert Session.objects.count() == 0


def test_a_hold_needs_a_key_and_repeats_under_it(market: Market) -> None:
    _, token = market.slot()

    without = market.ann.post("/api/sessions", {"slot_token": token}, key=None)
    first = market.ann.post("/api/sessions", {"slot_token": token}, key="k")
    again = market.ann.post("/api/sessions", {"slot_token": token}, key="k")

    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_missing")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert Session.objects.count() == 1


def test_a_crash_between_the_hold_and_the_answer_is_resumed(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = market.slot()
    with monkeypatch.context() as crashing:
        crashing.setattr(SessionOut, "of", lambda *_, **__: 1 / 0)
        crashed = market.ann.post("/api/sessions", {"slot_token": token}, key="k")
    resumed = market.ann.post("/api/sessions", {"slot_token": token}, key="k")

    assert (crashed.status_code, resumed.status_code) == (500, 201)
    assert Session.objects.get().public_id == resumed.json()["id"]


def test_both_sides_see_the_session_and_nobody_else_does(market: Market) -> None:
    session = market.held()

    seen = {
        name: caller.get(f"/api/sessions/{session}").status_code
        for name, caller in {"client": market.ann, "mentor": market.ada}.items()
    }
    others = [caller.get(f"/api/sessions/{session}") for caller in (market.ben, market.bob)]
    missing = market.ann.get("/api/sessions/ses_" + "0" * 26)
    malformed = market.ann.get("/api/sessions/nonsense")

    assert seen == {"client": 200, "mentor": 200}
    bodies = [answer.json() for answer in [*others, missing, malformed]]
    for body in bodies:
        del body["request_id"]
    assert bodies == [bodies[0]] * 4
    assert bodies[0]["status"] == 404


def test_lists_part_what_comes_from_what_is_over(market: Market) -> None:
    first, second = market.held(hours=50), market.held(hours=48)
    cancelled = market.held(hours=72)
    market.ann.post(f"/api/sessions/{cancelled}/cancel", {})

    upcoming = market.ann.get("/api/sessions?when=upcoming").json()["items"]
    past = market.ann.get("/api/sessions?when=past").json()["items"]
    every = market.ada.get("/api/sessions").json()["items"]
    pending = market.ann.get("/api/sessions?status=pending").json()["items"]

    assert [item["id"] for item in upcoming] == [second, first]
    assert [(item["id"], item["status"]) for item in past] == [(cancelled, "cancelled")]
    assert [item["id"] for item in every] == [cancelled, first, second]
    assert [item["id"] for item in pending] == [first, second]
    assert market.ben.get("/api/sessions").json()["items"] == []


def test_a_list_takes_the_same_number_of_queries_for_one_and_for_three(market: Market) -> None:
    counts = []
    for hours in (48, 50, 52):
        market.held(hours=hours)
        with CaptureQueriesContext(connection) as captured:
            assert market.ann.get("/api/sessions").status_code == 200
        counts.append(len(captured))

    assert counts == [counts[0]] * 3


@pytest.mark.parametrize(
    "query", ["when=soon", "status=lost", "limit=0", "limit=101", "limit=-1", "limit=1" + "0" * 20]
)
def test_a_list_refuses_what_it_does_not_know(market: Market, query: str) -> None:
    assert market.ann.get(f"/api/sessions?{query}").status_code == 422


def test_an_unpaid_session_is_cancelled_without_a_refund(market: Market) -> None:
    session = market.held()

    quote = market.ann.get(f"/api/sessions/{session}/cancellation-quote").json()
    answer = market.ann.post(f"/api/sessions/{session}/cancel", {"reason": "Ill"})

    nothing = {"amount": 0, "currency": "USD"}
    assert (quote["refund"], quote["keeps"]) == (nothing, nothing)
    body = answer.json()
    assert (answer.status_code, body["status"], body["refund"]) == (200, "cancelled", None)
    assert (body["cancelled_by"], body["cancel_reason"]) == ("client", "Ill")


def test_a_session_is_cancelled_once(market: Market) -> None:
    session = market.held()
    market.ann.post(f"/api/sessions/{session}/cancel", {}, key="k")

    again = market.ann.post(f"/api/sessions/{session}/cancel", {}, key="k")
    other_key = market.ann.post(f"/api/sessions/{session}/cancel", {})

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert (other_key.status_code, other_key.json()["code"]) == (409, "already_cancelled")
    assert SessionEvent.objects.filter(event="cancel").count() == 1


def test_a_stranger_cancels_nothing(market: Market) -> None:
    session = market.held()

    answer = market.ben.post(f"/api/sessions/{session}/cancel", {})

    assert answer.status_code == 404
    assert Session.objects.get().state == "pending"


def test_a_mentor_cancels_a_confirmed_session(market: Market) -> None:
    session = market.held()
    with transaction.atomic():
        lifecycle.confirm(session_id=Session.objects.get().pk, now=clock.now())

    answer = market.ada.post(f"/api/sessions/{session}/cancel", {"reason": "Ill"})

    assert (answer.status_code, answer.json()["cancelled_by"]) == (200, "mentor")
