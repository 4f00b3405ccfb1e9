"""The screens of the books: every total opens its lines; costs and periods by their dialogs."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from billing.backoffice.lines import LineIndexView, lines_url
from billing.backoffice.report_owed import BalancesReport
from billing.backoffice.reports import REPORTS
from billing.ledger.totals import account_totals
from billing.models import Cost, Entry, Line, PeriodClose
from kernel import clock
from kernel.ids import uuid7
from tests.billing.ledger.books import HOLD_OVER, refund
from tests.billing.ledger.test_periods import NOW, reconciled
from tests.billing.payouts import world
from tests.billing.reports.history import busy_month
from tests.cms.conftest import SignIn
from tests.factories.billing import paid_session

REFUSED = [roles.SUPPORT, roles.CONTENT_EDITOR, roles.MENTOR_CURATOR]
LATER = datetime(2027, 4, 10, 9, 0, tzinfo=UTC)


def totals_below(html: str) -> list[str]:
    """The figures of the totals below a list, of its first currency."""
    body = html.partition('class="cf-totals"')[2].partition("<tbody")[2].partition("</tr>")[0]
    return re.findall(r'cf-money">([^<]+)<', body)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.slug)
def test_each_report_reads_now_and_as_of_a_day(sign_in: SignIn, report: type) -> None:
    busy_month()
    browser = sign_in(roles.AUDITOR)
    with clock.travel(LATER):
        for currency in ("USD", "JPY", "KWD"):
            for day in ("", "2027-03-31"):
                url = report.url(as_of=day, currency=currency)  # type: ignore[attr-defined]
                page = browser.get(url)
                assert page.status_code == 200, url
                assert "cf-sheet" in page.content.decode()
        export = browser.get(report.url(as_of="2027-03-31", export="csv"))  # type: ignore[attr-defined]
        future = browser.get(report.url(as_of="2027-04-10"))  # type: ignore[attr-defined]

    assert export["Content-Type"] == "text/csv; charset=utf-8"
    assert export.content.startswith(b"Report,")
    assert future.status_code == 409
    assert "is not over" in future.content.decode()


def test_every_balance_opens_the_lines_that_make_it(sign_in: SignIn) -> None:
    busy_month()
    browser = sign_in(roles.AUDITOR)

    html = browser.get(reverse("report_balances")).content.decode()

    links = {unescape(link) for link in re.findall(r'href="([^"]*ledger-lines/[^"]*)"', html)}
    assert len(links) == 3 * len(account_totals())
    for total in account_totals()[:6]:
        url = lines_url(account=total.code, currency=total.currency, gateway=total.gateway)
        assert url in links
        listed = browser.get(url)
        assert listed.context["paginator"].count == total.lines


def test_the_total_of_a_screen_opens_just_its_lines(sign_in: SignIn) -> None:
    payment = world.earned()
    refund(payment, 10_000, bearer="mentor", at=HOLD_OVER)
    purchase, available = payment.purchase, Q(account="2120:USD")
    screens = [
        ("payments", payment.pk, "Total", Q(purchase=purchase)),
        ("refunds", payment.refunds.get().pk, "Total", Q(entry__source_type="refund")),
        ("mentor-balances", f"{purchase.mentor_id}-USD", "−$3.20", available),
    ]
    browser = sign_in(roles.AUDITOR)

    for name, pk, words, wanted in screens:
        html = browser.get(reverse(f"{name}:inspect", args=[pk])).content.decode()
        link = re.search(rf'href="([^"]*ledger-lines/[^"]*)">[^/]*{re.escape(words)}', html)
        assert link is not None, name
        listed = browser.get(unescape(link[1])).context["object_list"]
        lines = Line.objects.filter(wanted)
        assert {line.pk for line in listed} == {line.pk for line in lines} != set(), name
        assert reverse("ledger:inspect", args=[lines[0].entry_id]) in html, name


@pytest.mark.parametrize("key", ["gmv", "4010", "5100"])
def test_a_figure_of_the_month_opens_its_lines(sign_in: SignIn, key: str) -> None:
    busy_month()
    browser = sign_in(roles.FINANCE_PREPARER)
    with clock.travel(LATER):
        html = browser.get(reverse("report_profit")).content.decode()
    wanted = {"gmv": "kind=captured", "4010": "account=4010", "5100": "account=5100"}[key]
    links = [unescape(one) for one in re.findall(r'<td><a href="([^"]*)">', html)]
    figures = [unescape(one) for one in re.findall(r'<td><a href="[^"]*">([^<]*)<', html)]
    url, figure = next(pair for pair in zip(links, figures, strict=True) if wanted in pair[0])

    page = browser.get(url).content.decode()

    debit, credit, _ = totals_below(page)
    shown = {"gmv": debit, "4010": credit, "5100": debit}[key]
    assert shown == f"{figure.removeprefix('−')} USD"


def test_lines_are_found_by_every_filter(sign_in: SignIn) -> None:
    busy_month()
    browser = sign_in(roles.AUDITOR)
    line = Line.objects.filter(account__code="2110", currency="USD", amount_minor__lt=0)[0]
    assert line.mentor is not None
    assert line.purchase is not None
    asked = {
        "account": "2110", "currency": "USD", "month": "2027-02", "as_of": "2027-03-31",
        "mentor": line.mentor.public_id, "purchase": line.purchase.public_id,
        "source_type": "payment", "kind": "captured", "side": "credit",
    }  # fmt: skip

    found = browser.get(reverse("ledger-lines:index"), asked)

    assert [row.pk for row in found.context["object_list"]] == [line.pk]
    for name, wrong in (("month", "2027-13"), ("side", "debit"), ("purchase", "pur_x")):
        none = browser.get(reverse("ledger-lines:index"), {**asked, name: wrong})
        assert not none.context["object_list"], name


def test_a_page_of_lines_costs_what_it_shows(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count ends where leafing ends; the queries are as many with three times the lines."""
    monkeypatch.setattr("kernel.backoffice.paging.MOST_LISTED", 5)
    browser = sign_in(roles.AUDITOR)
    paid_session()
    browser.get(reverse("ledger-lines:index"))

    def look() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(reverse("ledger-lines:index"))
        return len(queries), page.context["paginator"].count

    one = look()
    assert (
        "These are the first 5 in this order"
        in browser.get(reverse("ledger-lines:index")).content.decode()
    )
    paid_session()
    paid_session()

    assert look() == one
    assert one[1] == 5
    assert LineIndexView.default_ordering == "-pk"


