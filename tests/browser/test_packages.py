"""A package, from the mentor's page to a session that it pays for, as a client meets it."""

import re

from playwright.sync_api import expect

from tests.browser.booking import CLIENT, MENTOR, Booking
from tests.browser.conftest import Arrive

PACKAGE = re.compile("Buy the package ?: 5 × Career session")


def test_a_package_is_bought_and_pays_for_a_session_of_its_kind(arrive: Arrive) -> None:
    visitor = arrive()
    booking = Booking(visitor)
    visitor.goes_to(f"/app/mentors/{MENTOR}")
    booking.signs_in(CLIENT)
    visitor.page.get_by_role("link", name=PACKAGE).click()
    visitor.is_at(re.compile(rf"/app/mentors/{MENTOR}/packages/pko_\w+"))
    visitor.sees_heading("Pay for your package")
    booking.pays()

    visitor.is_at("/app/packages")
    visitor.sees("The package is yours")
    visitor.sees("5 of 5 sessions left")
    visitor.finds_the_page_accessible()

    visitor.page.get_by_role("link", name=re.compile("^Book a session")).first.click()
    visitor.sees(re.compile("Your package has 5 sessions left"))
    booking.picks_a_time("Paid ahead.")
    visitor.clicks("button", re.compile("^Book "))
    visitor.sees_heading("Pay for your session")
    visitor.sees_heading("You have paid ahead")
    session = booking.session()
    visitor.clicks("button", "Book with your package")
    booking.is_confirmed(session)

    visitor.goes_to("/app/packages")
    visitor.sees("4 of 5 sessions left")
    visitor.goes_to("/app")
    expect(visitor.page.get_by_text(re.compile("4 sessions left, until"))).to_be_visible()
