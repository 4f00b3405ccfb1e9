"""The lists of finance in a real browser: each opens a row, a figure opens its lines."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import money
from tests.browser.conftest import Arrive
from tests.browser.staff import AUDITOR, sign_in
from tests.journeys.demo import Demo

# Those of breaks, statements, events and lines are looked at where they are worked with.
LISTS = ("refunds", "disputes", "payout-runs", "payouts", "costs", "periods", "bank-accounts",
         "payments", "mentor-balances", "ledger")  # fmt: skip
WITH_A_ROW = ("packages", "payout-accounts", "gateway-payouts")


@pytest.fixture(scope="module")
def planted(demo: Demo) -> Iterator[dict[str, str]]:
    """A mentor with money and an account, a package, and a payout to our bank."""
    yield money.plant(demo, "explored")


@pytest.mark.usefixtures("planted")
def test_an_auditor_opens_every_list_of_finance_on_a_phone(arrive: Arrive) -> None:
    visitor = arrive(width="phone")
    auditor = sign_in(visitor, email=AUDITOR)

    for name in (*LISTS, *WITH_A_ROW):
        auditor.opens(f"/cms/{name}/")
        expect(visitor.page.get_by_role("heading", level=1)).to_have_count(1)
        visitor.finds_the_page_accessible()
        if name in WITH_A_ROW:
            visitor.page.locator(f"td a[href^='/cms/{name}/']").first.click()
            expect(visitor.page.get_by_label("Facts")).to_be_visible()
            visitor.finds_the_page_accessible()


def test_a_balance_opens_its_lines_a_line_its_entry_and_that_what_was_paid(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor = arrive()
    page = visitor.page
    auditor = sign_in(visitor, email=AUDITOR)
    auditor.opens("/cms/mentor-balances/?standing=due")
    page.get_by_placeholder("Name, e-mail or mtr_…").fill(planted["lena"])
    expect(page.locator("table.listing tbody tr")).to_have_count(1)
    auditor.presses("Lena Ledger")
    auditor.presses("$81.80 USD")
    lines = page.locator("table.listing tbody tr")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("2120 Mentor payable, available")
    page.get_by_role("button", name="Actions").click()
    (row,) = csv.DictReader(visitor.downloads("Download CSV").splitlines())
    assert (row["Account"], row["Amount (debit positive)"], row["Mentor"]) == (
        "2120",
        "-81.80",
        planted["lena"],
    )

    lines.get_by_role("link").first.click()
    visitor.sees_heading("Lines")
    visitor.finds_the_page_accessible()
    page.get_by_label("Facts").get_by_role("link", name=re.compile("^pur_")).click()
    auditor.presses(planted["earned"])
    visitor.sees_heading("Breakdown")


def test_the_journal_leaves_as_of_when_the_balances_are_shown(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor, lena = arrive(width="phone"), planted["lena"]
    auditor = sign_in(visitor, email=AUDITOR)
    auditor.opens("/cms/finance-reports/balances/")
    visitor.finds_the_page_accessible()

    rows = csv.DictReader(visitor.downloads("Journal CSV as of now").splitlines())
    owed = [row for row in rows if row["Mentor"] == lena and row["Account"].startswith("21")]
    assert [(row["Event"], row["Account"], row["Debit"], row["Credit"]) for row in owed] == [
        ("Payment: captured", "2110", "", "81.80"),
        ("Purchase: released", "2110", "81.80", ""),
        ("Purchase: released", "2120", "", "81.80"),
    ]
    text = visitor.downloads("Journal for hledger as of now")
    assert text.startswith("; Counterfoil's journal\ndecimal-mark .\n\ncommodity ")
    assert f"    Liabilities:2120 Mentor payable, available  USD -81.80  ; mentor:{lena}" in text
    assert visitor.downloaded == "journal.journal"

    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    auditor.fills("As of the end of", f"{yesterday}")
    visitor.page.get_by_role("button", name="Show", exact=True).click()
    visitor.sees("It is sealed: the same report says the same, whenever it is made.")
    sealed = visitor.downloads(f"Journal CSV as of {yesterday}")
    assert sealed.startswith("Booked on,Occurred at,Posted at,Entry,Event,Source,Memo,Account,")
    assert lena not in sealed
    assert visitor.downloaded == f"journal-{yesterday + timedelta(days=1)}T000000Z.csv"
