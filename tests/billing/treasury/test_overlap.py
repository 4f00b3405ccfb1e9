"""Overlapping statements: nothing is lost and nothing doubled, and where nobody knows, one asks."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing.models import BankAccount, BankLine, BankStatement
from billing.treasury import statements
from billing.treasury.formats import Mapping
from billing.treasury.overlap import Decision, OutOfStep, Undecided
from kernel.models import AuditEntry
from tests.billing.treasury import files
from tests.billing.treasury.test_formats import MAPPED

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 7, 9, 0, tzinfo=UTC)
PLAIN = Mapping(date="Date", text="Text", amount="Amount")


@pytest.fixture
def account() -> BankAccount:
    return BankAccount.objects.create(
        name="Main", number="GB33BUKB20201555555555", currency="USD", since=date(2027, 3, 1),
        created_at=NOW,
    )  # fmt: skip


def bring(
    account: BankAccount,
    text: str,
    *,
    decision: Decision | None = None,
    despite: bool = False,
    now: datetime = NOW,
) -> statements.Brought:
    mapping = {"My": MAPPED, "Da": PLAIN}.get(text[:2])
    return statements.bring_in(
        account_id=account.pk, filename="export", data=text.encode(), by=None, now=now,
        mapping=mapping, decision=decision, despite=despite,
    )  # fmt: skip


def mt940(*fees: str, opening: str, closing: str, day: str = "270305") -> str:
    """A file of one day, of fees alone."""
    lines = "".join(f":61:{day}D{fee},00NMSCNONREF\n:86:FEE\n" for fee in fees)
    return (
        f":20:S\n:25:GB33BUKB20201555555555\n:28C:1/1\n:60F:C{day}USD{opening},00\n{lines}"
        f":62F:C{day}USD{closing},00\n"
    )


def amounts() -> list[int]:
    return sorted(line.amount_minor for line in BankLine.objects.all())


def test_the_same_fee_in_two_files_of_a_day_is_two_fees_where_the_balances_say_so(
    account: BankAccount,
) -> None:
    bring(account, mt940("20", opening="100", closing="80"))

    brought = bring(account, mt940("20", opening="80", closing="60"))

    assert (brought.new, brought.known) == (1, 0)
    assert amounts() == [-2_000, -2_000]


def test_the_same_fee_in_a_longer_export_is_one_fee(account: BankAccount) -> None:
    bring(account, mt940("20", opening="100", closing="80"))

    brought = bring(account, mt940("20", "5", opening="100", closing="75"))

    assert (brought.new, brought.known) == (1, 1)
    assert amounts() == [-2_000, -500]


def test_the_same_days_in_another_form_are_not_kept_twice(account: BankAccount) -> None:
    bring(account, files.CSV.format(key="po_1"))

    brought = bring(account, files.camt(key="po_1"))  # other words for the same two lines

    assert (brought.new, brought.known) == (0, 2)
    assert amounts() == [-2_000, 97_070]


def test_without_balances_a_person_decides(account: BankAccount) -> None:
    bring(account, "Date,Text,Amount\n2027-03-05,Fee,-20.00\n")
    again = "Date,Text,Amount\n2027-03-05,Fee,-20.00\n2027-03-05,Rent,-900.00\n"

    with pytest.raises(Undecided, match="1 of the file's lines"):
        bring(account, again)
    assert BankStatement.objects.count() == 1
    brought = bring(account, again, decision=Decision(new=False))

    assert (brought.new, brought.known) == (1, 1)
    assert amounts() == [-90_000, -2_000]
    assert AuditEntry.objects.filter(data__decided=True).count() == 1


@pytest.mark.parametrize(
    ("decision", "kept"),
    [
        (Decision(new=True), [-2_000, -2_000, -2_000, -2_000]),
        (Decision(new=True, but=frozenset({0})), [-2_000, -2_000, -2_000]),
        (Decision(new=False, but=frozenset({0, 7})), [-2_000, -2_000, -2_000]),
        (Decision(new=False), [-2_000, -2_000]),
    ],
)
def test_a_decision_may_have_exceptions(
    account: BankAccount, decision: Decision, kept: list[int]
) -> None:
    two = "Date,Text,Amount\n2027-03-05,{0},-20.00\n2027-03-05,{0},-20.00\n"
    bring(account, two.format("Fee"))

    bring(account, two.format("Charges"), decision=decision)

    assert amounts() == kept


def test_a_statement_that_is_missing_in_between_is_said(account: BankAccount) -> None:
    bring(account, mt940("20", opening="100", closing="80"))
    later = mt940("5", opening="70", closing="65", day="270309")

    with pytest.raises(OutOfStep, match=r"stood at \$80\.00 USD; .* \$75\.00 USD, .* \$65\.00 USD"):
        bring(account, later)
    assert amounts() == [-2_000]
    bring(account, mt940("10", opening="80", closing="70", day="270307"))
    bring(account, later)

    assert amounts() == [-2_000, -1_000, -500]


def test_a_person_may_keep_what_the_balances_contradict(account: BankAccount) -> None:
    bring(account, mt940("20", opening="100", closing="80"))

    bring(account, mt940("5", opening="70", closing="65", day="270309"), despite=True)
    bring(account, mt940("5", opening="65", closing="60", day="270310"))

    assert amounts() == [-2_000, -500, -500]
    assert AuditEntry.objects.filter(data__despite=True).count() == 1


def test_a_wrong_decision_is_told_from_the_balances(account: BankAccount) -> None:
    bring(account, mt940("20", opening="100", closing="80"))

    with pytest.raises(OutOfStep, match="taken for another"):
        bring(account, mt940("20", opening="80", closing="60"), decision=Decision(new=False))


def test_lines_that_come_to_nothing_are_for_a_person(account: BankAccount) -> None:
    both = "Date,Text,Amount,Saldo\n2027-03-05,In,10.00,20.00\n2027-03-05,Out,-10.00,10.00\n"
    account.mapping = {"date": "Date", "text": "Text", "amount": "Amount", "balance": "Saldo"}
    account.save()

    def keep(text: str) -> None:
        statements.bring_in(
            account_id=account.pk, filename="x", data=text.encode(), by=None, now=NOW
        )

    keep(both)

    with pytest.raises(Undecided, match="2 of"):
        keep(f"{both}\n")


def test_an_older_statement_may_come_later(account: BankAccount) -> None:
    bring(account, mt940("20", opening="100", closing="80"))

    brought = bring(account, mt940("7", opening="107", closing="100", day="270302"))

    assert brought.new == 1


def test_days_without_balances_are_counted_from_the_last_that_had_one(
    account: BankAccount,
) -> None:
    bring(account, mt940("20", opening="100", closing="80"))
    bring(account, "Date,Text,Amount\n2027-03-06,Fee,-10.00\n")

    assert bring(account, mt940("5", opening="70", closing="65", day="270309")).new == 1


def test_lines_after_a_balance_count_whenever_they_were_brought_in(account: BankAccount) -> None:
    """Else the balances would say that the same fee is another one, and it were kept twice."""
    bring(account, "Date,Text,Amount\n2027-03-06,Fee,-10.00\n")
    later = NOW + timedelta(hours=1)
    bring(account, mt940("20", opening="100", closing="80"), now=later)

    brought = bring(account, mt940("10", opening="80", closing="70", day="270306"), now=later)

    assert (brought.new, brought.known) == (0, 1)
    assert amounts() == [-2_000, -1_000]
