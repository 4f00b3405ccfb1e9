"""E-mails are switched in the app and by the link in one of them: at once, and it stays so."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.booking import Booking
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.journeys.demo import Demo

READER = "client2@example.com"
PATH = "/app/settings/emails"
LINK = f"""
from accounts.models import User
from notifications.links import link_to
person = User.objects.get(email="{READER}")
print(link_to(kind="reminder_hour", person_id=person.pk, address=person.email))
"""
UNREAD, HOUR = "Unread messages", "An hour before a session"


@pytest.fixture(scope="module")
def link(demo: Demo) -> str:
    """Where the link in a reminder of the reader's leads to."""
    told = demo.manage("shell", "--no-imports", "-c", LINK)
    assert told.returncode == 0, told.stderr
    parts = urlsplit(told.stdout.split()[-1])
    return f"{parts.path}?{parts.query}"


def switch(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("switch", name=name)


def saves(visitor: Visitor, name: str) -> None:
    with visitor.page.expect_response(lambda answer: answer.request.method == "PUT") as told:
        switch(visitor, name).click()
    assert told.value.status == 200


def test_a_reader_switches_in_the_app_and_finds_it_so_after_a_reload(
    arrive: Arrive, width: str
) -> None:
    visitor = arrive(width=width)
    visitor.page.goto(f"{visitor.base}{PATH}")
    Booking(visitor).signs_in(READER)
    visitor.is_at(PATH)
    expect(switch(visitor, UNREAD)).to_be_checked()
    visitor.finds_the_page_accessible()

    saves(visitor, UNREAD)
    visitor.reloads()

    expect(switch(visitor, UNREAD)).not_to_be_checked()
    expect(switch(visitor, HOUR)).to_be_checked()
    visitor.finds_the_page_accessible()
    saves(visitor, UNREAD)
    expect(switch(visitor, UNREAD)).to_be_checked()


def test_the_link_of_an_email_stops_its_kind_without_signing_in_and_back(
    arrive: Arrive, link: str, width: str
) -> None:
    visitor = arrive(width=width)
    visitor.goes_to(link)
    visitor.sees_heading("Switch these e-mails off?")
    visitor.finds_the_page_accessible()

    visitor.watch.note_shifts()
    visitor.clicks("button", "Switch them off")

    visitor.sees_heading("Switched off")
    visitor.finds_the_page_accessible()
    visitor.goes_to(link)
    visitor.sees_heading("These e-mails are off")
    visitor.clicks("button", "Switch them on again")
    visitor.sees_heading("Switched on again")
    visitor.finds_the_page_accessible()


def test_a_link_that_is_not_good_says_what_to_do(arrive: Arrive, link: str, width: str) -> None:
    visitor = arrive(width=width)
    visitor.watch.expect_refusal(404, "/emails/unsubscribe")

    visitor.goes_to(link[:-1])

    visitor.sees_heading("This link does not work")
    visitor.finds_the_page_accessible()
    expect(visitor.finds("link", "Choose which e-mails you get")).to_be_visible()
