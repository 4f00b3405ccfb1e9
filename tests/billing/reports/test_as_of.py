"""A report as of an instant, made again after a month of postings, is the same file."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.core.management import CommandError, call_command

from billing import costs
from billing.ledger import entries, posting
from billing.ledger.export import export_journal
from billing.models import Entry, Payment
from billing.reports import files
from tests.billing.ledger.books import HOLD_OVER, gateway_says, refund
from tests.billing.ledger.test_periods import february_closed
from tests.billing.reports.history import busy_month
from tests.factories.billing import PAID_AT, paid_session
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

AS_OF = HOLD_OVER + timedelta(hours=12)
NOW = AS_OF + timedelta(hours=1)
LATER = NOW + timedelta(days=31)
Make = Callable[[datetime], str]


def report_file(name: str, now: datetime) -> str:
    return files.make(report=name, as_of=AS_OF, now=now)


def journal_file(form: str, now: datetime) -> str:
    return "".join(export_journal(form=form, as_of=AS_OF, now=now))


REPORTS: dict[str, Make] = {
    **{name: partial(report_file, name) for name in files.REPORTS},
    **{form: partial(journal_file, form) for form in ("csv", "hledger")},
}


def another_month() -> None:
    """What is posted after the instant; much of it happened, or says it was posted, before it."""
    busy_month(at=LATER)
    first = Payment.objects.earliest("created_at", "id")
    gateway_says(refund(first, 100, bearer="mentor", at=LATER), "succeeded", at=LATER)
    costs.enter(
        day=date(2027, 2, 20), account="5110", amount_minor=123, currency="USD",
        supplier="A late bill", by=UserFactory(), now=LATER,
    )  # fmt: skip
    payment = Payment.objects.filter(state="succeeded", currency="USD")[0]
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    slow = posting.gateway_fee(
        subject=subject, balance_transaction_id="txn_slow", fee_minor=17, at=PAID_AT
    )
    assert entries.post(slow, posted_at=AS_OF - timedelta(hours=1))
    payment.purchase.mentor.user.name = "=Renamed"
    payment.purchase.mentor.user.save()


@pytest.mark.parametrize("report", REPORTS)
def test_the_file_is_the_same_after_a_month_of_postings(report: str) -> None:
    busy_month()
    first = REPORTS[report](NOW)
    before = Entry.objects.count()

    another_month()

    assert Entry.objects.count() > 1.8 * before
    assert REPORTS[report](LATER) == first
    assert first.count("\n") > 1


@pytest.mark.parametrize("report", REPORTS)
def test_without_its_instant_the_same_report_is_another(
    report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a month of postings does show in each of them."""
    busy_month()
    first = REPORTS[report](NOW)

    another_month()
    monkeypatch.setattr("tests.billing.reports.test_as_of.AS_OF", LATER + timedelta(hours=1))

    again = REPORTS[report](LATER + timedelta(hours=2))
    assert sorted(again.splitlines()[1:]) != sorted(first.splitlines()[1:])


def test_without_the_seal_a_slow_posting_would_change_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control of the seal itself."""
    monkeypatch.setattr("billing.ledger.seals.seal", lambda **_: None)
    busy_month()
    first = REPORTS["trial-balance"](NOW)

    another_month()

    assert REPORTS["trial-balance"](LATER) != first


def test_closing_the_month_changes_no_report_of_before() -> None:
    paid_session()
    made = {name: make(NOW) for name, make in REPORTS.items()}

    february_closed()

    assert {name: make(NOW) for name, make in REPORTS.items()} == made


def test_nobody_reports_what_has_not_come() -> None:
    with pytest.raises(CommandError, match="is not over"):
        call_command("finance_report", "trial-balance", as_of=datetime(2999, 1, 1, tzinfo=UTC))


def test_a_file_is_named_by_its_last_day() -> None:
    assert files.file_name("aged-debts", as_of=datetime(2027, 4, 1, tzinfo=UTC)) == (
        "aged-debts-2027-03-31.csv"
    )
