"""Reports over HTTP: either of the two people makes one, once of each kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel import clock
from kernel.ids import parse_public_id
from notifications.models import Email
from scheduling import lifecycle
from scheduling.models import Incident, Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market

pytestmark = pytest.mark.django_db

ALONE = {"kind": "absence", "reason": "I was there alone."}


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


def url_of(session: str) -> str:
    return f"/api/sessions/{session}/incidents"


@contextmanager
def twenty_minutes_in(market: Market) -> Iterator[None]:
    """Live twenty minutes after the start, signed in anew."""
    with clock.travel(Session.objects.get().starts_at + timedelta(minutes=20)):
        for caller in (market.ann, market.ada, market.bob, market.ben):
            caller.headers = Caller(caller.user).headers
        yield


def test_the_client_reports_the_mentors_absence_and_both_see_it(
    market: Market, session: str
) -> None:
    with twenty_minutes_in(market):
        made = market.ann.post(url_of(session), ALONE)
        again = market.ann.post(url_of(session), ALONE)
        theirs = market.ada.post(url_of(session), {"kind": "emergency", "reason": "I fell."})

        listed = [
            caller.get(url_of(session)).json()["items"] for caller in (market.ann, market.ada)
        ]

    assert made.status_code == 201
    assert (made.json()["by"], made.json()["status"], made.json()["decision"]) == (
        "client", "open", "",
    )  # fmt: skip
    assert (again.status_code, again.json()["code"]) == (409, "already_reported")
    assert (theirs.status_code, theirs.json()["by"]) == (201, "mentor")
    assert listed[0] == listed[1] == [made.json(), theirs.json()]


def test_a_request_that_is_repeated_under_its_key_reports_once(
    market: Market, session: str
) -> None:
    with twenty_minutes_in(market):
        first, second = (market.ann.post(url_of(session), ALONE, key="report-1") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Incident.objects.count() == 1


def test_it_is_not_reported_early_nor_without_words_nor_by_others(
    market: Market, session: str
) -> None:
    early = market.ann.post(url_of(session), ALONE)
    with twenty_minutes_in(market):
        empty = [
            market.ann.post(url_of(session), {"kind": "absence", "reason": reason}).status_code
            for reason in ("", "   ", "x" * 501)
        ]
        unknown = market.ann.post(url_of(session), {"kind": "theft", "reason": "x"})
        others = [market.bob.post(url_of(session), ALONE), market.ben.get(url_of(session))]

    assert (early.status_code, early.json()["code"]) == (409, "not_reportable")
    assert empty == [422, 422, 422]
    assert unknown.status_code == 422
    assert [answer.status_code for answer in others] == [404, 404]
    assert Incident.objects.count() == 0


def test_a_report_is_withdrawn_by_its_side_alone_and_once(market: Market, session: str) -> None:
    with twenty_minutes_in(market):
        made = market.ann.post(url_of(session), ALONE).json()
        url = f"{url_of(session)}/{made['id']}/withdraw"

        theirs, stranger = market.ada.post(url, {}), market.ben.post(url, {})
        mine, again = market.ann.post(url, {}), market.ann.post(url, {})
        anew = market.ann.post(url_of(session), ALONE)

    assert (theirs.status_code, stranger.status_code) == (404, 404)
    assert (mine.status_code, mine.json()["status"]) == (200, "withdrawn")
    assert (again.status_code, again.json()["code"]) == (409, "already_reported")
    assert "You withdrew it" in anew.json()["detail"]
    lifecycle.advance_due(now=Session.objects.get().ends_at)
    assert Session.objects.get().state == "completed"


def test_the_other_one_hears_of_a_report_that_is_taken_back(market: Market, session: str) -> None:
    with twenty_minutes_in(market):
        made = market.ann.post(url_of(session), ALONE).json()
        market.ann.post(f"{url_of(session)}/{made['id']}/withdraw", {})

    [told] = Email.objects.filter(template="incident_withdrawn")
    assert told.to == market.mentor.user.email
    assert "that you did not come to this session, and took the report back" in told.text


def test_a_mentors_emergency_is_for_the_staff_and_a_clients_may_be_taken_back(
    market: Market, session: str
) -> None:
    fell = {"kind": "emergency", "reason": "I fell."}
    with twenty_minutes_in(market):
        theirs = market.ada.post(url_of(session), fell).json()
        refused = market.ada.post(f"{url_of(session)}/{theirs['id']}/withdraw", {})
        mine = market.ann.post(url_of(session), fell).json()
        back = market.ann.post(f"{url_of(session)}/{mine['id']}/withdraw", {})

    assert (refused.status_code, refused.json()["code"]) == (409, "not_withdrawable")
    assert (back.status_code, back.json()["status"]) == (200, "withdrawn")
    lifecycle.advance_due(now=Session.objects.get().ends_at)
    assert Session.objects.get().state == "in_progress"  # it waits for the staff
    emergency = Incident.objects.filter(side="mentor")
    with pytest.raises(IntegrityError, match="emergency_of_a_mentor_stays"), transaction.atomic():
        emergency.update(
            state="withdrawn", decided_at=clock.now(), decided_by=market.mentor.user.public_id
        )
