"""What takes a person of finance, and what takes two: holds, rates, a debt, a month; in a browser.

Whoever asked sees why they cannot decide, and the other person sees what they decide on.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import money
from tests.browser.conftest import Arrive
from tests.browser.staff import APPROVER, PREPARER, Staff, sign_in
from tests.journeys.demo import Demo


@pytest.fixture(scope="module")
def planted(demo: Demo) -> Iterator[dict[str, str]]:
    """A mentor with money, one with a debt, and a month that is over."""
    yield money.plant(demo, "held", "owing", "last_month")


def test_a_mentors_payouts_are_held_and_let_go(arrive: Arrive, planted: dict[str, str]) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    finance.opens(f"/cms/mentor-balances/{planted['balance']}/")
    finance.presses("Hold payouts")
    visitor.watch.expect_refusal(422, "/hold/")
    finance.presses("Hold $81.80 USD")
    visitor.sees("Say why: each run that leaves the mentor out says it.")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "Their bank asked us to wait.")
    finance.presses("Hold $81.80 USD")
    finance.is_told("Payouts to Hanna Held are on hold.")

    finance.opens("/cms/payout-runs/build/?currency=USD")
    left_out = visitor.page.get_by_role("row").filter(has_text="Their bank asked us to wait.")
    expect(left_out.first).to_contain_text("Hanna Held")

    finance.opens(f"/cms/mentor-balances/{planted['balance']}/")
    finance.presses("Lift the hold")
    visitor.finds_the_page_accessible()
    finance.presses("Let $81.80 USD go")
    finance.is_told("Payouts to Hanna Held go on.")
    lifted = visitor.page.get_by_role("row").filter(has_text="Their bank asked us to wait.")
    expect(lifted.last).to_contain_text(re.compile("Fiona Marsh.*Fiona Marsh"))


def test_a_rate_is_added_by_an_approver_and_begins_later(arrive: Arrive) -> None:
    first, second = arrive(), arrive(width="phone")
    preparer = sign_in(first, email=PREPARER)
    preparer.opens("/cms/rates/")
    expect(first.page.get_by_role("link", name="Add a commission rule")).to_have_count(0)
    approver = sign_in(second, email=APPROVER)
    approver.opens("/cms/rates/")
    second.finds_the_page_accessible()
    approver.presses("Add a commission rule")
    approver.fills("Rate in basis points", "1250")
    approver.fills("Begins (UTC)", "2020-01-01 00:00")
    second.watch.expect_refusal(409, "/cms/rates/commission/add/")
    approver.presses("Add the commission rule")
    approver.is_refused("A rate begins in the future")
    second.finds_the_page_accessible()

    approver.fills("Begins (UTC)", "2031-04-01 00:00")
    approver.presses("Add the commission rule")

    added = second.page.get_by_role("row").filter(has_text="12.5 %")
    expect(added).to_contain_text("To come")
    expect(added).to_contain_text("Everybody")


def test_a_debt_is_written_off_by_another_person(arrive: Arrive, planted: dict[str, str]) -> None:
    first, second = arrive(), arrive(width="phone")
    asking, deciding = sign_in(first, email=APPROVER), sign_in(second, email="admin@example.com")
    asking.opens(f"/cms/mentor-balances/{planted['debt']}/")
    first.finds_the_page_accessible()
    asking.presses("Write off $3.20 USD")
    expect(first.page.get_by_label("How much of the debt")).to_have_value("3.20")
    asking.fills("Why", "They have left the country.")
    asking.presses("Ask to write off $3.20 USD")
    asking.is_told("Another person decides on the $3.20 USD.")
    _presses_of_the_row(asking, "Olga Owing", "Decide")
    first.sees("Another person has to.")
    expect(first.page.get_by_role("button", name="Write off $3.20 USD")).to_be_disabled()
    first.finds_the_page_accessible()

    deciding.opens("/cms/to-settle/")
    second.finds_the_page_accessible()
    _presses_of_the_row(deciding, "Olga Owing", "Decide")
    second.sees_heading("What will be posted")
    second.sees("5040 Bad debt, mentors")
    second.finds_the_page_accessible()
    deciding.presses("Write off $3.20 USD")

    deciding.is_told("$3.20 USD was written off.")
    deciding.opens(f"/cms/mentor-balances/{planted['debt']}/")
    expect(second.page.get_by_role("link", name=re.compile(r"^Write off \$"))).to_have_count(0)
    deciding.opens("/cms/ledger-lines/?account=5040&mentor=Olga+Owing")
    expect(second.page.get_by_role("row").filter(has_text="Olga Owing").last).to_contain_text(
        "$3.20"
    )


def test_a_month_is_proposed_by_one_person_and_closed_by_another(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    first, second = arrive(), arrive(width="phone")
    month = planted["month"]
    preparer = sign_in(first, email=PREPARER)
    preparer.opens("/cms/periods/")
    preparer.presses("Close a month")
    first.sees_heading("Checks")
    first.finds_the_page_accessible()
    preparer.presses(f"Propose to close {month}")
    preparer.is_told(f"{month} is proposed. Another person closes it.")
    preparer.presses("Close or withdraw")
    first.sees("You may withdraw it; somebody who approves closes it.")
    expect(first.page.get_by_role("button", name=f"Close {month} for good")).to_be_disabled()

    approver = sign_in(second, email=APPROVER)
    approver.presses(month)  # it waits on the first screen
    approver.presses("Close or withdraw")
    second.finds_the_page_accessible()
    approver.presses(f"Close {month} for good")

    approver.is_told(f"{month} is closed.")
    second.sees("5100 Servers")
    second.finds_the_page_accessible()


def _presses_of_the_row(person: Staff, text: str, name: str) -> None:
    row = person.visitor.page.get_by_role("row").filter(has_text=text).last
    row.get_by_role("link", name=name).click()
    person.visitor.page.wait_for_load_state("networkidle")
