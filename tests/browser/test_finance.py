"""Finance at its desk, in a real browser: a refund, and a payout run from build to done."""

import csv
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import money
from tests.browser.conftest import Arrive
from tests.browser.staff import APPROVER, AUDITOR, PREPARER, sign_in
from tests.journeys.demo import Demo

RUN = re.compile(r"/cms/payout-runs/([0-9a-f-]{36})/")


@pytest.fixture(scope="module")
def planted(demo: Demo) -> Iterator[dict[str, str]]:
    """A paid session, two mentors with money of whom one has no account, and a run that waits."""
    yield money.plant(demo, "paid", "payable", "waiting_run")


def test_a_payment_is_refunded_in_part_after_its_postings_were_seen(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    finance.opens(f"/cms/payments/{planted['payment']}/")
    visitor.finds_the_page_accessible()

    finance.presses("Refund")
    finance.fills("How much of the price", "10.75")
    expect(visitor.page.get_by_role("button", name="Refund $10.75 USD")).to_be_enabled()
    visitor.sees_heading("What will be posted")
    finance.chooses("Cause", "The mentor's doing")
    visitor.sees_heading("Who gives what: the mentor bears the gateway's fee")
    visitor.finds_the_page_accessible()
    finance.fills("Why", "The call dropped for a while.")
    finance.presses("Refund $10.75 USD")

    finance.is_told(re.compile(r"\$10\.75 USD is on its way to the client as rfd_"))
    visitor.sees("The call dropped for a while.")
    visitor.sees_heading("Refund")


def test_a_payout_run_goes_from_build_to_done_by_two_people(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    first, second = arrive(), arrive(width="phone")
    preparer = sign_in(first, email=PREPARER)
    preparer.opens("/cms/payout-runs/")
    preparer.presses("Build a run")
    first.sees("Marta Payable")
    first.sees("No verified payout account")
    first.finds_the_page_accessible()
    preparer.presses(re.compile(r"^Build a run of \d+ payouts?, "))
    preparer.presses("Discard")
    first.finds_the_page_accessible()
    preparer.presses(re.compile(r"^Discard \d+ payouts?, "))
    first.sees("Discarded by Fiona Marsh")
    preparer.opens("/cms/payout-runs/build/")
    preparer.presses(re.compile(r"^Build a run of \d+ payouts?, "))
    preparer.presses("Freeze")
    first.finds_the_page_accessible()
    preparer.presses(re.compile(r"^Freeze \d+ payouts?, "))
    preparer.is_told(re.compile("Frozen with the hash"))
    expect(first.page.get_by_role("link", name="Approve")).to_have_count(0)
    run = RUN.search(first.page.url)
    assert run is not None

    approver = sign_in(second, email=APPROVER)
    approver.opens(run[0])
    approver.presses("Approve")
    second.finds_the_page_accessible()
    approver.presses(re.compile(r"^Approve and pay \$"))
    approver.is_told("is approved and on its way")
    # The page keeps itself in step until the last payout is answered for.
    second.sees(re.compile(r"(\d+) of \1 answered for"))
    second.sees("Done")

    preparer.opens(f"{run[0]}print/")
    first.sees("Hash (SHA-256 of who is paid what")
    first.finds_the_page_accessible()


def test_a_run_that_waits_for_the_gateways_money_is_sent_again(
    arrive: Arrive, demo: Demo, planted: dict[str, str]
) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    finance.opens(f"/cms/payout-runs/{planted['run']}/")
    visitor.sees("0 of 1 answered for")
    visitor.sees(re.compile("^It waits: .*balance there is too low"))
    visitor.finds_the_page_accessible()
    money.sell(demo.sandbox_url, amount_minor=10_000, currency="eur")
    finance.presses("Send again")
    visitor.sees("Wanda Waiting")
    visitor.finds_the_page_accessible()
    finance.presses("Send €81.80 EUR again")

    visitor.sees("Every payout was answered for")  # the page follows its run
    visitor.sees("Payout run sent again")
    visitor.sees("1 of 1 answered for")
    of_the_run = visitor.page.get_by_label("Facts").get_by_text(re.compile("^[0-9a-f]{64}$"))
    paid, total = csv.DictReader(visitor.downloads("CSV").splitlines())
    told = ("Mentor", "Status", "Amount", "Currency")
    assert [paid[name] for name in told] == ["Wanda Waiting", "paid", "81.80", "EUR"]
    assert [total[name] for name in told] == ["1 payout", "done", "81.80", "EUR"]
    assert paid["Hash of the run"] == total["Hash of the run"] == of_the_run.inner_text()


def test_an_auditor_looks_and_finds_no_button(arrive: Arrive, planted: dict[str, str]) -> None:
    visitor = arrive()
    auditor = sign_in(visitor, email=AUDITOR)
    auditor.opens(f"/cms/payments/{planted['payment']}/")

    visitor.sees_heading("Breakdown")
    expect(visitor.page.get_by_role("link", name="Refund", exact=True)).to_have_count(0)