@pytest.mark.parametrize("form", ["csv", "hledger"])
def test_the_journal_is_streamed_to_those_who_see_the_ledger(sign_in: SignIn, form: str) -> None:
    paid_session()

    answer = sign_in(roles.AUDITOR).get(reverse(f"journal_{form}"))

    assert answer.streaming
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Payment: captured" in text
    assert sign_in(roles.MENTOR_CURATOR).get(reverse(f"journal_{form}")).status_code == 302


def test_the_journal_is_offered_as_of_when_the_balances_are_shown(sign_in: SignIn) -> None:
    browser, journal = sign_in(roles.AUDITOR), reverse("journal_csv")
    with clock.travel(LATER):
        now = browser.get(BalancesReport.url()).content.decode()
        then = browser.get(BalancesReport.url(as_of="2027-03-31")).content.decode()

    assert f'href="{journal}">Journal CSV as of now<' in now
    assert f'href="{journal}?as_of=2027-03-31">Journal CSV as of 2027-03-31<' in then


@pytest.mark.parametrize("group", REFUSED)
def test_nobody_else_sees_the_books(group: str, sign_in: SignIn) -> None:
    browser = sign_in(group)

    for name in ("report_balances", "report_profit", "ledger-lines:index", "costs:index"):
        assert browser.get(reverse(name)).status_code == 302, name


# Costs and periods


def cost_form(browser: Client, **changed: object) -> dict[str, object]:
    """Fill the form in and bring back the hash of what it shows."""
    given: dict[str, object] = {
        "day": "2027-03-01", "account": "5100", "amount": "49.90", "currency": "EUR",
        "supplier": "Hetzner", "memo": "", "token": str(uuid7()), **changed,
    }  # fmt: skip
    shown = browser.post(reverse("enter_cost"), {**given, "act": "look"}).content.decode()
    found = re.search(r'name="seen-enter" value="([0-9a-f]*)"', shown)
    assert found is not None
    return {**given, "act": "enter", "seen-enter": found[1]}


