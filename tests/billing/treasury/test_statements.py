"""A statement is brought in once, line by line; what names a payout is its arrival (leg C)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import Error, connection, transaction

from billing import reconciliation, treasury
from billing.gateways.treasury import GatewayPayout as Seen
from billing.gateways.treasury import GatewayPayoutStatus
from billing.ledger.checks import check_books
from billing.models import (
    BankAccount,
    BankLine,
    BankMatch,
    BankStatement,
    Break,
    GatewayPayout,
    Line,
)
from billing.treasury import arrivals, outcome, statements
from billing.treasury.formats import Unreadable
from billing.treasury.overlap import Decision, Undecided
from billing.treasury.statements import AnotherAccount, OutOfBalance, SameFile
from tests.billing.reconciliation.test_matching import Listing, listing
from tests.billing.treasury import files
from tests.billing.treasury.test_formats import MAPPED

__all__ = ["listing"]

SENT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)  # a Wednesday; it is to arrive on Friday the 5th
NOW = datetime(2027, 3, 7, 9, 0, tzinfo=UTC)
LATE = datetime(2027, 3, 13, tzinfo=UTC)  # five business days after Friday, at their end
KEY = "po_1AbCdEfGh"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stage() -> Iterator[None]:
    yield
    found = [each.breaches for each in check_books(now=NOW).findings if each.breaches]
    assert found == []


@pytest.fixture
def account() -> BankAccount:
    return BankAccount.objects.create(
        name="Main", number="GB33BUKB20201555555555", currency="USD", since=date(2027, 3, 1),
        created_at=SENT,
    )  # fmt: skip


def seen(
    key: str = KEY, *, amount: int = 97_070, reference: str = "", currency: str = "USD"
) -> Seen:
    return Seen(
        id=key,
        status=GatewayPayoutStatus.PAID,
        amount_minor=amount,
        currency=currency,
        created_at=SENT,
        arrives_on=date(2027, 3, 5),
        reference=reference,
    )


def payout(
    key: str = KEY, *, amount: int = 97_070, reference: str = "", currency: str = "USD"
) -> GatewayPayout:
    told = seen(key, amount=amount, reference=reference, currency=currency)
    return treasury.apply(gateway="stripe", seen=told, now=SENT)


def bring(account: BankAccount, text: str, *, name: str = "march.sta") -> statements.Brought:
    return statements.bring_in(
        account_id=account.pk, filename=name, data=text.encode(), by=None, now=NOW,
        mapping=MAPPED if text.startswith("My Bank") else None,
    )  # fmt: skip


def books() -> dict[str, int]:
    found: dict[str, int] = {}
    for line in Line.objects.all():
        found[line.account_id] = found.get(line.account_id, 0) + line.amount_minor
    return {account: amount for account, amount in found.items() if amount}


def leg_c(*, now: datetime) -> dict[str, int]:
    result = reconciliation.run(
        gateway="stripe", since=SENT - timedelta(days=1), until=SENT + timedelta(days=1), now=now
    )
    rows = Break.objects.filter(leg="C", state="open", last_run=result.run)
    return {row.type: rows.filter(type=row.type).count() for row in rows}


@pytest.mark.parametrize(
    "text",
    [files.CSV.format(key=KEY), files.MT940.format(key=KEY), files.camt(key=KEY)],
    ids=["csv", "mt940", "camt"],
)
def test_a_line_that_names_a_payout_is_its_arrival(
    account: BankAccount, listing: Listing, text: str
) -> None:
    sent = payout()
    assert sent.arrived_at is None  # the gateway says paid; here the bank has to

    brought = bring(account, text)

    sent.refresh_from_db()
    assert (brought.new, brought.known, brought.matched) == (2, 0, 1)
    assert sent.arrived_at == datetime(2027, 3, 5, tzinfo=UTC)
    assert sent.match.by == "id"
    assert books() == {"1010:USD": 97_070, "1100:stripe:USD": -97_070}
    assert leg_c(now=LATE) == {"bank_line_unknown": 1}  # the monthly fee


def test_the_gateways_reference_is_a_key_as_well(account: BankAccount) -> None:
    sent = payout("po_other", reference="TR ace-0815")

    bring(account, files.MT940.format(key="ref. TRACE0815 /x"))

    sent.refresh_from_db()
    assert sent.match.by == "reference"


def test_amount_and_day_only_suggest(account: BankAccount) -> None:
    sent = payout("po_other")

    bring(account, files.MT940.format(key="without a key"))

    line = BankLine.objects.get(amount_minor=97_070)
    assert [found.pk for found in arrivals.suggestions(line=line)] == [sent.pk]
    sent.refresh_from_db()
    assert sent.arrived_at is None

    with transaction.atomic():
        arrivals.match_by_hand(line_id=line.pk, payout_id=sent.pk, now=NOW)

    sent.refresh_from_db()
    assert sent.arrived_at == datetime(2027, 3, 5, tzinfo=UTC)
    with pytest.raises(arrivals.AlreadyMatched), transaction.atomic():
        arrivals.match_by_hand(line_id=line.pk, payout_id=sent.pk, now=NOW)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("2703050305C970,70NTRFNONREF", True),
        ("3003050305C970,70NTRFNONREF", False),  # three years on
        ("2702280228C970,70NTRFNONREF", False),  # before it was sent
        ("2703050305D970,70NTRFNONREF", False),  # it went out
    ],
)
def test_a_reference_counts_about_its_time_and_in_its_direction(
    account: BankAccount, line: str, *, named: bool
) -> None:
    sent = payout("po_other", reference="TRACE0815")

    bring(account, f":20:S\n:25:{account.number}\n:60F:C270201USD0,00\n:61:{line}\n:86:TRACE0815\n")

    sent.refresh_from_db()
    assert (sent.arrived_at is not None) is named


def test_a_line_is_not_matched_with_what_it_cannot_be(account: BankAccount) -> None:
    bring(account, files.MT940.format(key="without a key"))
    came_in = BankLine.objects.get(amount_minor=97_070)
    went_out = BankLine.objects.get(amount_minor=-2_000)
    euros, failed, sent = payout("po_euro", currency="EUR"), payout("po_failed"), payout("po_sent")
    with transaction.atomic():
        outcome.fail(GatewayPayout.objects.select_for_update().get(pk=failed.pk), at=NOW, now=NOW)

    for line, other, said in (
        (came_in, euros, "in USD and the payout in EUR"),
        (came_in, failed, "came to nothing"),
        (went_out, sent, "the other went out"),
    ):
        with pytest.raises(arrivals.CannotMatch, match=said), transaction.atomic():
            arrivals.match_by_hand(line_id=line.pk, payout_id=other.pk, now=NOW)
    assert not BankMatch.objects.exists()


def test_a_text_that_two_payouts_share_matches_neither(account: BankAccount) -> None:
    first, second = (payout(f"po_{n}", reference="STRIPE PAYOUT") for n in (1, 2))

    assert bring(account, files.MT940.format(key="")).matched == 0
    assert {first.state, second.state} == {"in_transit"}


def test_a_payout_that_does_not_arrive_is_timing_for_five_business_days(
    account: BankAccount, listing: Listing
) -> None:
    payout()

    assert leg_c(now=LATE - timedelta(seconds=1)) == {}
    assert leg_c(now=LATE + timedelta(seconds=1)) == {"bank_line_missing": 1}
    bring(account, files.MT940.format(key=KEY))
    assert leg_c(now=LATE + timedelta(seconds=1)) == {"bank_line_unknown": 1}
    assert Break.objects.get(type="bank_line_missing").state == "closed"


def test_another_amount_at_the_bank_is_never_booked(account: BankAccount, listing: Listing) -> None:
    sent = payout(amount=97_000)

    bring(account, files.MT940.format(key=KEY))

    sent.refresh_from_db()
    assert sent.arrived_at is None
    assert leg_c(now=NOW) == {"amount": 1, "bank_line_unknown": 1}
    found = Break.objects.get(type="amount")
    assert (found.ours_minor, found.theirs_minor) == (97_000, 97_070)


def test_a_text_that_stands_in_any_line_is_no_key_without_the_amount(account: BankAccount) -> None:
    sent = payout("po_other", amount=97_000, reference="COUNTERFOIL")

    brought = bring(account, files.MT940.format(key="COUNTERFOIL"))

    sent.refresh_from_db()
    assert (brought.matched, BankMatch.objects.filter(payout=sent).exists()) == (0, False)


def test_what_was_to_arrive_before_the_account_was_kept_the_gateway_says(listing: Listing) -> None:
    """Its bank line is asked for nowhere, so it must not wait for one."""
    on_its_way = replace(seen(), status=GatewayPayoutStatus.IN_TRANSIT)
    treasury.apply(gateway="stripe", seen=on_its_way, now=SENT)
    BankAccount.objects.create(
        name="Main", number="GB33BUKB20201555555555", currency="USD", since=date(2027, 3, 6),
        created_at=NOW,
    )  # fmt: skip

    treasury.apply(gateway="stripe", seen=seen(), now=NOW)

    assert books() == {"1010:USD": 97_070, "1100:stripe:USD": -97_070}
    assert leg_c(now=LATE) == {}


def test_without_a_bank_account_there_is_no_third_leg(listing: Listing) -> None:
    payout()

    assert leg_c(now=LATE + timedelta(days=30)) == {}
    assert books() == {"1010:USD": 97_070, "1100:stripe:USD": -97_070}


def test_the_same_file_is_refused_and_an_overlapping_one_is_merged(account: BankAccount) -> None:
    text = files.MT940.format(key=KEY)
    bring(account, text)

    with pytest.raises(SameFile, match="as march"):
        bring(account, text, name="again.sta")
    more = text.replace(
        ":62F:C270306USD1950,70",
        ":61:2703060306D20,00NMSCNONREF\n:86:MONTHLY FEE\n:62F:C270306USD1930,70",
    )
    brought = bring(account, more)

    assert (brought.new, brought.known) == (1, 2)  # a second fee that is like the first
    assert sorted(line.amount_minor for line in BankLine.objects.all()) == [-2_000, -2_000, 97_070]


def test_lines_that_do_not_lead_to_the_closing_balance_refuse_the_file(
    account: BankAccount,
) -> None:
    with pytest.raises(OutOfBalance, match=r"\$1\.00 USD is not explained"):
        bring(account, files.camt(closing="1951.70"))

    assert BankStatement.objects.count() == BankLine.objects.count() == 0


def test_a_file_of_another_account_is_refused(account: BankAccount) -> None:
    other = files.camt().replace("GB33BUKB20201555555555", "DE89370400440532013000")

    with pytest.raises(AnotherAccount, match="DE8937"):
        bring(account, other)


def test_bad_rows_are_listed_and_the_mended_file_brings_only_them(account: BankAccount) -> None:
    account.mapping = {"date": "Date", "amount": "Amount"}
    account.save()
    bad = "Date,Amount\n2027-03-05,970.70\nyesterday,-20.00\n"

    first = bring(account, bad)
    mended = bad.replace("yesterday", "2027-03-06").encode()
    with pytest.raises(Undecided):
        bring(account, mended.decode())
    second = statements.bring_in(
        account_id=account.pk,
        filename="mended.csv",
        data=mended,
        by=None,
        now=NOW,
        decision=Decision(new=False),
    )

    assert (first.new, first.statement.errors) == (
        1, [{"row": 3, "problem": "yesterday is no day of this form."}],
    )  # fmt: skip
    assert (second.new, second.known, second.statement.errors) == (1, 1, [])


def test_a_file_without_one_good_row_keeps_nothing(account: BankAccount) -> None:
    with pytest.raises(Unreadable, match="no column"):
        statements.bring_in(
            account_id=account.pk,
            filename="x.csv",
            data=b"a,b\n1,2\n",
            by=None,
            now=NOW,
            mapping=MAPPED,
        )

    account.refresh_from_db()
    assert account.mapping == {}
    assert BankStatement.objects.count() == 0


def test_lines_and_statements_are_history(account: BankAccount) -> None:
    bring(account, files.MT940.format(key=KEY))

    for table in ("billing_bankline", "billing_bankstatement"):
        with (
            pytest.raises(Error, match="history"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")
