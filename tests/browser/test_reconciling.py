"""The bank's statement and a break, in a real browser: looked at, kept, answered with a posting."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from tests.billing.treasury import files
from tests.browser import money
from tests.browser.conftest import Arrive
from tests.browser.staff import APPROVER, AUDITOR, PREPARER, Staff, sign_in
from tests.journeys.demo import Demo

MAPPED = {"Day": "Booking date", "Money out": "Debit", "Money in": "Credit", "Text": "Purpose"}


def test_a_statement_is_brought_in_and_its_strangers_are_answered(
    arrive: Arrive, demo: Demo
) -> None:
    visitor, watcher = arrive(), arrive(width="phone")
    finance = sign_in(visitor, email=PREPARER)
    finance.opens("/cms/bank-accounts/add/")
    visitor.finds_the_page_accessible()
    finance.fills("Name", "Main account")
    finance.fills("Statements from", "2027-03-01")
    finance.presses("Add the account")
    finance.is_told("Main account (USD) is kept.")

    finance.presses("Bring a statement in")
    visitor.finds_the_page_accessible()
    csv = files.CSV.format(key="of nobody").encode()
    visitor.page.get_by_label("File", exact=True).set_input_files(
        {"name": "march.csv", "mimeType": "text/csv", "buffer": csv}
    )
    finance.presses("Read the file")
    for label, column in MAPPED.items():
        expect(visitor.page.get_by_label(label, exact=True)).to_have_value(column)
    visitor.sees_heading("The first rows, and what is made of them")
    visitor.finds_the_page_accessible()
    finance.presses("Keep 2 new lines")
    finance.is_told(re.compile("2 new lines, 0 known before"))
    visitor.sees("Monthly fee")

    done = demo.manage("reconcile", "--gateway", "stripe")
    assert done.returncode == 0, done.stderr
    _resolves_the_line_of(finance, "$20.00")
    finance.chooses("Post the difference to", "5190 Other operations")
    visitor.sees_heading("What will be posted")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "What the bank asks for the account.")
    finance.presses("Post $20.00 USD")

    finance.is_told("is resolved")
    visitor.sees("What the bank asks for the account.")

    _resolves_the_line_of(finance, "$970.70")
    finance.chooses("Post the difference to", "5190 Other operations")
    finance.fills("Why", "Paid back by a supplier.")
    finance.presses("Post $970.70 USD, once another person approves")
    finance.is_told("waits for another person's approval")
    visitor.finds_the_page_accessible()
    broken = urlsplit(visitor.page.url).path

    approver = sign_in(watcher, email=APPROVER)
    approver.opens(broken)
    approver.presses("Decide on the answer")
    watcher.sees("Paid back by a supplier.")
    watcher.sees_heading("What will be posted")
    watcher.finds_the_page_accessible()
    approver.presses("Approve and post $970.70 USD")
    approver.is_told("is resolved")


@pytest.fixture
def unheard(demo: Demo) -> Iterator[dict[str, str]]:
    """A break: a payout to our bank came back to the gateway, whose events are held."""
    try:
        yield money.plant(demo, "unheard")
    finally:
        httpx.post(f"{demo.sandbox_url}/_sandbox/webhooks/release", json={}, timeout=20)


def test_the_gateway_is_asked_about_a_break_and_its_answer_is_booked(
    arrive: Arrive, unheard: dict[str, str]
) -> None:
    visitor = arrive(width="phone")
    finance = sign_in(visitor, email=PREPARER)
    finance.opens(f"/cms/breaks/{unheard['unheard']}/")
    visitor.sees("Ours paid out, theirs returned")
    posted = visitor.page.get_by_role("row").filter(has_text="SEK 968.50")
    expect(posted.filter(has_text="Gateway payout: sent")).to_have_count(2)
    expect(posted.filter(has_text="Gateway payout: failed")).to_have_count(0)
    finance.presses("Ask the gateway")
    visitor.finds_the_page_accessible()
    finance.presses("Ask Stripe")

    finance.is_told("The gateway was asked, and what it said is booked; the next run looks again.")
    back = posted.filter(has_text="Gateway payout: failed")
    expect(back).to_contain_text(["1100 Gateway clearing", "1120 Gateway payouts in transit"])
    visitor.finds_the_page_accessible()
    finance.opens(f"/cms/gateway-payouts/?q={unheard['payout_there']}")
    row = visitor.page.get_by_role("row").filter(has_text=unheard["payout_there"])
    expect(row).to_contain_text("Failed")


def test_an_auditor_looks_at_breaks_and_statements(arrive: Arrive) -> None:
    visitor = arrive(width="phone")
    auditor = sign_in(visitor, email=AUDITOR)
    auditor.opens("/cms/breaks/?state=open")
    visitor.finds_the_page_accessible()
    auditor.opens("/cms/bank-statements/")
    visitor.finds_the_page_accessible()
    expect(visitor.page.get_by_role("link", name="Bring a statement in")).to_have_count(0)


def _resolves_the_line_of(finance: Staff, amount: str) -> None:
    """Open the break of the bank's line, and the dialog that answers it."""
    finance.opens("/cms/breaks/?state=open&type=bank_line_unknown")
    finance.visitor.finds_the_page_accessible()
    row = finance.visitor.page.get_by_role("row").filter(has_text=amount)
    row.get_by_role("link", name="Unknown bank line").click()
    finance.presses("Resolve")
