"""The market's reports on the screen: who looks, what the address asks for, the files' figures."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts import roles
from accounts.models import Category, Mentor
from billing.backoffice.market_reports import REPORTS
from billing.backoffice.market_view import PEOPLE, MarketReport
from billing.backoffice.report_view import MAY_SEE as LEDGER
from billing.ledger.totals import account_totals
from billing.models import Payment, Seal
from billing.reports.owed import PAYABLE
from kernel import clock
from kernel.display import money_text
from scheduling import offered
from tests.billing.ledger.books import EARLY, HOLD_OVER, refund
from tests.billing.reports.history import busy_month, completed, paid
from tests.billing.reports.test_as_of import another_month
from tests.cms.conftest import SignIn
from tests.factories import sessions
from tests.factories.billing import paid_session
from tests.factories.scheduling import open_mentor

LATER = datetime(2027, 4, 10, 9, 0, tzinfo=UTC)
SPRING = {"from": "2027-02-01", "to": "2027-04-10"}
OF_LEDGER = [report for report in REPORTS if report.of_ledger]
THEIRS = {report.slug for report in REPORTS if report.permissions == PEOPLE}
MAY_SEE = {
    roles.CONTENT_EDITOR: set(),
    roles.MENTOR_CURATOR: THEIRS,
    roles.SUPPORT: THEIRS,
    roles.FINANCE_PREPARER: {report.slug for report in REPORTS},
    roles.FINANCE_APPROVER: {report.slug for report in REPORTS},
    roles.AUDITOR: {report.slug for report in REPORTS},
    roles.MENTOR: set(),
    "nobody": set(),
}
named = pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.slug)


def a_world() -> None:
    """Everything that can happen to money; a client who came back; a cancellation."""
    busy_month()
    client = completed(paid()).purchase.client
    before = sessions.pending_session(client=client, starts_at=EARLY - timedelta(days=20))
    sessions.confirm(before)
    sessions.complete(before)
    cancelled, _ = paid_session()
    sessions.cancel(cancelled, at=EARLY, by="client", refund_bps=10_000)
    open_mentor()
    offered.record(now=LATER, zone="UTC", since=date(2027, 2, 26))


def look(browser: Client, report: type[MarketReport], **given: str) -> Any:
    with clock.travel(LATER):
        return browser.get(report.url(**{**SPRING, **given}))


def cells(html: str) -> list[list[list[str]]]:
    """The rows of every table, headings first, as a reader sees them."""
    tables = re.findall(r"<table>(.*?)</table>", html, re.S)
    return [
        [
            [
                unescape(re.sub(r"<[^>]*>", "", cell)).strip()
                for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
            ]
            for row in re.findall(r"<tr.*?</tr>", table, re.S)
        ]
        for table in tables
    ]


def number(shown: str) -> str:
    """What a spreadsheet holds for a figure on the screen."""
    return re.sub(r"[^0-9.\-]", "", shown.replace("−", "-").removesuffix("–"))


def test_support_and_curators_see_what_is_of_sessions() -> None:
    assert sorted(THEIRS) == ["cancellations", "utilisation"]
    assert {report.permissions for report in REPORTS} == {(LEDGER,), PEOPLE}


@pytest.mark.parametrize("group", MAY_SEE)
def test_a_group_sees_its_own_reports_and_their_files_and_no_others(
    group: str, sign_in: SignIn
) -> None:
    browser = sign_in(group)

    seen, filed = (
        {report.slug for report in REPORTS if look(browser, report, **given).status_code == 200}
        for given in ({}, {"export": "csv"})
    )

    assert seen == MAY_SEE[group]
    assert filed == MAY_SEE[group]


@pytest.mark.parametrize(
    ("group", "first"), [(roles.SUPPORT, "utilisation"), (roles.AUDITOR, "gmv"), ("nobody", "")]
)
def test_the_menu_leads_to_the_first_of_them(group: str, first: str, sign_in: SignIn) -> None:
    browser, way = sign_in(group), reverse("market_reports")

    home, led = browser.get(reverse("wagtailadmin_home")), browser.get(way)

    assert (way in home.content.decode()) == bool(first)
    assert led.status_code == 302
    assert (led["Location"] == reverse(f"market_{first}")) if first else "login" in led["Location"]


@named
def test_a_report_has_its_definition_a_plot_and_the_same_figures(
    report: type[MarketReport], sign_in: SignIn
) -> None:
    a_world()

    html = look(sign_in(roles.AUDITOR), report).content.decode()

    assert report.definition in unescape(html)
    assert '<svg viewBox="' in html
    assert 'class="cf-plot__unit"' in html
    marks = {
        number(title.rpartition(": ")[2])
        for title in re.findall(r"<title>([^<]*: [^<]*)</title>", html)
    }
    in_tables = {
        str(float(number(cell))) for table in cells(html) for row in table for cell in row[1:]
        if number(cell) and not cell.startswith("20")
    }  # fmt: skip
    assert marks
    assert {str(float(mark)) for mark in marks if mark} <= in_tables


@named
def test_both_files_hold_the_figures_of_the_table(
    report: type[MarketReport], sign_in: SignIn
) -> None:
    a_world()
    browser = sign_in(roles.AUDITOR)
    tables = cells(look(browser, report).content.decode())

    text = look(browser, report, export="csv").content.decode()
    book = load_workbook(BytesIO(look(browser, report, export="xlsx").content))

    rows = list(csv.reader(StringIO(text)))
    starts = [n + 1 for n, row in enumerate(rows) if not row]
    files = [
        rows[start + 1 : end - 1]
        for start, end in zip(starts, [*starts[1:], len(rows) + 1], strict=True)
    ]
    assert len(files) == len(tables) == len(book.worksheets) - 1
    for shown, filed, sheet in zip(tables, files, book.worksheets, strict=False):
        assert filed[0] == shown[0]
        booked = [["" if cell.value is None else cell.value for cell in row] for row in sheet]
        assert booked[0] == shown[0]
        assert len(shown) == len(filed) == len(booked) > 1
        for one, two, three in zip(shown[1:], filed[1:], booked[1:], strict=True):
            assert [number(cell) for cell in one[1:]] == two[1:]
            assert [float(cell) if cell else "" for cell in two[1:]] == three[1:]
            assert two[0] == three[0]


@named
def test_nothing_to_say_is_said(report: type[MarketReport], sign_in: SignIn) -> None:
    browser = sign_in(roles.AUDITOR)
    never = look(browser, report).content.decode()
    a_world()
    before = look(browser, report, **{"from": "2026-01-01", "to": "2026-01-31"}).content.decode()

    for html in (never, before):
        assert "<svg viewBox" not in html
        assert "cf-sheet" not in html
        assert "export=csv" not in html
        assert report.empty in unescape(html)


@named
def test_a_report_takes_the_same_queries_for_one_row_and_for_three(
    report: type[MarketReport], sign_in: SignIn
) -> None:
    browser = sign_in(roles.AUDITOR)

    def count(**given: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert look(browser, report, **given).status_code == 200
        return len(queries)

    def add() -> None:
        completed(paid())
        cancelled, payment = paid_session()
        refund(payment, 100, bearer="platform", at=EARLY)
        sessions.cancel(cancelled, at=EARLY, by="client", refund_bps=10_000)
        open_mentor()
        offered.record(now=LATER, zone="UTC", since=date(2027, 3, 1))

    add()
    look(browser, report)
    one = [count(), count(export="csv"), count(**{"from": "2027-03-01"})]
    add()
    add()

    assert [count(), count(export="csv"), count(**{"from": "2027-03-01"})] == one


@named
def test_the_address_says_it_all_again(report: type[MarketReport], sign_in: SignIn) -> None:
    """Filters, files and the other reports carry what was asked for."""
    a_world()
    category = Category.objects.create(name="Careers & more")
    Mentor.objects.update(category=category)
    mentor = Payment.objects.filter(currency="JPY")[0].purchase.mentor
    given = {"currency": "JPY", "category": str(category.pk), "mentor": mentor.user.email}

    html = look(sign_in(roles.AUDITOR), report, **given).content.decode()

    links = {unescape(one) for one in re.findall(r'href="([^"]*market-reports/[^"]*)"', html)}
    asked = [link for link in links if "from=2027-02-01" in link]
    assert len(asked) >= len(REPORTS)
    assert all(f"category={category.pk}" in link for link in asked)
    assert all(f"mentor={mentor.public_id}" in link for link in asked)
    assert "Careers &amp; more</option>" in html
    if report.of_ledger:
        assert "$" not in "".join(cell for table in cells(html) for row in table for cell in row)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"from": "2027-04-01", "to": "2027-03-01"}, "2027-03-01 lies before 2027-04-01."),
        ({"from": "yesterday"}, "Choose a day."),
        ({"from": "0001-01-01"}, "Choose one since 1970."),
        ({"mentor": "mtr_x"}, "There is no mentor mtr_x."),
        ({"mentor": "a\x00b"}, "There is no mentor ab."),
        ({"category": "x"}, "There is no such category any more."),
    ],
)
def test_what_cannot_be_meant_is_refused_in_place(
    given: dict[str, str], says: str, sign_in: SignIn
) -> None:
    page = look(sign_in(roles.AUDITOR), REPORTS[0], **given, export="csv")

    assert page.status_code == 400
    assert page["Content-Type"].startswith("text/html")
    html = unescape(page.content.decode())
    assert says in html
    assert REPORTS[0].empty not in html
    for name, typed in given.items():  # a day that is none, too, for it to be mended
        kept = page.context["given"][name]
        assert kept == typed


@pytest.mark.parametrize("report", OF_LEDGER, ids=lambda report: report.slug)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_as_of_a_day_the_file_is_the_same_after_a_month_of_postings(
    report: type[MarketReport], form: str, sign_in: SignIn
) -> None:
    busy_month()
    browser = sign_in(roles.AUDITOR)
    given = {"as_of": f"{HOLD_OVER + timedelta(days=1):%Y-%m-%d}", "export": form}
    with clock.travel(HOLD_OVER + timedelta(days=2)):
        first = browser.get(report.url(**SPRING, **given)).content
        now = browser.get(report.url(**SPRING, export=form)).content

    another_month()

    assert look(browser, report, **given).content == first
    assert Seal.objects.exists()
    # The negative control: without its day the same report is another.
    assert look(browser, report, export=form).content != now


def test_nobody_reports_what_has_not_come(sign_in: SignIn) -> None:
    page = look(sign_in(roles.AUDITOR), REPORTS[0], as_of="2027-04-10")

    assert page.status_code in {400, 409}
    assert "is not over" in page.content.decode()


def test_the_liability_on_the_screen_is_the_balance_of_the_ledger(sign_in: SignIn) -> None:
    busy_month()
    owed = -sum(
        total.balance_minor
        for total in account_totals()
        if total.code in PAYABLE and total.currency == "USD"
    )
    report = next(one for one in REPORTS if one.slug == "liability")

    table = cells(look(sign_in(roles.AUDITOR), report).content.decode())[0]

    assert table[-1][0] == "April 2027 (1–10), so far"
    assert table[-1][-1] == money_text(owed, "USD", code=False)


def test_a_figure_of_a_whole_month_opens_its_lines(sign_in: SignIn) -> None:
    busy_month()
    browser = sign_in(roles.AUDITOR)
    html = look(browser, REPORTS[0], currency="JPY").content.decode()

    (link,) = re.findall(r'<td><a href="([^"]*)">¥7,500', html)

    assert "¥7,500" in browser.get(unescape(link)).content.decode()


def test_the_markets_clock_counts(sign_in: SignIn, settings: object) -> None:
    paid_session()  # on 27 February at 15:00 UTC, which is the 28th in Auckland
    report, browser = REPORTS[0], sign_in(roles.AUDITOR)
    given = {"from": "2027-02-27", "to": "2027-02-28"}
    here = cells(look(browser, report, **given).content.decode())[0]
    settings.MARKET_TIME_ZONE = "Pacific/Auckland"  # type: ignore[attr-defined]
    there = look(browser, report, **given).content.decode()

    assert [row[2] for row in here] == ["Sales", "1", "0", "1"]
    assert [row[2] for row in cells(there)[0]] == ["Sales", "0", "1", "1"]
    assert "Days are those of Pacific/Auckland." in there


@pytest.mark.parametrize(("old", "new"), [("market", "gmv"), ("liability", "liability")])
def test_the_old_addresses_lead_to_the_new_ones(old: str, new: str, sign_in: SignIn) -> None:
    answer = sign_in(roles.AUDITOR).get(f"/cms/finance-reports/{old}/?currency=JPY")

    assert answer["Location"] == f"{reverse(f'market_{new}')}?currency=JPY"
