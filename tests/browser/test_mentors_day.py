"""A mentor's day, from the account that is paid to the review that is answered, on a phone.

How somebody becomes a mentor is in `test_life_of_a_mentor`, how hours are written by the keyboard
alone in `test_hours`; this begins where both end.
"""

import re

from playwright.sync_api import expect

from tests.browser import money
from tests.browser.booking import Booking
from tests.browser.conftest import Arrive
from tests.browser.test_room import meet
from tests.browser.visitor import Visitor
from tests.journeys.demo import Demo

ANSWER, THANKS = "Please do; then we need no second telling.", "Tell me what is left of it!"


def test_a_mentors_day(arrive: Arrive, demo: Demo) -> None:
    day = money.plant(demo, "workday")
    mentor, client = arrive(width="phone"), arrive()
    mentor.goes_to("/app")
    Booking(mentor).signs_in(day["mentor"])
    mentor.sees(re.compile("Wanda Workday"))
    opens_the_payout_account(mentor)

    client.goes_to(f"/app/sessions/{day['session']}")
    Booking(client).signs_in(day["client"])
    mentor.goes_to(f"/app/sessions/{day['session']}")
    meet(client, mentor, name=day["name"])
    told = money.plant(demo, f"ends={day['session']}")
    assert (told["state"], told["outcome"]) == ("completed", "held")

    answers_the_message(mentor)
    client.page.goto(f"{client.base}/app/messages/{day['conversation']}")
    expect(client.page.get_by_role("log").get_by_text(ANSWER)).to_be_visible()

    sees_what_was_earned(mentor)
    statement = money.plant(demo, f"paid_out={day['slug']}")["statement"]
    sees_the_payout(mentor, statement)
    answers_the_review(mentor)
    client.page.goto(f"{client.base}/mentors/{day['slug']}/")
    client.sees(THANKS)


def opens_earnings(mentor: Visitor) -> None:
    mentor.goes_to("/app/earnings")
    earnings_stand(mentor)


def earnings_stand(mentor: Visitor) -> None:
    expect(mentor.page.locator("[data-slot=loading]")).to_have_count(0)
    mentor.page.wait_for_timeout(500)  # until it is told what moved
    mentor.watch.note_shifts()


def opens_the_payout_account(mentor: Visitor) -> None:
    """Choose gateway and country, fill the gateway's own form, and come back to a ready account."""
    opens_earnings(mentor)
    mentor.sees("You have none yet, so nothing can be paid out.")
    mentor.clicks("button", "Go to Stripe")
    mentor.sees("Choose the country that your account is in.")
    mentor.watch.forget_shifts()  # the refusal made room for itself
    mentor.page.get_by_label("Country").select_option("DE")
    mentor.clicks("button", "Go to Stripe")
    mentor.page.get_by_role("button", name="Complete", exact=True).click()
    mentor.is_at("/app/earnings")
    mentor.page.wait_for_load_state("networkidle")
    earnings_stand(mentor)
    mentor.sees(re.compile("^Stripe, in EUR"))
    expect(mentor.finds("button", "Change your details at Stripe")).to_be_visible()


def answers_the_message(mentor: Visitor) -> None:
    page = mentor.page
    mentor.watch.note_shifts()
    page.goto(f"{mentor.base}/app/messages")  # its stream stays open, so it never falls idle
    page.get_by_role("main").get_by_role("link", name=re.compile("Wanda Workday")).click()
    expect(page.get_by_role("log").get_by_text("May I bring my lead along?")).to_be_visible()
    page.get_by_role("textbox", name="Write to Wanda Workday").fill(ANSWER)
    mentor.clicks("button", "Send")
    expect(page.get_by_role("log").get_by_text(ANSWER)).to_be_visible()
    expect(page.get_by_text("Sending …")).to_have_count(0)
    mentor.watch.forget_shifts()  # the answer took its place at the person's wish


def sees_what_was_earned(mentor: Visitor) -> None:
    """Two sessions of $100.00, less the fee of the gateway and the commission."""
    opens_earnings(mentor)
    mentor.sees_heading("Balance in USD")
    mentor.sees("$163.60 USD")


def sees_the_payout(mentor: Visitor, statement: str) -> None:
    mentor.goes_to("/app/earnings/statements")
    mentor.clicks("link", re.compile("^Payout of "))
    mentor.is_at(f"/app/earnings/statements/{statement}")
    mentor.sees("€81.80 EUR")
    mentor.sees("Paid")


def answers_the_review(mentor: Visitor) -> None:
    """The review of last week is there, unanswered; its answer is public."""
    mentor.goes_to("/app/reviews")
    mentor.sees("A week later the list is shorter.")
    mentor.clicks("button", re.compile("^Answer "))
    mentor.page.get_by_label(re.compile("^Your answer to ")).fill(THANKS)
    mentor.clicks("button", "Publish the answer")
    mentor.sees("Your answer is public.")
    mentor.sees("Everything is answered")
