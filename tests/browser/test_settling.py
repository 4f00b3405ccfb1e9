"""What finance settles, in a browser: failed refunds, credit given back, payouts that came back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import money
from tests.browser.conftest import Arrive
from tests.browser.staff import AUDITOR, PREPARER, sign_in
from tests.journeys.demo import Demo


@pytest.fixture(scope="module")
def planted(demo: Demo) -> Iterator[dict[str, str]]:
    """Two failed refunds, a wrong charge, a covered session, and a payout that came back."""
    yield money.plant(demo, "refunds_failed", "short", "covered", "came_back")


def test_a_failed_refund_is_found_on_the_first_screen_and_given_anew(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    visitor.page.locator(f".cf-queue a[href='/cms/refunds/{planted['bounced']}/']").click()
    visitor.sees("lost_or_stolen_card")
    visitor.finds_the_page_accessible()
    finance.presses("Settle this refund")
    visitor.sees_heading("What giving it anew will post")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "The bank knows the card again.")
    finance.presses("Refund $25.00 USD again")

    finance.is_told(re.compile(r"\$25\.00 USD is on its way as rfd_\w+\."))
    visitor.sees("In the place of")
    finance.opens(f"/cms/refunds/{planted['bounced']}/")
    visitor.sees("Given anew as")
    expect(visitor.page.get_by_role("link", name="Settle this refund")).to_have_count(0)


def test_a_failed_refund_that_is_owed_no_more_says_why(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor, watcher = arrive(width="phone"), arrive(width="phone")
    finance = sign_in(visitor, email=PREPARER)
    finance.opens("/cms/to-settle/")
    visitor.finds_the_page_accessible()
    settle = f"/cms/to-settle/{planted['refused']}/"
    visitor.page.locator(f"a[href='{settle}']").click()
    visitor.watch.expect_refusal(422, settle)
    finance.presses("$33.33 USD is owed no more")
    visitor.sees("Say why: it stays with the record.")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "They took it in cash.")
    finance.presses("$33.33 USD is owed no more")

    finance.is_told(re.compile(r"Refund rfd_\w+ is owed no more\."))
    visitor.sees("Fiona Marsh: They took it in cash.")
    auditor = sign_in(watcher, email=AUDITOR)
    auditor.opens("/cms/to-settle/")
    expect(watcher.page.locator(f"a[href='{settle}']")).to_have_count(0)
    watcher.finds_the_page_accessible()


def test_a_charge_of_another_amount_than_was_asked_for_goes_back(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    finance.opens("/cms/to-settle/")
    visitor.page.locator(f"a[href='/cms/payments/{planted['short']}/surplus/']").click()
    visitor.sees_heading("What the gateway holds")
    visitor.sees_heading("What will be posted")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "A cent is missing.")
    finance.presses("Give $99.99 USD back")

    finance.is_told("$99.99 USD is on its way back to who paid it.")
    visitor.finds_the_page_accessible()


def test_credit_that_covered_a_session_is_given_back(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    finance.opens(f"/cms/sessions/{planted['covered']}/")
    visitor.finds_the_page_accessible()
    finance.presses("Give back")
    finance.fills("How much of the price", "40.00")
    button = visitor.page.get_by_role("button", name="Give $40.00 USD of credit back")
    expect(button).to_be_enabled()
    visitor.sees_heading("What will be posted")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "It began late.")
    finance.presses("Give $40.00 USD of credit back")

    finance.is_told("The client has $40.00 USD of credit back.")
    row = visitor.page.get_by_role("row").filter(has_text="It began late.")
    expect(row).to_contain_text("$40.00 USD")


def test_a_payout_that_came_back_is_made_available_again(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor = arrive(width="phone")
    finance = sign_in(visitor, email=PREPARER)
    finance.opens(f"/cms/payouts/{planted['payout']}/")
    visitor.finds_the_page_accessible()
    finance.presses("Pay out again")
    visitor.sees_heading("What will be posted")
    visitor.finds_the_page_accessible()
    finance.presses("Make £81.80 GBP available again")

    finance.is_told("£81.80 GBP is available again; the next run pays it.")
    visitor.sees("Reassigned")
    expect(visitor.page.get_by_role("link", name="Pay out again")).to_have_count(0)
