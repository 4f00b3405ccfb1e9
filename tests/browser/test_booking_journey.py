"""The main job in a real browser: from the home page to a confirmed session."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.booking import (
    CLIENT,
    DECLINED_CARD,
    MENTOR,
    MENTOR_NAME,
    OTHER_CLIENT,
    Api,
    Booking,
)
from tests.browser.conftest import Arrive
from tests.journeys.demo import Demo


@pytest.fixture
def api(demo: Demo) -> Iterator[Api]:
    """The client's own view of the sessions; what stays unpaid is given back in the end."""
    with Api(demo, CLIENT) as client, Api(demo, OTHER_CLIENT) as other:
        yield client
        for person in (client, other):
            person.gives_back_what_is_unpaid()


def test_from_the_home_page_to_confirmed(arrive: Arrive, api: Api, width: str) -> None:
    visitor = arrive(width=width)
    booking = Booking(visitor)

    visitor.goes_to("/")
    visitor.finds_the_page_accessible()

    visitor.page.get_by_role("main").get_by_role(
        "link", name=re.compile("mentor", re.I)
    ).first.click()
    visitor.is_at("/mentors/")
    visitor.finds_the_page_accessible()

    visitor.page.get_by_role("link", name=re.compile(MENTOR_NAME)).first.click()
    visitor.is_at(f"/mentors/{MENTOR}/")
    visitor.sees_heading(MENTOR_NAME)
    visitor.finds_the_page_accessible()

    visitor.page.locator(f"a[href*='/app/mentors/{MENTOR}/book?type=']").first.click()
    visitor.is_at("/app/login")
    visitor.sees_heading("Sign in")
    visitor.finds_the_page_accessible()

    booking.signs_in()
    booking.sees_the_times()
    visitor.finds_the_page_accessible()

    at = booking.picks_a_time(goals="Ask for a raise, and mean it.")
    visitor.finds_the_page_accessible()

    session = booking.books()
    assert api.goals_of(session) == "Ask for a raise, and mean it."
    visitor.finds_the_page_accessible()

    booking.pays()
    booking.is_confirmed(session)
    visitor.finds_the_page_accessible()
    assert api.status_of(session) == "confirmed"

    visitor.goes_to("/app/sessions")
    visitor.sees(MENTOR_NAME)
    visitor.finds_the_page_accessible()

    visitor.goes_to(f"/app/sessions/{session}")
    visitor.sees(MENTOR_NAME)
    visitor.finds_the_page_accessible()
    assert at.tzinfo is not None


def test_a_declined_card_and_then_a_good_one_pay_for_the_same_session(
    arrive: Arrive, api: Api
) -> None:
    visitor = arrive()
    booking = Booking(visitor)
    visitor.watch.expect_refusal(402, "/confirm")
    booking.comes_to_the_times()
    booking.picks_a_time()
    session = booking.books()

    booking.pays(DECLINED_CARD)
    visitor.sees("Your card was declined")
    visitor.finds_the_page_accessible()
    assert api.status_of(session) == "pending"

    booking.pays()
    booking.is_confirmed(session)
    assert api.status_of(session) == "confirmed"


def test_a_slot_lost_to_another_offers_three_others_one_of_which_is_booked(
    arrive: Arrive, api: Api, demo: Demo, width: str
) -> None:
    visitor = arrive(width=width)
    booking = Booking(visitor)
    visitor.watch.expect_refusal(409, "/api/sessions")
    booking.comes_to_the_times()
    at = booking.picks_a_time(goals="Kept through it all.")
    with Api(demo, OTHER_CLIENT) as other:
        other.takes(at=at)

    visitor.clicks("button", re.compile("^Book "))
    visitor.sees_heading(re.compile("no longer available"))
    visitor.sees_heading("Free instead")
    alternatives = visitor.page.get_by_role("button", name=re.compile("^Book "))
    expect(alternatives).to_have_count(3)
    visitor.finds_the_page_accessible()

    alternatives.first.click()
    session = booking.is_asked_to_pay()
    assert api.goals_of(session) == "Kept through it all."
    booking.pays()
    booking.is_confirmed(session)


def test_a_hold_that_ends_says_so_and_another_is_one_press_away(
    arrive: Arrive, api: Api, short_hold: str
) -> None:
    visitor = arrive(base=short_hold)
    booking = Booking(visitor)
    booking.comes_to_the_times()
    booking.picks_a_time()

    visitor.clicks("button", re.compile("^Book "))
    visitor.is_at(re.compile(r"/app/sessions/ses_\w+/pay"))
    ended = booking.session()
    visitor.sees_heading("The hold has ended")
    visitor.sees("You were not charged")
    visitor.finds_the_page_accessible()
    visitor.reloads()
    visitor.sees_heading("The hold has ended")

    visitor.clicks("button", re.compile("^Hold "))
    again = booking.is_asked_to_pay()
    assert again != ended
    booking.pays()
    booking.is_confirmed(again)
    assert (api.status_of(ended), api.status_of(again)) == ("expired", "confirmed")
