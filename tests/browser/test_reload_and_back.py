"""Reload and the back button at each step of a booking: nothing is lost, nothing done twice."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.booking import CLIENT, MENTOR, Api, Booking
from tests.browser.conftest import Arrive
from tests.journeys.demo import Demo


@pytest.fixture
def api(demo: Demo) -> Iterator[Api]:
    with Api(demo, CLIENT) as client:
        yield client
        client.gives_back_what_is_unpaid()


def test_a_reload_at_each_step_finds_the_same_screen(arrive: Arrive, api: Api) -> None:
    visitor = arrive()
    booking = Booking(visitor)
    visitor.goes_to(f"/app/mentors/{MENTOR}/book")
    visitor.is_at("/app/login")

    visitor.reloads()  # the wish to book survives in the address
    booking.signs_in()
    booking.sees_the_times()

    shown = booking.times().all_inner_texts()
    visitor.reloads()
    expect(booking.times()).to_have_text(shown)

    at = booking.picks_a_time()
    visitor.reloads()
    visitor.sees_heading("Is this right?")
    assert f"at={at:%Y-%m-%dT%H}" in visitor.page.url

    session = booking.books()
    visitor.reloads()
    assert booking.is_asked_to_pay() == session

    booking.pays()
    booking.is_confirmed(session)
    visitor.reloads()
    booking.is_confirmed(session)

    mine = api.until_answered("GET", "/api/sessions?when=upcoming&limit=100").json()["items"]
    assert [item["id"] for item in mine if item["status"] == "pending"] == []


def test_back_at_each_step_leads_to_the_step_before(arrive: Arrive, api: Api) -> None:
    visitor = arrive()
    booking = Booking(visitor)
    visitor.goes_to(f"/mentors/{MENTOR}/")
    booking.comes_to_the_times()
    here = visitor.page.url

    booking.picks_a_time()
    visitor.goes_back()
    booking.sees_the_times()
    assert visitor.page.url == here

    visitor.goes_forward()
    visitor.sees_heading("Is this right?")

    session = booking.books()
    visitor.goes_back()
    booking.sees_the_times()
    visitor.goes_forward()
    assert booking.is_asked_to_pay() == session

    booking.pays()
    booking.is_confirmed(session)
    visitor.goes_back()  # never to a form that would pay a second time
    expect(visitor.page.get_by_role("button", name="Pay")).to_have_count(0)
    assert api.status_of(session) == "confirmed"
    assert len(api.until_answered("GET", "/api/payments?limit=100").json()["items"]) >= 1
