"""A session's two people meet in its room, in two browsers; one who stays away is found out.

The room is the stand-in's. What it reports, signed, is all that the product knows of who came.
"""

import re
import time
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser import money
from tests.browser.booking import OTHER_CLIENT, Api, Booking
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.browser.watch import Watch
from tests.journeys.demo import Demo

TWO_HOURS = 7_200


@pytest.fixture(scope="module")
def planted(demo: Demo) -> dict[str, Any]:
    """Two paid sessions: `soon` begins in five minutes, `running` began half an hour ago."""
    return money.plant(demo, "meetings")


def opens(visitor: Visitor, meeting: dict[str, str], who: str) -> None:
    """Sign in as the session's client or mentor, and see its page with the door open."""
    visitor.goes_to(f"/app/sessions/{meeting['session']}")
    Booking(visitor).signs_in(meeting[who])
    visitor.sees(re.compile(r"^The room is open until \d\d:\d\d [\w ]+\.$"))
    visitor.page.wait_for_load_state("networkidle")


def joins(visitor: Visitor) -> Visitor:
    """Press Join; return the person in the new tab."""
    with visitor.page.expect_popup() as opened:
        visitor.clicks("button", "Join")
    room = Visitor(page=opened.value, base=visitor.base, watch=Watch(opened.value))
    room.page.wait_for_url("**/rooms/*")
    room.sees(re.compile("^In the room since"))
    return room


def meet(client: Visitor, mentor: Visitor, *, name: str) -> None:
    """Both go through the session's door, the client sees the mentor, and both leave."""
    rooms = [joins(person) for person in (client, mentor)]
    rooms[0].sees(f"{name} is here.")
    for room in rooms:
        room.clicks("button", "Leave")
        room.sees(re.compile("^You have left the room."))
    assert [fault for room in rooms for fault in room.watch.verdict()] == []


def people(room: Visitor) -> list[str]:
    """The names on the seats."""
    return room.page.locator(".seat .name").all_text_contents()


def test_both_come_and_each_sees_the_other(
    arrive: Arrive, demo: Demo, planted: dict[str, Any]
) -> None:
    meeting = planted["soon"]
    name = meeting["name"]
    client, mentor = arrive(), arrive(width="phone")
    opens(client, meeting, "client")
    client.finds_the_page_accessible()

    clara = joins(client)
    clara.sees("You are the first. Who comes is shown here.")
    assert people(clara) == ["Clara Comes (you)", "Nobody else yet"]
    clara.finds_the_page_accessible()
    opens(mentor, meeting, "mentor")
    host = joins(mentor)

    clara.sees(f"{name} is here.")
    assert people(clara) == ["Clara Comes (you)", name]
    assert people(host) == [f"{name} (you)", "Clara Comes"]
    host.finds_the_page_accessible()
    others_are_refused(arrive(), demo, meeting, pass_of=clara)
    assert people(clara) == ["Clara Comes (you)", name]

    host.clicks("button", "Leave")
    clara.sees(f"{name} left.")
    assert people(clara) == ["Clara Comes (you)", "Nobody else yet"]
    clara.clicks("button", "Leave")
    clara.sees(re.compile("^You have left the room."))
    assert clara.watch.verdict() + host.watch.verdict() == []

    assert money.plant(demo, "soon_over") == {
        "state": "completed",
        "outcome": "held",
        "visits": [
            ["Clara Comes", "joined"],
            [name, "joined"],
            [name, "left"],
            ["Clara Comes", "left"],
        ],
        "refunds": [],
    }
    client.reloads()
    client.sees("Session completed")
    expect(client.page.get_by_text("$100.00 USD").first).to_be_visible()
    expect(client.page.get_by_text("−$100.00 USD")).to_have_count(0)


def others_are_refused(
    stranger: Visitor, demo: Demo, meeting: dict[str, str], *, pass_of: Visitor
) -> None:
    """Another client gets no pass, and one that was stolen opens nothing once it is over."""
    for email, status in ((OTHER_CLIENT, 404), (meeting["client"], 200)):
        with Api(demo, email) as caller:
            answer = caller.until_answered("POST", f"/api/sessions/{meeting['session']}/join")
        assert answer.status_code == status, answer.text

    url = pass_of.page.url
    later = {"Sandbox-Time": str(int(time.time()) + TWO_HOURS)}
    assert httpx.get(url).status_code == 200  # now it still holds; looking is not coming
    stranger.watch.expect_refusal(403, url.partition("?")[0].rpartition("/rooms/")[2])
    stranger.page.set_extra_http_headers(later)
    stranger.page.goto(url)
    stranger.sees_heading("This pass has run out")
    stranger.finds_the_page_accessible()


def test_a_mentor_who_does_not_come_costs_the_client_nothing(
    arrive: Arrive, demo: Demo, planted: dict[str, Any]
) -> None:
    client = arrive(width="phone")
    opens(client, planted["running"], "client")

    walt = joins(client)
    walt.sees("You are the first. Who comes is shown here.")
    walt.clicks("button", "Leave")
    walt.sees(re.compile("^You have left the room."))
    assert walt.watch.verdict() == []

    assert money.plant(demo, "running_over") == {
        "state": "cancelled",
        "outcome": "mentor_absent",
        "visits": [["Walt Waits", "joined"], ["Walt Waits", "left"]],
        "refunds": [[10_000, "mentor_fault", "mentor"]],
    }
    client.reloads()
    client.sees(f"{planted['running']['name']} did not come")
    lines = client.page.get_by_role("region", name="Money")
    expect(lines.get_by_text("−$100.00 USD")).to_be_visible()
    expect(lines.get_by_text(re.compile("^sent back · .* · because of the"))).to_be_visible()
    expect(client.page.get_by_role("button", name="Join")).to_have_count(0)
    client.finds_the_page_accessible()
