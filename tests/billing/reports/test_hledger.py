"""hledger reads our journal, finds nothing to object to, and adds up the same balances."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from billing.ledger.export import export_journal
from billing.ledger.hledger import amount_text
from billing.ledger.totals import account_totals
from billing.models import Entry
from tests import hledger
from tests.billing.ledger.books import HOLD_OVER
from tests.billing.reports.every_kind import KINDS, every_kind
from tests.billing.reports.history import busy_month

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(hledger.find() is None, reason=hledger.MISSING),
]

NOW = HOLD_OVER + timedelta(hours=1)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    every_kind()
    path = tmp_path / "books.journal"
    path.write_text("".join(export_journal(form="hledger", now=NOW)), encoding="utf-8")
    return path


def test_hledger_agrees_with_every_balance_we_show(journal: Path) -> None:
    # A kind that `called_for` knows and this history has not is one that hledger has not seen.
    rows = Entry.objects.values_list("source_type", "kind").distinct()
    assert {f"{source}: {kind}" for source, kind in rows} == KINDS

    found = hledger.balances(journal)

    assert found == hledger.ours(account_totals())
    assert len(found) > 15
    assert {currency for _, currency in found} == {"USD", "JPY", "KWD", "EUR"}


def test_hledger_check_strict_passes(journal: Path) -> None:
    hledger.run(journal, "check", "--strict", "ordereddates")


def test_a_cent_that_is_missing_would_be_seen(journal: Path) -> None:
    """The negative control: hledger does add up what is written."""
    text = journal.read_text()
    journal.write_text(text.replace("USD 100.00", "USD 100.01", 1))

    with pytest.raises(AssertionError, match="balance"):
        hledger.balances(journal)


def test_an_account_that_is_not_declared_would_be_seen(journal: Path) -> None:
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(one for one in lines if not one.startswith("account Assets")))

    with pytest.raises(AssertionError, match="undeclared account"):
        hledger.run(journal, "check", "--strict")


def test_tags_lead_from_a_balance_to_its_source(journal: Path) -> None:
    entry = Entry.objects.get(kind="recognised", source_type="purchase", lines__currency="JPY",
                              lines__amount_minor__lt=0)  # fmt: skip

    printed = hledger.run(journal, "print", f"tag:entry={entry.pk}")

    assert "Purchase: recognised" in printed
    assert "source:pur_" in printed
    assert "Income:4010 Commission" in printed


def test_a_journal_of_one_month_begins_with_its_opening_balances(tmp_path: Path) -> None:
    busy_month()
    path = tmp_path / "march.journal"

    call_command("export_journal", "--since", "2027-03-01", "--out", str(path))

    assert "* Opening balances" in path.read_text()
    assert path.read_text().count("Payment: captured") == 0  # all of them in February
    assert hledger.balances(path) == hledger.ours(account_totals())


def test_amounts_have_the_digits_of_their_currency() -> None:
    assert [amount_text(-8_180, "USD"), amount_text(5, "JPY"), amount_text(1_250, "KWD")] == [
        "USD -81.80",
        "JPY 5",
        "KWD 1.250",
    ]
