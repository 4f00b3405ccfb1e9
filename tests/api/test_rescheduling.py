"""A session moves to another time over HTTP, and the times that it may move to."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from api.schemas.sessions import SessionOut
from kernel import clock
from kernel.ids import parse_public_id
from scheduling import lifecycle
from scheduling.models import Session, SessionEvent
from tests.api.market import Market, open_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return open_market()


@pytest.fixture
def session(market: Market) -> str:
    """Ann's session in 48 hours, paid."""
    session = market.held(hours=48)
    with transaction.atomic():
        lifecycle.confirm(session_id=parse_public_id("ses", session), now=clock.now())
    return session


def reschedule(market: Market, session: str, token: str, **more: Any) -> Any:
    return market.ann.post(f"/api/sessions/{session}/reschedule", {"slot_token": token}, **more)


def test_a_token_moves_the_session_and_says_how_often_it_may_still_move(
    market: Market, session: str
) -> None:
    at, token = market.slot(hours=72)

    answer = reschedule(market, session, token)

    body = answer.json()
    assert (answer.status_code, body["id"], body["status"]) == (200, session, "confirmed")
    assert datetime.fromisoformat(body["starts_at"]) == at
    assert (body["sequence"], body["moves_left"], body["refund_cap_bps"]) == (1, 1, 10_000)


def test_the_sessions_own_list_has_the_price_as_booked_and_each_token_moves_it(
    market: Market, session: str
) -> None:
    market.kind.price_minor = 20_000
    market.kind.save()
    own = datetime.fromisoformat(market.ann.get(f"/api/sessions/{session}").json()["starts_at"])
    start = (own - timedelta(hours=1)).isoformat()
    until = (own + timedelta(hours=2)).isoformat()

    listed = market.ann.get(
        f"/api/sessions/{session}/slots", {"from": start, "to": until, "tz": "Asia/Tokyo"}
    ).json()
    moved = reschedule(market, session, listed["items"][2]["token"])

    starts = [datetime.fromisoformat(slot["starts_at"]) - own for slot in listed["items"]]
    assert [gap // timedelta(minutes=30) for gap in starts] == [-2, -1, 1, 2, 3]
    assert (listed["time_zone"], listed["items"][0]["starts_at"][-6:]) == ("Asia/Tokyo", "+09:00")
    assert moved.status_code == 200
    assert moved.json()["price"] == {"amount": 10_000, "currency": "USD"}
    assert reschedule(market, session, market.slot(hours=96)[1]).json()["code"] == "other_terms"


def test_only_its_client_moves_it_or_sees_the_list(market: Market, session: str) -> None:
    body = {"slot_token": market.slot(hours=72)[1]}
    path = f"/api/sessions/{session}/reschedule"

    answers = {
        "its mentor": market.ada.post(path, body),
        "another client": market.ben.post(path, body),
        "its mentor looks": market.ada.get(f"/api/sessions/{session}/slots"),
        "another client looks": market.ben.get(f"/api/sessions/{session}/slots"),
    }

    assert [answer.status_code for answer in answers.values()] == [403, 404, 403, 404]
    assert Session.objects.get().sequence == 0


def test_a_taken_time_names_three_others_and_one_of_them_is_taken(
    market: Market, session: str
) -> None:
    _, token = market.slot(hours=72)
    market.ben.post("/api/sessions", {"slot_token": token})

    refused = reschedule(market, session, token)
    alternatives = refused.json()["alternatives"]
    second = reschedule(market, session, alternatives[0]["token"])

    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert len(alternatives) == 3
    assert (second.status_code, second.json()["sequence"]) == (200, 1)


def test_a_move_needs_a_key_and_repeats_under_it(market: Market, session: str) -> None:
    _, token = market.slot(hours=72)

    without = reschedule(market, session, token, key=None)
    first = reschedule(market, session, token, key="k")
    again = reschedule(market, session, token, key="k")

    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_missing")
    assert (first.status_code, again.content) == (200, first.content)
    assert SessionEvent.objects.filter(event="reschedule").count() == 1


def test_a_crash_between_the_move_and_the_answer_is_resumed_and_moves_once(
    market: Market, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = market.slot(hours=72)
    with monkeypatch.context() as crashing:
        crashing.setattr(SessionOut, "of", lambda *_, **__: 1 / 0)
        crashed = reschedule(market, session, token, key="k")
    resumed = reschedule(market, session, token, key="k")

    assert (crashed.status_code, resumed.status_code) == (500, 200)
    assert resumed.json()["sequence"] == 1
    assert SessionEvent.objects.filter(event="reschedule").count() == 1


def test_what_is_not_confirmed_has_no_list_and_does_not_move(market: Market) -> None:
    held = market.held(hours=48)

    listed = market.ann.get(f"/api/sessions/{held}/slots")
    moved = reschedule(market, held, market.slot(hours=72)[1])

    assert (listed.status_code, listed.json()["code"]) == (409, "not_movable")
    assert (moved.status_code, moved.json()["code"]) == (409, "not_movable")


def test_each_refusal_is_explained_at_its_address(market: Market) -> None:
    for code in ("not_movable", "moves_used_up", "inside_notice", "other_terms", "same_time"):
        assert market.ann.get(f"/api/problems/{code}").json()["status"] == 409
