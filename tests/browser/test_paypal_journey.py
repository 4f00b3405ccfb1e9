"""The main job through PayPal: chosen, approved in PayPal's window, confirmed; declined; closed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.browser.booking import CLIENT, MENTOR, MENTOR_NAME, Api, Booking
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.journeys.demo import Demo

# How much wider a document is than its window.
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def api(demo: Demo) -> Iterator[Api]:
    """The client's own view of the sessions; what stays unpaid is given back in the end."""
    with Api(demo, CLIENT) as client:
        yield client
        client.gives_back_what_is_unpaid()


def window_of_paypal(visitor: Visitor) -> FrameLocator:
    """The page that PayPal opens over ours."""
    return visitor.page.frame_locator("iframe[title^='PayPal']")


def chooses_paypal(visitor: Visitor) -> FrameLocator:
    visitor.clicks("radio", "PayPal")
    visitor.clicks("button", "Pay with PayPal")
    paypal = window_of_paypal(visitor)
    expect(paypal.get_by_role("heading", name="Pay with PayPal")).to_be_visible()
    return paypal


def test_from_the_home_page_to_confirmed_through_paypal(
    arrive: Arrive, api: Api, width: str
) -> None:
    visitor = arrive(width=width)
    booking = Booking(visitor)
    visitor.goes_to("/")
    visitor.page.get_by_role("main").get_by_role(
        "link", name=re.compile("mentor", re.I)
    ).first.click()
    visitor.page.get_by_role("link", name=re.compile(MENTOR_NAME)).first.click()
    visitor.page.locator(f"a[href*='/app/mentors/{MENTOR}/book?type=']").first.click()
    booking.signs_in()
    booking.sees_the_times()
    booking.picks_a_time()
    session = booking.books()

    paypal = chooses_paypal(visitor)
    visitor.finds_the_page_accessible()
    (window,) = [frame for frame in visitor.page.frames if "/checkoutnow" in frame.url]
    assert window.evaluate(WIDER) <= 0
    paypal.get_by_role("button", name=re.compile("^Pay ")).click()

    booking.is_confirmed(session)
    visitor.finds_the_page_accessible()
    assert api.status_of(session) == "confirmed"


def test_a_decline_and_a_closed_window_keep_the_time_for_another_way(
    arrive: Arrive, api: Api
) -> None:
    visitor = arrive()
    booking = Booking(visitor)
    booking.comes_to_the_times()
    booking.picks_a_time()
    session = booking.books()

    paypal = chooses_paypal(visitor)
    paypal.get_by_label("Card that the bank declines").check()
    paypal.get_by_role("button", name=re.compile("^Pay ")).click()
    visitor.sees("Your payment was declined at PayPal")
    visitor.finds_the_page_accessible()
    assert api.status_of(session) == "pending"

    visitor.clicks("button", "Pay another way")
    visitor.clicks("button", "Pay with PayPal")
    visitor.clicks("button", "Close PayPal")
    visitor.sees("PayPal was closed")
    expect(visitor.page.get_by_role("timer")).to_be_visible()
    visitor.finds_the_page_accessible()

    visitor.clicks("radio", "Card")
    booking.pays()
    booking.is_confirmed(session)
    assert api.status_of(session) == "confirmed"
