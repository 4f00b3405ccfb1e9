"""A session gets another time: its client moves it, or accepts what its mentor proposes."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.booking import CLIENT, MENTOR, MENTOR_NAME, Api, Booking
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.journeys.demo import Demo

ADA = "mentor@example.com"
LONDON = ZoneInfo("Europe/London")  # Ada's
FAR_HOURS = 24.0 * 7


@pytest.fixture(scope="module")
def session(demo: Demo) -> str:
    """A paid session of the client's with Ada, a week ahead or more."""
    with Api(demo) as client:
        slot = client.free_slot(slug=MENTOR, minimum_hours=FAR_HOURS)
        body = {"slot_token": slot["token"], "goals": "To be moved"}
        held = client.until_answered("POST", "/api/sessions", headers=client.key(), json=body)
        assert held.status_code == 201, held.text
        name = str(held.json()["id"])
        client.pay_at_the_gateway(client.intent(session=name))
        client.until_session(name, "confirmed")
    return name


def opens(visitor: Visitor, session: str, email: str) -> None:
    visitor.goes_to(f"/app/sessions/{session}")
    Booking(visitor).signs_in(email)
    visitor.sees_heading(re.compile("^Session with"))
    visitor.page.wait_for_load_state("networkidle")


def read(demo: Demo, session: str) -> dict[str, Any]:
    with Api(demo) as client:
        return dict(client.until_answered("GET", f"/api/sessions/{session}").json())


def shown_start(visitor: Visitor) -> datetime:
    """When the session on the page begins."""
    ticket = visitor.page.get_by_role("article", name="Ticket")
    return datetime.fromisoformat(ticket.locator("time").get_attribute("datetime") or "")


def test_a_client_moves_it_twice_and_the_mentor_sees_the_new_time(
    arrive: Arrive, session: str
) -> None:
    client, mentor = arrive(width="phone"), arrive()
    opens(client, session, CLIENT)
    starts = [shown_start(client)]
    for left in ("You may move it twice.", "You may move it once more."):
        client.clicks("link", "Move the session")
        client.sees_heading("Move your session")
        client.sees(re.compile(f"^{re.escape(left)}"))
        times = client.page.get_by_role("button", name=re.compile(r"^\d{2}:\d{2}$"))
        expect(times.first).to_be_visible()
        if len(starts) == 1:
            client.finds_the_page_accessible()
        times.first.click()
        client.sees_heading("Is this right?")
        client.sees("If you cancel after the move")
        if len(starts) == 1:
            client.finds_the_page_accessible()
        client.clicks("button", re.compile("^Move to "))
        client.is_at(f"/app/sessions/{session}")
        client.page.wait_for_load_state("networkidle")
        starts.append(shown_start(client))

    assert len(set(starts)) == 3
    client.sees(re.compile("You have moved it as often as possible"))
    opens(mentor, session, ADA)
    assert shown_start(mentor) == starts[-1]


def test_a_mentor_proposes_and_the_client_accepts(arrive: Arrive, demo: Demo, session: str) -> None:
    mentor, client = arrive(), arrive(width="phone")
    opens(mentor, session, ADA)
    before, known = shown_start(mentor), read(demo, session)
    mentor.clicks("button", "Propose another time")
    field = mentor.page.get_by_label(re.compile("^Time 1, "))
    wall = datetime.fromisoformat(field.input_value()) + timedelta(days=1)
    wall = wall.replace(hour=21, minute=17)  # outside the mentor's hours: nobody else is there
    field.fill(f"{wall:%Y-%m-%dT%H:%M}")
    mentor.page.get_by_label(re.compile("^A few words for")).fill("I am on a train then.")
    mentor.finds_the_page_accessible()
    mentor.clicks("button", "Propose this time")
    mentor.sees_heading(re.compile("has not answered yet$"))
    mentor.finds_the_page_accessible()

    opens(client, session, CLIENT)
    client.sees_heading(f"{MENTOR_NAME} proposes another time")
    client.sees("“I am on a train then.”")
    assert shown_start(client) == before
    client.finds_the_page_accessible()
    client.clicks("button", re.compile("^Accept "))

    client.sees(re.compile("^Moved to "))
    expect(client.page.get_by_role("button", name=re.compile("^Accept "))).to_have_count(0)
    mentor.reloads()
    assert shown_start(mentor) == shown_start(client) == wall.replace(tzinfo=LONDON)
    found = read(demo, session)
    assert (found["status"], found["sequence"]) == ("confirmed", known["sequence"] + 1)
    assert found["moves_left"] == known["moves_left"]  # it was no move of the client's


def test_the_first_page_of_both_stands_still(arrive: Arrive, session: str) -> None:
    client, mentor = arrive(width="phone"), arrive()
    for visitor, email in ((client, CLIENT), (mentor, ADA)):
        opens(visitor, session, email)
        visitor.goes_to("/app")
        visitor.sees_heading("Next sessions")
        visitor.finds_the_page_accessible()
    mentor.clicks("link", "All reviews")
    mentor.sees_heading("Your reviews")
    mentor.finds_the_page_accessible()
