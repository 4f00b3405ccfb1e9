"""Another time for a session over HTTP: proposed by one, answered by the other."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from kernel import clock
from kernel.ids import parse_public_id
from scheduling import lifecycle
from scheduling.models import Proposal, Session
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


def propose(market: Market, session: str, *hours: int, **more: Any) -> Any:
    starts = [market.slot(hours=one)[0].isoformat() for one in hours]
    body = {"starts_at": starts, "message": "Would one do?"}
    return market.ada.post(f"/api/sessions/{session}/proposals", body, **more)


def answer(caller: Any, session: str, proposal: str, act: str, at: datetime | None = None) -> Any:
    body = {"starts_at": at.isoformat()} if at else {}
    return caller.post(f"/api/sessions/{session}/proposals/{proposal}/{act}", body)


def test_the_mentor_proposes_and_the_client_accepts_one(market: Market, session: str) -> None:
    made = propose(market, session, 96, 72)
    at, _ = market.slot(hours=72)
    before = market.ann.get(f"/api/sessions/{session}").json()

    moved = answer(market.ann, session, made.json()["id"], "accept", at)

    assert (made.status_code, made.json()["by"], made.json()["status"]) == (201, "mentor", "open")
    assert datetime.fromisoformat(before["starts_at"]) == at - timedelta(hours=24)
    assert (moved.status_code, moved.json()["sequence"], moved.json()["moves_left"]) == (200, 1, 2)
    assert datetime.fromisoformat(moved.json()["starts_at"]) == at
    listed = market.ada.get(f"/api/sessions/{session}/proposals").json()["items"]
    assert [(one["status"], datetime.fromisoformat(one["accepted"])) for one in listed] == [
        ("accepted", at)
    ]


def test_the_client_declines_the_mentor_withdraws_and_each_is_over(
    market: Market, session: str
) -> None:
    first = propose(market, session, 72).json()["id"]
    declined = answer(market.ann, session, first, "decline")
    second = propose(market, session, 96).json()["id"]
    withdrawn = answer(market.ada, session, second, "withdraw")
    late = answer(market.ann, session, second, "accept", market.slot(hours=96)[0])

    assert (declined.json()["status"], withdrawn.json()["status"]) == ("declined", "withdrawn")
    assert (late.status_code, late.json()["code"]) == (409, "proposal_answered")
    assert Session.objects.get().sequence == 0


def test_a_client_asks_and_the_mentor_accepts(market: Market, session: str) -> None:
    at, _ = market.slot(hours=72)
    asked = market.ann.post(f"/api/sessions/{session}/proposals", {"starts_at": [at.isoformat()]})

    moved = answer(market.ada, session, asked.json()["id"], "accept", at)

    assert (asked.json()["by"], moved.status_code, moved.json()["moves_left"]) == ("client", 200, 1)


def test_nobody_else_proposes_lists_or_answers(market: Market, session: str) -> None:
    proposal = propose(market, session, 72).json()["id"]
    at, _ = market.slot(hours=72)

    for caller in (market.ben, market.bob):
        assert caller.get(f"/api/sessions/{session}/proposals").status_code == 404
        assert answer(caller, session, proposal, "accept", at).status_code == 404
        assert answer(caller, session, proposal, "decline").status_code == 404
    assert answer(market.ada, session, proposal, "accept", at).status_code == 404  # the own one
    assert Proposal.objects.get().state == "open"


def test_a_proposal_needs_a_key_and_repeats_under_it(market: Market, session: str) -> None:
    without = propose(market, session, 72, key=None)
    first = propose(market, session, 72, key="k")
    again = propose(market, session, 72, key="k")

    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_missing")
    assert (first.status_code, again.content) == (201, first.content)
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("starts", [[], ["soon"], ["2027-03-01T09:00:00"], "2027-03-01T09:00:00Z"])
def test_a_body_that_cannot_be_meant_is_refused(
    market: Market, session: str, starts: object
) -> None:
    refused = market.ada.post(f"/api/sessions/{session}/proposals", {"starts_at": starts})

    assert refused.status_code == 422
    assert Proposal.objects.count() == 0