def test_finance_enters_a_cost_with_its_postings_shown(sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    with clock.travel(NOW):
        form = cost_form(browser)
        shown = browser.post(reverse("enter_cost"), {**form, "act": "look"}).content.decode()
        done = browser.post(reverse("enter_cost"), form, follow=True).content.decode()
        browser.post(reverse("enter_cost"), form)  # the button was pressed twice

    assert "Enter €49.90 EUR" in shown
    assert "5100 Servers" in shown
    assert Cost.objects.get().amount_minor == 4_990
    assert "€49.90 EUR to Hetzner is entered." in done
    assert Entry.objects.count() == 1


def test_a_cost_is_taken_back(sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_APPROVER)
    with clock.travel(NOW):
        browser.post(reverse("enter_cost"), cost_form(browser))
        url = reverse("reverse_cost", args=[Cost.objects.get().pk])
        shown = browser.get(url).content.decode()
        found = re.search(r'name="seen-reverse" value="([0-9a-f]+)"', shown)
        assert found is not None
        given = {"act": "reverse", "seen-reverse": found[1], "reason": "Twice."}
        done = browser.post(url, given, follow=True).content.decode()

    assert "Take €49.90 EUR back" in shown
    assert "is taken back as cst_" in done
    assert Cost.objects.filter(reverses__isnull=False).count() == 1


@pytest.mark.parametrize("group", [roles.MENTOR, *REFUSED, roles.AUDITOR])
def test_nobody_else_enters_costs_or_closes_even_with_a_forged_form(
    group: str, sign_in: SignIn
) -> None:
    with clock.travel(NOW):
        finance = sign_in(roles.FINANCE_PREPARER)
        forged = cost_form(finance)
        finance.post(reverse("enter_cost"), cost_form(finance))
        cost = Cost.objects.get()
        browser = sign_in(group)
        for name, arguments in (
            ("enter_cost", []), ("reverse_cost", [cost.pk]),
            ("propose_period", []), ("close_period", [uuid7()]),
        ):  # fmt: skip
            url = reverse(name, args=arguments)
            assert browser.get(url).status_code == 302, name
            assert browser.post(url, {**forged, "act": "reverse", "reason": "x"}).status_code == 302

    assert Cost.objects.count() == 1
    assert not PeriodClose.objects.exists()


def proposed(browser: Client) -> PeriodClose:
    shown = browser.get(reverse("propose_period")).content.decode()
    assert "Propose to close February 2027" in shown
    found = re.search(r'name="seen-propose" value="([0-9a-f]+)"', shown)
    assert found is not None
    browser.post(reverse("propose_period"), {"act": "propose", "seen-propose": found[1]})
    return PeriodClose.objects.get()


def test_a_month_is_closed_by_two_people(sign_in: SignIn) -> None:
    paid_session()
    reconciled()
    preparer, approver = sign_in(roles.FINANCE_PREPARER), sign_in(roles.FINANCE_APPROVER)
    with clock.travel(NOW):
        period = proposed(preparer)
        url = reverse("close_period", args=[period.pk])
        forged = preparer.post(url, {"act": "close"})
        done = approver.post(url, {"act": "close"}, follow=True).content.decode()

    period.refresh_from_db()
    assert forged.status_code == 409
    assert period.state == "closed"
    assert "February 2027 is closed." in done


def test_whoever_proposed_a_month_does_not_close_it_here_either(sign_in: SignIn) -> None:
    paid_session()
    reconciled()
    approver = sign_in(roles.FINANCE_APPROVER)
    with clock.travel(NOW):
        period = proposed(approver)
        url = reverse("close_period", args=[period.pk])
        shown, refused = approver.get(url).content.decode(), approver.post(url, {"act": "close"})

    assert "You proposed it. Another person closes it." in shown
    assert refused.status_code == 409
    period.refresh_from_db()
    assert period.state == "proposed"


def test_the_first_screen_shows_what_waits_to_be_closed(sign_in: SignIn) -> None:
    paid_session()
    reconciled()
    with clock.travel(NOW):
        proposed(sign_in(roles.FINANCE_PREPARER))
        home = sign_in(roles.FINANCE_APPROVER).get(reverse("wagtailadmin_home")).content.decode()

    assert "periods to close" in home
    assert "February 2027" in home
