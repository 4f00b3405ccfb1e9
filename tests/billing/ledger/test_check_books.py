"""check_books: sound books pass, and each invariant reports the tampering that breaks it.

The guards have to be taken away first, which takes an owner's rights; that shows too (I8).
"""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from billing.ledger.checks import INVARIANTS, Report, check_books
from billing.models import Line, Payment
from tests.billing.ledger.books import (
    EARLY,
    HOLD_OVER,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.factories import sessions
from tests.factories.billing import paid_session
from tests.factories.people import MentorFactory

pytestmark = pytest.mark.django_db

TABLES = (
    "billing_entry",
    "billing_line",
    "billing_purchase",
    "billing_payment",
    "billing_refund",
    "billing_dispute",
    "billing_disputeloss",
    "billing_creditmovement",
    "billing_clientcredit",
    "billing_unwinding",
)


@pytest.fixture
def payment() -> Payment:
    """A busy purchase: completed and released, with a refund sent and another pending."""
    session, payment = paid_session()
    sent = refund(payment, 1000, bearer="platform", at=EARLY)
    gateway_says(sent, "succeeded", at=EARLY)
    sessions.complete(session)
    earn(at=HOLD_OVER)
    refund(payment, 500, bearer="mentor", at=HOLD_OVER)
    return payment


def broken(report: Report) -> set[str]:
    return {finding.invariant.code for finding in report.findings if not finding.ok}


def tamper(*statements: str) -> None:
    """Change history as its owner could: with every guard of the tables switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def line_of(payment: Payment, code: str) -> int:
    line = Line.objects.filter(purchase=payment.purchase_id, account__code=code).order_by("pk")
    return line.values_list("pk", flat=True)[0]


def test_sound_books_pass(payment: Payment) -> None:
    report = check_books(now=HOLD_OVER)

    assert broken(report) == set()
    assert [finding.invariant.code for finding in report.findings] == [
        invariant.code for invariant in INVARIANTS
    ]
    assert sum(report.totals.values()) == 0
    # 10,000 captured, 320 to the gateway, 1,000 sent back.
    assert report.totals["1100:stripe:USD"] == 8680


def test_one_changed_cent_is_found(payment: Payment) -> None:
    tamper(
        f"UPDATE billing_line SET amount_minor = amount_minor - 1 "
        f"WHERE id = {line_of(payment, '2200')}"
    )

    report = check_books(now=HOLD_OVER)

    assert broken(report) == {"I1", "I2", "I4", "I10", "I11"}
    [breach] = next(f for f in report.findings if f.invariant.code == "I2").breaches
    assert (breach.id, breach.expected, breach.found) == ("USD", "0", "-1")


def test_a_deleted_entry_leaves_what_called_for_it(payment: Payment) -> None:
    tamper(
        "DELETE FROM billing_line WHERE entry_id IN "
        "(SELECT id FROM billing_entry WHERE kind = 'captured')",
        "DELETE FROM billing_entry WHERE kind = 'captured'",
    )

    report = check_books(now=HOLD_OVER)

    assert broken(report) == {"I4", "I10", "I11"}
    [breach] = next(f for f in report.findings if f.invariant.code == "I10").breaches
    assert breach.id == f"payment {payment.pk} succeeded"
    assert (breach.expected, breach.found) == ("captured", "nothing")


def test_an_entry_without_lines_is_found(payment: Payment) -> None:
    tamper(
        "DELETE FROM billing_line WHERE entry_id IN "
        "(SELECT id FROM billing_entry WHERE kind = 'gateway_fee')"
    )

    assert broken(check_books(now=HOLD_OVER)) == {"I1"}


def test_commission_moved_to_the_mentor_in_balance_is_found(payment: Payment) -> None:
    """A tampering that keeps I1, I2 and I4: the deferred commission is no longer empty."""
    tamper(
        f"UPDATE billing_line SET amount_minor = amount_minor - 7 "
        f"WHERE id = {line_of(payment, '2200')}",
        f"UPDATE billing_line SET amount_minor = amount_minor + 7 "
        f"WHERE id = {line_of(payment, '2110')}",
    )

    report = check_books(now=HOLD_OVER)

    assert broken(report) == {"I10", "I11"}
    finding = next(f for f in report.findings if f.invariant.code == "I11")
    assert [(breach.id, breach.expected, breach.found) for breach in finding.breaches] == [
        (f"2110 of purchase {payment.purchase_id}", "0", "7"),
        (f"2200 of purchase {payment.purchase_id}", "0", "-7"),
    ]


def test_a_line_moved_to_another_mentor_is_found(payment: Payment) -> None:
    other = MentorFactory()
    tamper(
        f"UPDATE billing_line SET mentor_id = '{other.pk}' WHERE id = {line_of(payment, '2110')}"
    )

    assert broken(check_books(now=HOLD_OVER)) == {"I11"}


def test_a_captured_amount_that_is_not_the_payments_is_found(payment: Payment) -> None:
    tamper(
        f"UPDATE billing_line SET amount_minor = amount_minor + 100 "
        f"WHERE id = {line_of(payment, '1100')}",
        f"UPDATE billing_line SET amount_minor = amount_minor - 100 "
        f"WHERE id = {line_of(payment, '4020')}",
    )

    assert broken(check_books(now=HOLD_OVER)) == {"I4", "I10"}


def test_forged_totals_of_a_payment_are_found(payment: Payment) -> None:
    tamper("UPDATE billing_payment SET refunded_minor = 0")

    report = check_books(now=HOLD_OVER)

    assert broken(report) == {"I5"}
    [breach] = next(f for f in report.findings if f.invariant.code == "I5").breaches
    assert breach.expected == ("refunded 1000, pending 500, disputed 0; lost 0, of at most 10000")
    assert breach.found == "refunded 0, pending 500, disputed 0"


def test_a_forged_refund_state_is_found(payment: Payment) -> None:
    tamper("UPDATE billing_refund SET state = 'failed' WHERE state = 'created'")

    assert broken(check_books(now=HOLD_OVER)) == {"I4", "I5", "I10", "I11"}


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ("ALTER TABLE billing_line DISABLE TRIGGER billing_line_append_only", "disabled"),
        ("DROP TRIGGER billing_entry_append_only ON billing_entry", "missing"),
        ("ALTER TABLE billing_line DISABLE TRIGGER billing_line_balanced", "disabled"),
        ("ALTER TABLE billing_refund DISABLE TRIGGER billing_refund_frozen", "disabled"),
        ("DROP TRIGGER billing_payment_not_given_back ON billing_payment", "missing"),
    ],
)
def test_a_guard_that_does_not_stand_is_found(payment: Payment, how: str, found: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(how)

    report = check_books(now=HOLD_OVER)

    assert broken(report) == {"I8"}
    [breach] = next(f for f in report.findings if f.invariant.code == "I8").breaches
    assert breach.found == found


def test_foreign_keys_that_are_not_asked_are_found(payment: Payment) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE billing_line DISABLE TRIGGER ALL")

    report = check_books(now=HOLD_OVER)

    assert broken(report) == {"I8"}
    found = {each.id for each in next(f for f in report.findings if f.count).breaches}
    assert {"billing_line_balanced", "billing_line_append_only"} < found
    assert any("entry_id" in name and "fk" in name for name in found)


def test_an_entry_posted_twice_is_found(payment: Payment) -> None:
    tamper(
        "ALTER TABLE billing_entry DROP CONSTRAINT billing_entry_once",
        "INSERT INTO billing_entry SELECT gen_random_uuid(), kind, source_type, source_id, "
        "occurred_at, posted_at, memo, booked_at FROM billing_entry WHERE kind = 'gateway_fee'",
    )

    report = check_books(now=HOLD_OVER)

    assert broken(report) == {"I1", "I9"}  # the copy has no lines


def test_the_command_prints_one_object_and_succeeds(payment: Payment) -> None:
    out = StringIO()

    call_command("check_books", stdout=out)

    printed = json.loads(out.getvalue())
    assert printed["ok"] is True
    assert printed["invariants"]["I4"] == {
        "ok": True,
        "says": printed["invariants"]["I4"]["says"],
        "count": 0,
        "rows": [],
    }
    assert printed["totals"]["2300:USD"] == -500


@pytest.fixture
def one_cent_off(payment: Payment) -> Callable[[], None]:
    def change() -> None:
        tamper(
            f"UPDATE billing_line SET amount_minor = amount_minor - 1 "
            f"WHERE id = {line_of(payment, '4020')}"
        )

    return change


def test_the_command_fails_on_a_break(one_cent_off: Callable[[], None]) -> None:
    one_cent_off()
    out = StringIO()

    with pytest.raises(SystemExit) as exit_:
        call_command("check_books", stdout=out)

    assert exit_.value.code == 1
    printed = json.loads(out.getvalue())
    assert printed["ok"] is False
    assert printed["invariants"]["I2"]["rows"] == [{"id": "USD", "expected": "0", "found": "-1"}]


@pytest.fixture
def lost() -> Payment:
    """A payment of 100.00 of which a lost dispute took 40.00 and a fee of 15.00."""
    _, payment = paid_session()
    bank_says(payment, dispute("lost", amount_minor=4000, at=EARLY), at=EARLY)
    return payment


@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("UPDATE billing_dispute SET withdrawn_minor = 4001", {"I5", "I10", "I11"}),
        ("UPDATE billing_dispute SET fee_minor = 1499", {"I10"}),
        ("UPDATE billing_payment SET disputed_minor = 0", {"I5"}),
        ("UPDATE billing_disputeloss SET share_minor = 3999, mentor_minor = mentor_minor - 1",
         {"I4", "I10", "I11"}),
        ("DELETE FROM billing_disputeloss", {"I4", "I10", "I11"}),
    ],
)  # fmt: skip
def test_a_forged_dispute_is_found(lost: Payment, forgery: str, found: set[str]) -> None:
    assert check_books(now=HOLD_OVER).ok

    tamper(forgery)

    assert broken(check_books(now=HOLD_OVER)) == found
