"""The way into a session's room over HTTP, and the providers' reports of who came."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from kernel import clock
from scheduling import lifecycle
from scheduling.models import Room, RoomVisit, Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import UserFactory
from tests.scheduling import room_reports
from tests.scheduling.room_reports import opened_jwt

pytestmark = pytest.mark.django_db

SECRET = "counterfoil_demo_secret_of_the_rooms"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def market() -> Market:
    return open_market()


@pytest.fixture
def session(market: Market) -> Session:
    """Ann's hour with Ada in two days, paid."""
    public_id = market.held()
    found = Session.objects.get()
    assert found.public_id == public_id
    with transaction.atomic():
        return lifecycle.confirm(session_id=found.pk, now=clock.now())


@contextmanager
def minutes_before(session: Session, minutes: int, *callers: Caller) -> Iterator[datetime]:
    """Live so many minutes before the start, signed in anew."""
    at = session.starts_at - minutes * MINUTE
    with clock.travel(at):
        for caller in callers:
            caller.headers = Caller(caller.user).headers
        yield at


def join(caller: Caller, session: Session) -> Any:
    return caller.post(f"/api/sessions/{session.public_id}/join", key=None)


def test_both_get_their_own_pass_into_one_room(market: Market, session: Session) -> None:
    with minutes_before(session, 10, market.ann, market.ada):
        answers = [join(caller, session) for caller in (market.ann, market.ada)]

    assert [answer.status_code for answer in answers] == [200, 200]
    ann, ada = (answer.json() for answer in answers)
    claims = [opened_jwt(body["token"], SECRET)[1] for body in (ann, ada)]
    assert claims[0]["room"] == claims[1]["room"] == Room.objects.get().name
    people = [
        (each["context"]["user"]["name"], each["context"]["user"]["moderator"]) for each in claims
    ]
    assert people == [("Ann", False), ("Ada Adams", True)]
    assert ann["provider"] == "jitsi"
    assert ann["url"] == f"http://127.0.0.1:8001/rooms/{Room.objects.get().name}?jwt={ann['token']}"
    opens = datetime.fromisoformat(ann["opens_at"])
    assert (opens, datetime.fromisoformat(ann["closes_at"])) == (
        session.starts_at - 10 * MINUTE,
        session.ends_at + 5 * MINUTE,
    )


def test_too_early_says_from_when(market: Market, session: Session) -> None:
    with minutes_before(session, 11, market.ann):
        answer = join(market.ann, session)

    assert (answer.status_code, answer.json()["code"]) == (409, "room_not_open")
    opens = datetime.fromisoformat(answer.json()["opens_at"])
    assert opens == session.starts_at - 10 * MINUTE


def test_too_late_says_so(market: Market, session: Session) -> None:
    with minutes_before(session, -65, market.ann):
        answer = join(market.ann, session)

    assert (answer.status_code, answer.json()["code"]) == (409, "room_closed")


def test_for_everybody_else_there_is_no_such_session(market: Market, session: Session) -> None:
    staff = Caller(UserFactory(is_superuser=True))
    others = [market.ben, market.bob, staff]
    with minutes_before(session, 5, *others):
        answers = [join(caller, session) for caller in others]
        missing = market.ben.post(f"/api/sessions/ses_{'0' * 26}/join", key=None)

        assert staff.get(f"/api/sessions/{session.public_id}").status_code == 200
    assert {answer.status_code for answer in answers} == {404}
    bodies = [answer.json() | {"request_id": ""} for answer in [*answers, missing]]
    assert all(body == bodies[-1] for body in bodies)
    assert not Room.objects.exists()


def test_a_session_shows_when_its_room_is_open(market: Market, session: Session) -> None:
    body = market.ann.get(f"/api/sessions/{session.public_id}").json()

    assert datetime.fromisoformat(body["room"]["opens_at"]) == session.starts_at - 10 * MINUTE
    assert body["outcome"] is None


def test_a_held_session_has_no_room(market: Market) -> None:
    body = market.ann.get(f"/api/sessions/{market.held()}").json()

    assert body["room"] is None


def report(name: str, signed: tuple[bytes, dict[str, str]], **headers: str) -> Any:
    return Caller()._client.post(
        f"/api/rooms/webhook/{name}",
        signed[0],
        content_type="application/webhook+json" if name == "livekit" else "application/json",
        headers=signed[1] | headers,
    )


@pytest.mark.parametrize("name", ["jitsi", "livekit"])
def test_a_signed_report_is_kept_and_a_forged_one_is_not(
    market: Market, session: Session, settings: Any, name: str
) -> None:
    settings.ROOM_PROVIDER = name
    sign = getattr(room_reports, name)
    with minutes_before(session, 5, market.ann) as at:
        join(market.ann, session)
        args = (Room.objects.get().name, session.client.user.public_id, "joined")
        forged = report(name, sign(*args, at=at, secret="f" * 32))
        kept = RoomVisit.objects.count()
        signed = report(name, sign(*args, at=at))

    assert (forged.status_code, forged.json()["code"]) == (400, "bad_room_signature")
    assert kept == 0
    assert (signed.status_code, signed.json()) == (200, {"received": True})
    visit = RoomVisit.objects.get()
    assert (visit.user, visit.move, visit.at) == (
        session.client.user,
        "joined",
        at.replace(microsecond=0),
    )


def test_who_came_is_shown_when_it_is_over(market: Market, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(state="in_progress", started_at=session.starts_at)
    Session.objects.filter(pk=session.pk).update(
        state="completed", completed_at=session.ends_at, outcome="held"
    )

    body = market.ann.get(f"/api/sessions/{session.public_id}").json()

    assert (body["status"], body["outcome"], body["room"]) == ("completed", "held", None)
