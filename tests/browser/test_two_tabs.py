"""One person in two tabs, and a token that runs out in the middle of what they are at.

Who pays in one tab does not pay again in the other; who signs out in one is signed out in both. An
access token that ran out is traded for a new one silently, once for all tabs, and nothing is lost.
"""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.browser import money
from tests.browser.booking import CLIENT, Api, Booking
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.browser.watch import Watch
from tests.journeys.demo import Demo

READ, WRITE = "localStorage.getItem('{0}')", "(text) => localStorage.setItem('{0}', text)"
TOKEN = "counterfoil.token"
LOOKED_AT = "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))"
LATE_SECONDS = 3
GOALS = "Ask for a raise, and mean it."


@pytest.fixture
def api(demo: Demo) -> Iterator[Api]:
    """The client's own view of the sessions; what stays unpaid is given back in the end."""
    with Api(demo, CLIENT) as client:
        yield client
        client.gives_back_what_is_unpaid()


def second_tab(visitor: Visitor, path: str) -> Visitor:
    """Open another tab of the same browser."""
    page = visitor.page.context.new_page()
    other = Visitor(page=page, base=visitor.base, watch=Watch(page))
    other.goes_to(path)
    return other


def refreshes(*visitors: Visitor) -> list[str]:
    """Return a list that grows with each refresh that one of the tabs asks for from now on."""
    seen: list[str] = []
    for visitor in visitors:
        visitor.page.on(
            "request",
            lambda it: seen.append(it.url) if it.url.endswith("/api/users/refresh") else None,
        )
    return seen


def runs_out(demo: Demo, *visitors: Visitor) -> str:
    """Let the sign-in's access token be one of an hour ago; return it."""
    page = visitors[0].page
    token = page.evaluate(READ.format(TOKEN))
    old = str(money.plant(demo, f"run_out={token}")["token"])
    for visitor in visitors:
        visitor.watch.expect_refusal(401, "")
    page.evaluate(WRITE.format(TOKEN), old)
    return old


def test_a_token_that_runs_out_while_booking_and_paying_loses_nothing(
    arrive: Arrive, api: Api, demo: Demo
) -> None:
    visitor = arrive()
    booking = Booking(visitor)
    booking.comes_to_the_times()
    booking.picks_a_time(goals=GOALS)
    asked = refreshes(visitor)

    old = runs_out(demo, visitor)
    session = booking.books()
    assert api.goals_of(session) == GOALS
    assert len(asked) == 1
    assert visitor.page.evaluate(READ.format(TOKEN)) != old

    runs_out(demo, visitor)
    booking.pays()
    booking.is_confirmed(session)
    assert api.status_of(session) == "confirmed"
    assert len(asked) == 2


def comes_late(route: Route) -> None:
    """Answer only when the other tab has been refused as well, and waits."""
    time.sleep(LATE_SECONDS)
    route.continue_()


def test_two_tabs_trade_a_token_that_ran_out_once(arrive: Arrive, demo: Demo) -> None:
    first = arrive()
    first.goes_to("/app/sessions")
    Booking(first).signs_in()
    first.sees_heading("Sessions")
    second = second_tab(first, "/app/goals")
    asked = refreshes(first, second)
    first.page.context.route("**/api/users/refresh", comes_late)

    old = runs_out(demo, first, second)
    first.page.reload(wait_until="commit")  # the second asks by itself: it heard of another token
    first.sees_heading("Sessions")
    second.sees_heading("Goals")
    for tab in (first, second):
        expect(tab.page.get_by_role("button", name=re.compile("Chloe Bennett"))).to_be_visible()
        expect(tab.page.locator("[data-slot=loading]")).to_have_count(0)

    assert len(asked) == 1
    assert first.page.evaluate(READ.format(TOKEN)) != old
    assert second.watch.verdict() == []


def test_who_paid_in_one_tab_does_not_pay_again_in_the_other(
    arrive: Arrive, api: Api, demo: Demo
) -> None:
    first = arrive()
    booking = Booking(first)
    booking.comes_to_the_times()
    booking.picks_a_time()
    session = booking.books()
    second = second_tab(first, f"/app/sessions/{session}/pay")
    third = second_tab(first, f"/app/sessions/{session}/pay")
    for tab in (second, third):
        assert Booking(tab).is_asked_to_pay() == session

    booking.pays()
    booking.is_confirmed(session)
    second.watch.expect_refusal(400, "/confirm")
    Booking(second).pays()  # as if nothing had happened
    Booking(second).is_confirmed(session)
    third.page.evaluate(LOOKED_AT)
    Booking(third).is_confirmed(session)

    items = api.until_answered("GET", "/api/payments?limit=100").json()["items"]
    assert [one["status"] for one in items if one["session_id"] == session] == ["succeeded"]
    assert second.watch.verdict() + third.watch.verdict() == []


def test_who_signs_out_in_one_tab_is_signed_out_in_the_other(arrive: Arrive) -> None:
    first = arrive()
    first.goes_to("/app/sessions")
    Booking(first).signs_in()
    first.sees_heading("Sessions")
    second = second_tab(first, "/app/goals")
    second.sees_heading("Goals")

    first.clicks("button", re.compile("Chloe Bennett"))
    first.clicks("menuitem", "Sign out")
    first.is_at("/app/login")
    second.is_at("/app/login")
    second.sees_heading("Sign in")
    for tab in (first, second):
        assert tab.page.evaluate(READ.format(TOKEN)) is None
    second.goes_to("/app/goals")
    second.is_at("/app/login")
    assert second.watch.verdict() == []
