"""The books in a real browser: a cost is entered, and a report opens the lines behind it."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.staff import AUDITOR, PREPARER, sign_in

REPORTS = ("balances", "fees", "ages", "profit")
MARKET = (
    "gmv",
    "take-rate",
    "refund-rate",
    "liability",
    "retention",
    "utilisation",
    "cancellations",
)
PDF = b"%PDF-1.4\n%%EOF\n"


def test_a_cost_is_entered_and_the_months_profit_opens_its_lines(arrive: Arrive) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    finance.opens("/cms/costs/")
    finance.presses("Enter a cost")
    finance.fills("Supplier", "Hetzner")
    finance.fills("Amount", "48.40")
    visitor.sees_heading("What will be posted")
    visitor.finds_the_page_accessible()
    finance.presses(re.compile(r"\$48\.40 USD"))
    finance.is_told(re.compile(r"\$48\.40 USD"))

    finance.opens("/cms/finance-reports/profit/?currency=USD")
    visitor.finds_the_page_accessible()
    finance.presses("$48.40")

    line = visitor.page.get_by_role("row").filter(has_text="$48.40")
    expect(line.filter(has_text="5100").first).to_be_visible()
    visitor.finds_the_page_accessible()

    line.get_by_role("link", name=re.compile("^cst_")).first.click()
    finance.presses("Take it back")
    visitor.sees_heading("What will be posted")
    finance.fills("Why", "It was the wrong month.")
    visitor.finds_the_page_accessible()
    finance.presses(re.compile(r"\$48\.40 USD"))
    finance.is_told(re.compile("is taken back as cst_"))


def test_a_costs_paper_is_kept_beside_it_and_opened_again(arrive: Arrive) -> None:
    visitor = arrive(width="phone")
    page = visitor.page
    finance = sign_in(visitor, email=PREPARER)
    finance.opens("/cms/costs/enter/")
    finance.chooses("For", "5110 Development")  # the other test's month is of servers
    finance.fills("Supplier", "Papier & Söhne")
    finance.fills("Amount", "12.30")
    page.get_by_label("Invoice or receipt").set_input_files(
        {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": b"#!/bin/sh\n"}
    )
    visitor.sees("invoice.pdf is none of PDF, PNG, JPEG, whatever its name says.")
    button = page.get_by_role("button", name="Enter $12.30 USD")
    expect(button).to_be_disabled()
    visitor.finds_the_page_accessible()
    page.get_by_label("Invoice or receipt").set_input_files(
        {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(button).to_be_enabled()
    finance.presses("Enter $12.30 USD")

    finance.is_told("$12.30 USD to Papier & Söhne is entered.")
    visitor.finds_the_page_accessible()
    assert visitor.downloads("invoice.pdf") == PDF.decode()
    assert visitor.downloaded == "invoice.pdf"


def test_an_auditor_reads_every_report_on_a_phone(arrive: Arrive) -> None:
    visitor = arrive(width="phone")
    auditor = sign_in(visitor, email=AUDITOR)

    for slug in REPORTS:
        auditor.opens(f"/cms/finance-reports/{slug}/")
        visitor.finds_the_page_accessible()


def test_an_auditor_reads_the_market_on_a_phone(arrive: Arrive) -> None:
    visitor = arrive(width="phone")
    auditor = sign_in(visitor, email=AUDITOR)

    for slug in MARKET:
        auditor.opens(f"/cms/market-reports/{slug}/")
        visitor.finds_the_page_accessible()
