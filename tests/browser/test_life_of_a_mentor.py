"""The life of a mentor in browsers, each person in their own: the visible side of two who let in.

Somebody registers, proves the address with the code from the mail, applies, and offers a session.
One curator ticks the checklist and accepts first, another one accepts second: the page is public.
New words wait for a curator, a new price does not; a suspension takes page and card away.
"""

import re
from dataclasses import dataclass
from uuid import uuid4

import httpx
from playwright.sync_api import Locator, expect

from tests.browser import letters
from tests.browser.conftest import Arrive
from tests.browser.staff import Staff, sign_in
from tests.browser.visitor import Visitor
from tests.journeys.demo import PASSWORD, Demo

FIRST, SECOND = "curator@example.com", "curator2@example.com"
CHECKLIST = ("Identity", "Payout account", "References", "Photo", "Prices")
OLD, NEW = "Twenty years of bridges.", "Thirty years of bridges."
OFFER = "Bridge review"
CODE = r"&code=([\w-]+)"


@dataclass(frozen=True)
class Newcomer:
    """Somebody of whom the demo has never heard, under a name of this run."""

    name: str
    email: str
    slug: str

    @property
    def page(self) -> str:
        return f"/mentors/{self.slug}/"


def newcomer() -> Newcomer:
    mark = uuid4().hex[:8]
    return Newcomer(f"Noor {mark}", f"noor.{mark}@example.com", f"noor-{mark}")


def test_the_life_of_a_mentor(arrive: Arrive, demo: Demo) -> None:
    who = newcomer()
    mentor = arrive(width="phone")
    registers(mentor, demo, who)
    applies(mentor)
    offers(mentor)
    assert answer_of(demo, who) == 404

    first, second = sign_in(arrive(), email=FIRST), sign_in(arrive(), email=SECOND)
    opens_the_application(first, who)
    ticks_all_and_accepts(first, who)
    assert answer_of(demo, who) == 404
    mentor.goes_to("/app/apply")
    mentor.sees("Accepted by one of two")
    mentor.finds_the_page_accessible()
    opens_the_application(second, who)
    accepts_second(second, who)

    visitor = arrive()
    visitor.goes_to(who.page)
    visitor.sees_heading(who.name)
    visitor.sees(OLD)
    visitor.sees("$60")
    visitor.finds_the_page_accessible()
    mentor.goes_to("/app/apply")
    expect(mentor.finds("link", "See your public page")).to_have_attribute("href", who.page)

    rewrites(mentor)
    visitor.reloads()
    visitor.sees(OLD)
    approves_the_words(first, who)
    visitor.reloads()
    visitor.sees(NEW)
    expect(visitor.page.get_by_text(OLD)).to_have_count(0)

    asks_more(mentor)
    visitor.reloads()
    visitor.sees("$75")
    expect(visitor.page.get_by_text("$60")).to_have_count(0)
    expect(card(visitor, who)).to_be_visible()

    suspends(second, who)
    visitor.watch.expect_refusal(404, who.page)
    visitor.goes_to(who.page)
    assert answer_of(demo, who) in {404, 410}
    expect(card(visitor, who)).to_have_count(0)


def registers(visitor: Visitor, demo: Demo, who: Newcomer) -> None:
    """Register as a mentor on the way to the form, and prove the address by the mail's code."""
    visitor.watch.expect_refusal(404, "/api/mentors/me/application")  # there is none yet
    visitor.goes_to("/app/register?role=mentor&next=/app/apply")
    page = visitor.page
    page.get_by_label("Name").fill(who.name)
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.clicks("button", "Create my account")
    visitor.is_at("/app/verify")
    page.get_by_label(re.compile("^Code")).fill(letters.find(demo, who.email, CODE))
    visitor.clicks("button", "Confirm the code")
    visitor.is_at("/app/apply")


def applies(visitor: Visitor) -> None:
    """See a refusal beside its field, then send the application in."""
    visitor.sees_heading("Apply")
    visitor.finds_the_page_accessible()
    visitor.clicks("button", "Send the application")
    visitor.sees("Say in one line what you help with.")
    page = visitor.page
    page.get_by_label("Headline").fill("Bridges that stand")
    page.get_by_label(re.compile("^About you")).fill(OLD)
    page.get_by_label(re.compile("^Subjects")).fill("Bridges, Structures")
    page.get_by_label(re.compile("^Message to the curators")).fill("Ask Bea Brown.")
    visitor.clicks("button", "Send the application")
    visitor.sees("With the curators")
    visitor.sees("0 of 5 points are ticked.")
    visitor.finds_the_page_accessible()


