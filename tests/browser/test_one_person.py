"""The whole path as one person, once by card and once through PayPal, on a phone and at a desk.

From a name that nobody knows to the hold of the second session: registered with a role, confirmed
by the mail's link, found by filters that the address keeps, booked, paid, met, reviewed, and again.
"""

import re
from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser import letters, money
from tests.browser.booking import MENTOR, MENTOR_NAME, Api, Booking
from tests.browser.conftest import Arrive
from tests.browser.test_paypal_journey import chooses_paypal
from tests.browser.test_room import meet
from tests.browser.visitor import Visitor
from tests.journeys.demo import PASSWORD, Demo

ADA = "mentor@example.com"
LINK = r"https?://[^/\s]+(/app/verify\S+)"
FILTERS = re.compile(r"[?&]language=fr(&|$)")


@dataclass(frozen=True)
class Newcomer:
    """Somebody of whom the demo has never heard; what they write has their mark."""

    mark: str

    @property
    def email(self) -> str:
        return f"nadia.{self.mark}@example.com"

    @property
    def words(self) -> str:
        return f"I left with a plan, {self.mark}."


@pytest.mark.parametrize(("gateway", "width"), [("stripe", "phone"), ("paypal", "desk")])
def test_from_a_stranger_to_the_second_booking(
    arrive: Arrive, demo: Demo, gateway: str, width: str
) -> None:
    who = Newcomer(uuid4().hex[:8])
    visitor, ada = arrive(width=width), arrive()
    booking = Booking(visitor)
    registers(visitor, demo, who)
    finds_ada_by_filters(visitor, is_phone=width == "phone")

    visitor.clicks("link", re.compile("^Choose a time"))
    booking.sees_the_times()
    booking.picks_a_time(goals="Ask for a raise, and mean it.")
    session = booking.books()
    pays(booking, gateway)
    booking.is_confirmed(session)

    money.plant(demo, f"begins={session}")
    ada.goes_to(f"/app/sessions/{session}")
    Booking(ada).signs_in(ADA)
    visitor.goes_to(f"/app/sessions/{session}")
    meet(visitor, ada, name=MENTOR_NAME)
    told = money.plant(demo, f"ends={session}")
    assert (told["state"], told["outcome"]) == ("completed", "held")

    reviews(visitor, who, session)
    visitor.goes_to(f"/app/sessions/{session}")
    visitor.clicks("link", f"Book {MENTOR_NAME} again")
    booking.sees_the_times()
    booking.picks_a_time()
    again = booking.books()
    assert again != session
    with Api(demo, who.email) as api:
        assert (api.status_of(session), api.status_of(again)) == ("reviewed", "pending")
        api.gives_back_what_is_unpaid()


def registers(visitor: Visitor, demo: Demo, who: Newcomer) -> None:
    """Choose a role, register, and prove the address by the link in the mail."""
    page = visitor.page
    visitor.goes_to("/app/register")
    visitor.clicks("radio", re.compile("^I am a mentor"))
    visitor.clicks("radio", re.compile("^I look for a mentor"))
    page.get_by_label("Name").fill("Nadia Newcomer")
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.clicks("button", "Create my account")
    visitor.is_at("/app/verify")
    visitor.goes_to(letters.find(demo, who.email, LINK))
    visitor.sees_heading("Confirm your address")
    assert "code" not in page.url  # a secret belongs in no history
    visitor.clicks("button", "Confirm and sign in")
    visitor.is_at("/app")
    visitor.clicks("link", re.compile("^Find a mentor|^Find mentors"))
    visitor.is_at("/app/mentors")


def finds_ada_by_filters(visitor: Visitor, *, is_phone: bool) -> None:
    """Narrow the list by language and words; the address keeps it, over a reload and back."""
    page = visitor.page
    if is_phone:
        visitor.clicks("button", "Filters")
    visitor.page.get_by_label("Language").locator("visible=true").select_option("fr")
    expect(page).to_have_url(FILTERS)
    if is_phone:
        visitor.clicks("button", re.compile(r"^Show \d+ mentors?$"))
    page.get_by_role("searchbox").fill("Winterbourne")
    expect(page).to_have_url(re.compile(r"[?&]q=Winterbourne"))
    page.wait_for_load_state("networkidle")
    visitor.watch.forget_shifts()  # another list was asked for, and may have come late
    visitor.reloads()

    expect(page).to_have_url(FILTERS)
    expect(page.get_by_role("searchbox")).to_have_value("Winterbourne")
    expect(page.get_by_role("button", name="Remove the filter French")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=MENTOR_NAME).click()
    visitor.is_at(f"/app/mentors/{MENTOR}")
    visitor.goes_back()
    expect(page).to_have_url(FILTERS)
    visitor.goes_forward()
    visitor.sees_heading(MENTOR_NAME)


def pays(booking: Booking, gateway: str) -> None:
    if gateway == "stripe":
        booking.pays()
        return
    paypal = chooses_paypal(booking.visitor)
    paypal.get_by_role("button", name=re.compile("^Pay ")).click()


def reviews(visitor: Visitor, who: Newcomer, session: str) -> None:
    """Leave five stars and words, which stand on the mentor's public page."""
    page = visitor.page
    visitor.goes_to(f"/app/sessions/{session}")
    visitor.sees("Session completed")
    visitor.clicks("button", "Review the session")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("^5")).click()
    dialog.get_by_label(re.compile("^In your words")).fill(who.words)
    visitor.clicks("button", "Publish the review")
    visitor.sees(re.compile("^You reviewed this session."))
    expect(dialog).to_have_count(0)
    page.wait_for_load_state("networkidle")
    visitor.watch.forget_shifts()  # the button went away at the person's wish, after the answer
    visitor.goes_to(f"/mentors/{MENTOR}/")
    visitor.sees(re.compile(re.escape(who.words)))
