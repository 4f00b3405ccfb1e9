"""Waiting over HTTP: find a full meeting, join, be offered a seat, pay or decline it."""

from datetime import datetime
from typing import Any

import pytest

from billing.models import Payment
from kernel import clock
from kernel.ids import parse_public_id
from messaging import safety
from scheduling import groups, waitlist
from scheduling.models import Meeting, Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import ClientFactory
from tests.factories.scheduling import confirmed
from tests.scheduling.moving import cancelled
from tests.standin import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    market = open_market(listed=True)
    market.kind.capacity = 2
    market.kind.save()
    groups.offer(session_type=market.kind, starts_at=market.slot()[0], now=clock.now())
    return market


def filled(market: Market) -> list[Session]:
    at = Meeting.objects.get().during.lower
    return [confirmed(session_type=market.kind, starts_at=at, now=clock.now()) for _ in range(2)]


def body(market: Market) -> dict[str, str]:
    at: datetime = Meeting.objects.get().during.lower
    return {"session_type": market.kind.public_id, "starts_at": at.isoformat()}


def joined(market: Market, who: Caller) -> dict[str, Any]:
    answer = who.post("/api/waitlist", body(market))
    assert answer.status_code == 201, answer.content
    wait: dict[str, Any] = answer.json()
    return wait


def test_a_full_meeting_is_shown_with_those_who_wait_and_joined_once(market: Market) -> None:
    free = market.ann.post("/api/waitlist", body(market))
    filled(market)

    first = market.ann.post("/api/waitlist", body(market), key="k")
    again = market.ann.post("/api/waitlist", body(market), key="k")
    twice = joined(market, market.ann)
    second = joined(market, market.ben)

    assert (free.status_code, free.json()["code"]) == (409, "seats_free")
    assert (first.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert first.json()["id"] == twice["id"]
    assert (first.json()["status"], first.json()["position"]) == ("waiting", 1)
    assert (second["position"], second["session_id"], second["reason"]) == (2, None, None)
    slots = market.ann.get("/api/mentors/ada/slots", {"session_type": market.kind.public_id}).json()
    assert slots["items"] == []
    assert market.ada.get("/api/mentors/me/meetings").json()["items"][0]["waiting"] == 2
    (meeting,) = slots["full"]
    assert meeting["waiting"] == 2
    assert datetime.fromisoformat(meeting["starts_at"]) == market.slot()[0]


def test_who_accepts_pays_the_session_that_is_offered(market: Market, standin: StandIn) -> None:
    seats = filled(market)
    wait = joined(market, market.ann)
    cancelled(seats[0], now=clock.now())
    waitlist.offer_due(now=clock.now())

    offered = market.ann.get(f"/api/waitlist/{wait['id']}").json()
    begun = market.ann.post(
        "/api/payments/create-intent",
        {"session_id": offered["session_id"], "gateway": "stripe"},
    ).json()
    standin.pay(begun["client_secret"].partition("_secret_")[0])
    paid = market.ann.post("/api/payments/confirm", {"payment_id": begun["payment_id"]})
    accepted = market.ann.get(f"/api/waitlist/{wait['id']}").json()
    too_late = market.ann.post(f"/api/waitlist/{wait['id']}/leave", {})

    assert (offered["status"], offered["position"]) == ("offered", None)
    assert offered["expires_at"] is not None
    assert paid.json()["session"]["status"] == "confirmed"
    assert (accepted["status"], accepted["expires_at"]) == ("accepted", None)
    assert (too_late.status_code, too_late.json()["code"]) == (409, "seat_taken")


def test_who_declines_ends_the_payment_that_was_begun_and_the_next_is_offered(
    market: Market, standin: StandIn
) -> None:
    seats = filled(market)
    first, second = joined(market, market.ann), joined(market, market.ben)
    cancelled(seats[0], now=clock.now())
    waitlist.offer_due(now=clock.now())
    session = market.ann.get(f"/api/waitlist/{first['id']}").json()["session_id"]
    market.ann.post("/api/payments/create-intent", {"session_id": session, "gateway": "stripe"})

    declined = market.ann.post(f"/api/waitlist/{first['id']}/leave", {}, key="k")
    again = market.ann.post(f"/api/waitlist/{first['id']}/leave", {}, key="k")
    repeated = market.ann.post(f"/api/waitlist/{first['id']}/leave", {})
    waitlist.offer_due(now=clock.now())

    assert (declined.status_code, declined.json()["status"]) == (200, "declined")
    assert again["Idempotent-Replayed"] == "true"
    assert repeated.json()["status"] == "declined"
    assert market.ann.get(f"/api/sessions/{session}").json()["status"] == "cancelled"
    assert Payment.objects.get().state in {"pending", "cancelled"}
    assert market.ben.get(f"/api/waitlist/{second['id']}").json()["status"] == "offered"


def test_who_leaves_lets_the_others_move_up_and_nobody_sees_anothers_place(
    market: Market,
) -> None:
    filled(market)
    first, second = joined(market, market.ann), joined(market, market.ben)

    left = market.ann.post(f"/api/waitlist/{first['id']}/leave", {})

    assert (left.json()["status"], left.json()["position"]) == ("left", None)
    assert market.ben.get(f"/api/waitlist/{second['id']}").json()["position"] == 1
    assert market.ann.get(f"/api/waitlist/{second['id']}").status_code == 404
    assert market.ann.post(f"/api/waitlist/{second['id']}/leave", {}).status_code == 404
    assert [one["id"] for one in market.ann.get("/api/waitlist").json()["items"]] == [first["id"]]
    assert market.ada.get("/api/waitlist").status_code == 403


def test_the_own_places_come_page_by_page_in_a_fixed_number_of_queries(
    market: Market, django_assert_max_num_queries: Any
) -> None:
    filled(market)
    for _ in range(3):
        wait = joined(market, market.ann)
        market.ann.post(f"/api/waitlist/{wait['id']}/leave", {})
    with django_assert_max_num_queries(6):
        page = market.ann.get("/api/waitlist?limit=2").json()

    rest = market.ann.get(f"/api/waitlist?limit=2&cursor={page['next']}").json()

    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


def test_what_cannot_be_waited_for_says_why(market: Market) -> None:
    filled(market)
    nothing = {**body(market), "starts_at": market.slot(hours=99)[0].isoformat()}
    nobody = {**body(market), "session_type": "sty_" + "0" * 26}
    stranger = Caller(ClientFactory().user)

    assert stranger.post("/api/waitlist", nothing).status_code == 404
    assert stranger.post("/api/waitlist", nobody).status_code == 404
    assert stranger.post("/api/waitlist", body(market), key=None).status_code == 400


def test_nobody_waits_for_a_seat_where_a_block_stands(market: Market) -> None:
    filled(market)
    begun = market.ann.post("/api/conversations", {"mentor": "ada", "text": "Hello."}).json()
    pk = parse_public_id("cnv", begun["conversation_id"])
    safety.block(conversation_id=pk, by=market.mentor.user, now=clock.now())

    refused = market.ann.post("/api/waitlist", body(market))

    assert (refused.status_code, refused.json()["code"]) == (409, "slot_not_offered")
    assert joined(market, market.ben)["position"] == 1