def offers(visitor: Visitor) -> None:
    """Offer a session of an hour for 60 dollars."""
    visitor.goes_to("/app/profile?tab=offers")
    visitor.sees("Nobody sees your profile yet")
    visitor.clicks("button", "Offer a session")
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(OFFER)
    dialog.get_by_label("Length in minutes").fill("60")
    dialog.get_by_label("Price").fill("60")
    dialog.get_by_label("Currency").fill("USD")
    dialog.get_by_role("button", name="Offer it").click()
    visitor.sees_heading(OFFER)


def opens_the_application(curator: Staff, who: Newcomer) -> None:
    curator.opens("/cms/applications/")
    row = curator.visitor.page.get_by_role("row").filter(has_text=who.name)
    row.get_by_role("link").first.click()
    curator.visitor.page.wait_for_load_state("networkidle")


def ticks_all_and_accepts(curator: Staff, who: Newcomer) -> None:
    """Tick each point with its evidence, and accept as the first; the second time is not theirs."""
    page = curator.visitor.page
    for label in CHECKLIST:
        page.locator("a[href*='/check/']").filter(has_text=label).first.click()
        curator.fills("Evidence", f"Seen for {label.lower()}.")
        curator.presses(f"Tick {label.lower()}")
        curator.is_told(f"{label} is ticked.")
    curator.presses("Decide")
    curator.visitor.finds_the_page_accessible()
    curator.presses("Accept as the first of two")
    curator.is_told(f"{who.name} is vetted. A second curator decides now.")
    curator.presses("Decide")
    expect(curator.visitor.finds("button", re.compile("^Accept, and publish"))).to_be_disabled()


def accepts_second(curator: Staff, who: Newcomer) -> None:
    curator.presses("Decide")
    curator.presses(f"Accept, and publish {who.name}’s profile")
    curator.is_told(f"{who.name} is a mentor: the profile is public, and they were told.")


def rewrites(visitor: Visitor) -> None:
    visitor.goes_to("/app/profile")
    visitor.page.get_by_label(re.compile("^About you")).fill(NEW)
    visitor.clicks("button", "Send for review")
    visitor.sees("Waiting for review")
    visitor.sees_heading("What would change")


def approves_the_words(curator: Staff, who: Newcomer) -> None:
    """Find the change on the first screen, and approve it where it is edited."""
    curator.opens("/cms/")
    page = curator.visitor.page
    page.get_by_role("link", name=who.name).first.click()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="More actions").last.click()
    page.locator("[data-workflow-action-name=approve]").first.click()
    page.wait_for_load_state("networkidle")
    curator.is_told(f"Page '{who.name}' has been updated.")


def asks_more(visitor: Visitor) -> None:
    visitor.goes_to("/app/profile?tab=offers")
    visitor.clicks("button", f"Change {OFFER}")
    visitor.page.get_by_label("Price in USD").fill("75")
    visitor.clicks("button", "Save")
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)


def suspends(curator: Staff, who: Newcomer) -> None:
    curator.opens("/cms/mentor-list/")
    page = curator.visitor.page
    row = page.get_by_role("row").filter(has_text=who.name)
    row.get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")
    curator.presses("Suspend")
    curator.fills("Why", "Clients waited in vain.")
    curator.presses(f"Suspend {who.name}, nothing goes back")
    curator.is_told(re.compile(f"{who.name} is suspended"))


def card(visitor: Visitor, who: Newcomer) -> Locator:
    """Search the directory for the mentor; return the card's link."""
    visitor.goes_to(f"/mentors/?q={who.slug.removeprefix('noor-')}")
    return visitor.page.get_by_role("link", name=re.compile(who.name)).first


def answer_of(demo: Demo, who: Newcomer) -> int:
    """The status of the mentor's page for somebody who comes for the first time."""
    return httpx.get(f"{demo.url}{who.page}", timeout=20).status_code
