"""What finance sets by itself, in a browser: discounts, credit, reserves, rules; a statement."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import money
from tests.browser.conftest import Arrive
from tests.browser.staff import APPROVER, PREPARER, sign_in
from tests.journeys.demo import Demo

A_YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def planted(demo: Demo) -> Iterator[dict[str, str]]:
    """A mentor with money of whom nobody keeps any back, and a payout in francs."""
    yield money.plant(demo, "unreserved", "stated")


def test_a_code_is_added_and_switched_off(arrive: Arrive) -> None:
    visitor = arrive(width="phone")
    finance = sign_in(visitor, email=PREPARER)
    finance.opens("/cms/discounts/")
    visitor.finds_the_page_accessible()
    finance.presses("Add a discount")
    visitor.watch.expect_refusal(409, "/cms/discounts/add/")
    finance.fills("Name", "Spring")
    finance.fills("Code", "spring-27")
    finance.presses("Add the discount")
    finance.is_refused("Say either a percentage or an amount.")
    visitor.finds_the_page_accessible()
    finance.fills("Percentage", "12.5")
    finance.presses("Add the discount")
    finance.is_told("SPRING-27 takes 12.5 % off.")
    visitor.finds_the_page_accessible()

    finance.presses("Switch it off")
    finance.fills("Why", "It was on a coupon site.")
    visitor.finds_the_page_accessible()
    finance.presses("Switch it off")
    finance.is_told("SPRING-27 takes nothing off any more.")
    visitor.sees("It was on a coupon site.")


def test_credit_is_given_after_its_posting_was_seen(arrive: Arrive) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    finance.opens("/cms/credit/")
    visitor.finds_the_page_accessible()
    finance.presses("Give credit")
    finance.fills("Client", "client2@example.com")
    finance.fills("Amount", "25.00")
    button = visitor.page.get_by_role("button", name=re.compile(r"^Give .* \$25\.00 USD$"))
    expect(button).to_be_enabled()
    visitor.sees_heading("What will be posted")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "The room was closed.")
    finance.presses(re.compile(r"^Give .* \$25\.00 USD$"))

    finance.is_told(re.compile(r"has \$25\.00 USD more to spend\."))
    row = visitor.page.get_by_role("row").filter(has_text="The room was closed.")
    expect(row).to_contain_text("$25.00 USD")
    visitor.finds_the_page_accessible()


def test_money_is_kept_back_and_let_go(arrive: Arrive, planted: dict[str, str]) -> None:
    visitor = arrive(width="phone")
    finance = sign_in(visitor, email=PREPARER)
    finance.opens(f"/cms/mentor-balances/{planted['unreserved']}/")
    finance.presses("Keep a part back")
    finance.fills("How much", "50.00")
    button = visitor.page.get_by_role("button", name="Keep $50.00 USD back")
    expect(button).to_be_enabled()
    visitor.sees_heading("What will be posted")
    finance.fills("Why", "A chargeback is likely.")
    visitor.finds_the_page_accessible()
    finance.presses("Keep $50.00 USD back")
    finance.is_told("$50.00 USD of Rita Reserve is kept back.")
    visitor.sees("A chargeback is likely.")
    visitor.finds_the_page_accessible()

    finance.presses("Let it go")
    visitor.finds_the_page_accessible()
    finance.presses("Let $50.00 USD go")
    finance.is_told("$50.00 USD is available to Rita Reserve again.")
    visitor.sees("Nothing is kept back.")


def test_a_limit_of_answers_is_added_by_an_approver(arrive: Arrive) -> None:
    first, second = arrive(), arrive()
    preparer = sign_in(first, email=PREPARER)
    preparer.opens("/cms/reconciliation-rules/")
    expect(first.page.get_by_role("link", name="Add a limit")).to_have_count(0)
    approver = sign_in(second, email=APPROVER)
    approver.opens("/cms/reconciliation-rules/")
    second.finds_the_page_accessible()
    approver.presses("Add a limit")
    approver.fills("Currency", "NOK")
    approver.fills("Limit in minor units", "2500")
    approver.fills("Begins (UTC)", f"{datetime.now(UTC) + A_YEAR:%Y-%m-%d %H:%M}")
    second.finds_the_page_accessible()
    approver.presses("Add the limit")
    approver.is_told("The limit is added.")
    expect(second.page.get_by_role("row").filter(has_text="NOK")).to_have_count(1)


def test_a_payouts_statement_is_printed(arrive: Arrive, planted: dict[str, str]) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    finance.opens(f"/cms/payouts/{planted['stated']}/")
    with visitor.page.expect_download() as sheet:
        visitor.page.get_by_role("link", name="Statement (CSV)").click()
    assert "81.80" in sheet.value.path().read_text()
    finance.presses("Print the statement")
    visitor.sees(re.compile(r"81\.80"))
    visitor.finds_the_page_accessible()
