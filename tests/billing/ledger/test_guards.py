"""What the database itself refuses, whoever types the SQL."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import Error, connection, transaction

from billing.ledger import entries, posting, seals
from billing.ledger.chart import Code
from billing.models import Entry, LedgerAccount, Line, Payment, Purchase, Refund
from billing.states import DISPUTE, PAYMENT, PAYOUT, PAYOUT_ACCOUNT, PAYOUT_RUN, REFUND
from kernel.ids import uuid7
from tests.billing.ledger.books import EARLY, balances_of, earn, refund
from tests.factories import sessions
from tests.factories.billing import PAID_AT, open_payment, paid_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    return paid_session()[1]


def run(statement: str, *parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("table", ["billing_entry", "billing_line", "billing_ledgeraccount"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_history_refuses_changes(payment: Payment, table: str, verb: str) -> None:
    column = {"billing_entry": "memo", "billing_line": "currency"}.get(table, "gateway")
    before = (Entry.objects.count(), Line.objects.count(), LedgerAccount.objects.count())

    with pytest.raises(Error, match="are history"):
        run(verb.format(table, column, column))

    assert (Entry.objects.count(), Line.objects.count(), LedgerAccount.objects.count()) == before


def test_lines_that_do_not_balance_are_refused(payment: Payment) -> None:
    line = Line.objects.filter(purchase=payment.purchase_id, account__code="2200").get()
    before = balances_of(payment)

    with pytest.raises(Error, match="out of balance by -1500 USD"):
        run(
            "INSERT INTO billing_line (entry_id, account_id, mentor_id, purchase_id, "
            "amount_minor, currency) SELECT entry_id, account_id, mentor_id, purchase_id, "
            "amount_minor, currency FROM billing_line WHERE id = %s",
            line.pk,
        )

    assert balances_of(payment) == before


@pytest.mark.parametrize(
    ("account", "currency", "column", "constraint"),
    [
        ("2120:USD", "USD", "mentor_id", "names_its_mentor"),
        ("2200:USD", "USD", "purchase_id", "names_its_purchase"),
        ("2120:USD", "EUR", "", "in_its_accounts_currency"),
    ],
)
def test_a_line_carries_what_its_account_demands(
    payment: Payment, account: str, currency: str, column: str, constraint: str
) -> None:
    facts: dict[str, Any] = {
        "mentor_id": payment.purchase.mentor_id,
        "purchase_id": payment.purchase_id,
    }
    facts.update({column: None} if column else {})

    with pytest.raises(Error, match=f"billing_line_{constraint}"):
        run(
            "INSERT INTO billing_line (entry_id, account_id, mentor_id, purchase_id, "
            "amount_minor, currency) VALUES (%s, %s, %s, %s, 5, %s), (%s, %s, %s, %s, -5, %s)",
            *(2 * [Entry.objects.first().pk, account, *facts.values(), currency]),  # type: ignore[union-attr]
        )


def test_an_account_is_called_by_its_facts() -> None:
    with pytest.raises(Error, match="billing_ledgeraccount_key"), transaction.atomic():
        LedgerAccount.objects.create(key="2110:EUR", code="2110", gateway="", currency="USD")


def test_the_second_posting_of_a_fact_does_nothing(payment: Payment) -> None:
    before = balances_of(payment)
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    draft = posting.gateway_fee(
        subject=subject,
        balance_transaction_id=f"txn_{payment.pk.hex}",
        fee_minor=999,
        at=PAID_AT + timedelta(days=1),
    )

    assert entries.post(draft, posted_at=PAID_AT) is False

    assert balances_of(payment) == before


def test_a_posting_opens_the_account_that_it_needs(payment: Payment) -> None:
    subject = posting.Subject(
        purchase_id=payment.purchase_id,
        mentor_id=payment.purchase.mentor_id,
        currency="USD",
        gateway="paypal",
        recognised=False,
        released=False,
    )

    posted = entries.post(
        posting.gateway_fee(
            subject=subject, balance_transaction_id="txn_1", fee_minor=7, at=PAID_AT
        ),
        posted_at=PAID_AT,
    )

    assert posted is True
    account = LedgerAccount.objects.get(key="1100:paypal:USD")
    assert (account.code, account.gateway, account.currency) == ("1100", "paypal", "USD")
    assert Line.objects.get(account=account).amount_minor == -7


def test_many_entries_are_posted_together_and_only_once(payment: Payment) -> None:
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    drafts = [
        posting.gateway_fee(
            subject=subject, balance_transaction_id=f"txn_{n}", fee_minor=n, at=PAID_AT
        )
        for n in range(4)  # of which the first has no line: nothing to post
    ]

    assert entries.post_all(drafts, posted_at=PAID_AT) == 3
    assert entries.post_all(drafts, posted_at=PAID_AT) == 0


def test_a_batch_with_a_twin_in_it_writes_the_others_and_the_twin_once(payment: Payment) -> None:
    subject = entries.subject_of(purchase=payment.purchase, gateway="paypal")
    fees = [
        posting.gateway_fee(
            subject=subject, balance_transaction_id=f"txn_{n}", fee_minor=n, at=PAID_AT
        )
        for n in range(1, 2 * entries.COPIED_FROM + 1)
    ]
    first, second = fees[: entries.COPIED_FROM], fees[entries.COPIED_FROM - 1 :]
    before = Line.objects.count()

    assert entries.post_all(first, posted_at=PAID_AT) == entries.COPIED_FROM
    assert entries.post_all([*second, second[-1]], posted_at=PAID_AT) == entries.COPIED_FROM

    assert Line.objects.count() == before + 2 * len(fees)
    clearing = Line.objects.filter(account="1100:paypal:USD")
    assert -sum(clearing.values_list("amount_minor", flat=True)) == sum(range(1, len(fees) + 1))


def test_a_batch_that_the_database_refuses_is_refused_as_a_whole(payment: Payment) -> None:
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    drafts = [
        posting.gateway_fee(
            subject=subject, balance_transaction_id=f"txn_{n}", fee_minor=1, at=PAID_AT
        )
        for n in range(entries.COPIED_FROM)
    ]
    before = Entry.objects.count()
    # A cent is lost on the way to the database.
    [debit, credit] = drafts[-1].lines
    object.__setattr__(drafts[-1], "lines", (debit, credit._replace(amount_minor=-2)))

    with pytest.raises(Error, match="out of balance by -1 USD"), transaction.atomic():
        entries.post_all(drafts, posted_at=PAID_AT)

    assert Entry.objects.count() == before


def test_an_entry_of_two_mentors_keeps_each_lines_own(payment: Payment) -> None:
    other = paid_session()[1]
    lines = tuple(
        entries.subject_of(purchase=one.purchase, gateway="").line(Code.FEE_RECOVERY, amount)
        for one, amount in ((payment, 5), (other, -5))
    )

    posted = entries.post(posting.Draft("odd", "test", "1", PAID_AT, lines), posted_at=PAID_AT)

    assert posted is True
    found = Line.objects.filter(entry__kind="odd").order_by("id")
    assert list(found.values_list("mentor_id", "purchase_id", "amount_minor")) == [
        (payment.purchase.mentor_id, payment.purchase_id, 5),
        (other.purchase.mentor_id, other.purchase_id, -5),
    ]


def test_an_unbalanced_draft_is_never_sent() -> None:
    subject = posting.Subject(uuid7(), uuid7(), "USD", "stripe", recognised=False, released=False)

    with pytest.raises(posting.Unbalanced, match="'USD': 5"):
        posting.Draft("odd", "test", "1", PAID_AT, (subject.line(Code.GATEWAY_FEES, 5),))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_purchase SET price_minor = 10001, mentor_minor = 8181",
        "UPDATE billing_purchase SET commission_bps = 0",
        "UPDATE billing_payment SET amount_minor = 1",
    ],
)
def test_amounts_and_terms_are_frozen(payment: Payment, statement: str) -> None:
    with pytest.raises(Error, match="were frozen with it"):
        run(statement)

    payment.refresh_from_db()
    assert payment.amount_minor == 10_000
    assert payment.purchase.price_minor == 10_000


@pytest.mark.parametrize("table", ["billing_purchase", "billing_payment"])
def test_what_was_bought_and_paid_stays(payment: Payment, table: str) -> None:
    with pytest.raises(Error, match="are history"):
        run(f"DELETE FROM {table}")

    assert Payment.objects.filter(pk=payment.pk).exists()


def test_a_purchase_is_recognised_once(payment: Payment) -> None:
    sessions.complete(payment.purchase.booked)
    earn(at=PAID_AT + timedelta(days=30))

    with pytest.raises(Error, match="recognised or released already"):
        run("UPDATE billing_purchase SET recognised_at = NULL")

    assert Purchase.objects.get(pk=payment.purchase_id).recognised_at is not None


def test_refunds_beyond_the_captured_amount_are_refused_by_the_database(payment: Payment) -> None:
    refund(payment, 6000, bearer="platform", at=EARLY)
    copied = (
        "INSERT INTO billing_refund (id, payment_id, amount_minor, currency, cause, bearer, "
        "share_minor, mentor_minor, commission_minor, fee_minor, fee_waived_minor, state, key, "
        "requested_by, reason, failure_code, dropped_by, dropped_reason, created_at) "
        "SELECT gen_random_uuid(), payment_id, amount_minor, currency, cause, bearer, share_minor, "
        "mentor_minor, commission_minor, fee_minor, fee_waived_minor, state, 'again', '', '', '', "
        "'', '', created_at FROM billing_refund"
    )

    with pytest.raises(Error, match="billing_payment_refunds_within_captured"):
        run(copied)  # 60.00 and 60.00 of 100.00

    payment.refresh_from_db()
    assert (payment.pending_refund_minor, payment.refunded_minor) == (6000, 0)
    assert Refund.objects.count() == 1


def test_nothing_is_refunded_of_a_payment_that_was_not_captured() -> None:
    payment = open_payment(sessions.pending_session())

    with pytest.raises(Error, match="billing_payment_refunds_of_captured"), transaction.atomic():
        Refund.objects.create(
            payment=payment,
            amount_minor=100,
            currency="USD",
            cause="goodwill",
            bearer="platform",
            share_minor=100,
            mentor_minor=82,
            commission_minor=15,
            fee_minor=3,
            key="k",
            requested_by="usr_test",
            created_at=PAID_AT,
        )

    assert Refund.objects.count() == 0


def test_a_second_live_payment_of_a_purchase_is_refused(payment: Payment) -> None:
    with pytest.raises(Error, match="billing_payment_one_live"), transaction.atomic():
        Payment.objects.create(
            purchase=payment.purchase,
            gateway="stripe",
            amount_minor=10_000,
            currency="USD",
            created_at=PAID_AT,
        )

    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("machine", "migration", "name"),
    [
        (PAYMENT, "0002_guards", "PAYMENT_PAIRS"),
        (REFUND, "0002_guards", "REFUND_PAIRS"),
        (DISPUTE, "0013_dispute_guards", "DISPUTE_PAIRS"),
        (PAYOUT_ACCOUNT, "0009_payout_guards", "PAYOUT_ACCOUNT_PAIRS"),
        (PAYOUT_RUN, "0009_payout_guards", "PAYOUT_RUN_PAIRS"),
        (PAYOUT, "0026_payouts_revived", "PAYOUT_PAIRS"),
    ],
    ids=["payment", "refund", "dispute", "payout account", "payout run", "payout"],
)
def test_the_database_knows_the_machines_of_today(machine: Any, migration: str, name: str) -> None:
    """The migration holds a copy of the table; this is what keeps it true."""
    guards = import_module(f"billing.migrations.{migration}")

    assert getattr(guards, name) == [(str(a), str(b)) for a, b in machine.pairs()]


def test_a_role_that_does_not_own_the_tables_can_post_and_nothing_else(payment: Payment) -> None:
    """What docs/money.md tells an operator to grant ("Rights") is enough, and is no more."""
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    draft = posting.gateway_fee(
        subject=subject, balance_transaction_id="txn_app", fee_minor=7, at=PAID_AT
    )
    run("CREATE ROLE counterfoil_test_app")
    run(
        "GRANT SELECT, INSERT ON billing_entry, billing_line, billing_ledgeraccount, "
        "billing_seal, billing_periodtotal TO counterfoil_test_app; "
        "GRANT SELECT ON billing_periodclose TO counterfoil_test_app"
    )
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET LOCAL ROLE counterfoil_test_app")

    posted = entries.post(draft, posted_at=PAID_AT)
    seals.seal(as_of=PAID_AT, now=PAID_AT)  # though it may not lock the table by itself
    with pytest.raises(Error, match="permission denied for table billing_entry"):
        run("LOCK TABLE billing_entry IN SHARE ROW EXCLUSIVE MODE")
    with pytest.raises(Error, match="permission denied for table billing_line"):
        run("UPDATE billing_line SET amount_minor = 0")
    with pytest.raises(Error, match="permission denied for table billing_entry"):
        run("DELETE FROM billing_entry")

    assert posted is True
    run("RESET ROLE")
    assert Line.objects.filter(entry__source_id="stripe:txn_app").count() == 2
