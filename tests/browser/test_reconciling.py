"""The bank's statement and a break, in a real browser: looked at, kept, answered with a posting."""

import re

from playwright.sync_api import expect

from tests.billing.treasury import files
from tests.browser.conftest import Arrive
from tests.browser.staff import AUDITOR, PREPARER, sign_in
from tests.journeys.demo import Demo

MAPPED = {"Day": "Booking date", "Money out": "Debit", "Money in": "Credit", "Text": "Purpose"}


def test_a_statement_is_brought_in_and_its_stranger_is_answered(arrive: Arrive, demo: Demo) -> None:
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
    finance.opens("/cms/breaks/?state=open&type=bank_line_unknown")
    visitor.finds_the_page_accessible()
    row = visitor.page.get_by_role("row").filter(has_text="$20.00")
    row.get_by_role("link", name="Unknown bank line").click()
    finance.presses("Resolve")
    finance.chooses("Post the difference to", "5190 Other operations")
    visitor.sees_heading("What will be posted")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "What the bank asks for the account.")
    finance.presses("Post $20.00 USD")

    finance.is_told("is resolved")
    visitor.sees("What the bank asks for the account.")

    auditor = sign_in(watcher, email=AUDITOR)
    auditor.opens("/cms/breaks/?state=open")
    watcher.finds_the_page_accessible()
    auditor.opens("/cms/bank-statements/")
    watcher.sees("march.csv")
    expect(watcher.page.get_by_role("link", name="Bring a statement in")).to_have_count(0)
