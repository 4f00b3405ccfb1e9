"""Tampering that leaves every sum right: the entries must still be those that the rows call for.

The hand is an owner's: it switches the guards off, changes history, and switches them on again.
"""

import pytest
from django.db import connection

from billing.ledger.checks import check_books
from billing.models import Payment
from kernel.ids import uuid7
from tests.billing.ledger.books import EARLY, HOLD_OVER, earn, gateway_says, refund
from tests.billing.ledger.test_check_books import broken, line_of, tamper
from tests.factories import sessions
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stage() -> None:
    """No stand-in here, and the books are meant to be broken."""


def two_payments() -> tuple[Payment, Payment]:
    made = [paid_session() for _ in range(2)]
    for session, payment in made:
        gateway_says(refund(payment, 1000, bearer="platform", at=EARLY), "succeeded", at=EARLY)
        sessions.complete(session)
    earn(at=HOLD_OVER)
    assert check_books(now=HOLD_OVER).ok
    return made[0][1], made[1][1]


def move(payment: Payment, *, into: str, out_of: str, cents: int = 1) -> list[str]:
    """SQL that moves cents inside the payment's entries; each account's first line is changed."""
    return [
        f"UPDATE billing_line SET amount_minor = amount_minor {sign} {cents} "
        f"WHERE id = {line_of(payment, code)}"
        for code, sign in ((into, "-"), (out_of, "+"))
    ]


def test_a_cent_moved_from_one_mentor_to_another_is_found() -> None:
    first, second = two_payments()

    tamper(
        *move(first, into="2110", out_of="4020"),
        *move(second, into="4020", out_of="2110"),
    )

    assert broken(check_books(now=HOLD_OVER)) >= {"I10"}


def test_a_cent_of_the_fee_given_to_the_mentor_everywhere_is_found() -> None:
    """In *captured* and in *released* alike, so that nothing is left pending."""
    payment, _ = two_payments()
    captured = move(payment, into="2110", out_of="4020")
    released = [
        f"UPDATE billing_line SET amount_minor = amount_minor {sign} 1 WHERE account_id LIKE "
        f"'{code}:%' AND entry_id = (SELECT id FROM billing_entry WHERE kind = 'released' "
        f"AND source_id = '{payment.purchase_id}')"
        for code, sign in (("2110", "+"), ("2120", "-"))
    ]

    tamper(*captured, *released)

    assert broken(check_books(now=HOLD_OVER)) == {"I10"}


@pytest.mark.parametrize("kind", ["captured", "gateway_fee", "recognised", "released", "created"])
def test_an_entry_deleted_with_its_lines_is_found(kind: str) -> None:
    two_payments()
    doomed = f"(SELECT id FROM billing_entry WHERE kind = '{kind}' ORDER BY id LIMIT 1)"

    tamper(
        f"CREATE TEMPORARY TABLE doomed AS {doomed}",
        "DELETE FROM billing_line WHERE entry_id IN (SELECT id FROM doomed)",
        "DELETE FROM billing_entry WHERE id IN (SELECT id FROM doomed)",
        "DROP TABLE doomed",
    )

    assert not check_books(now=HOLD_OVER).ok


@pytest.mark.parametrize("kind", ["captured", "recognised", "created", "succeeded"])
def test_an_entry_moved_to_another_month_is_found(kind: str) -> None:
    two_payments()

    tamper(
        f"UPDATE billing_entry SET occurred_at = occurred_at - interval '31 days' "
        f"WHERE kind = '{kind}'"
    )

    assert broken(check_books(now=HOLD_OVER)) == {"I10"}


@pytest.mark.parametrize("source_type", ["manual", "purchase", "balance_transaction", "payment"])
def test_a_balanced_entry_that_nothing_calls_for_is_found(source_type: str) -> None:
    """It needs no guard switched off: whoever may insert could pay a mentor out of the bank."""
    payment, _ = two_payments()
    entry = uuid7()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_ledgeraccount (key, code, gateway, currency) "
            "VALUES ('1010:USD', '1010', '', 'USD') ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            "INSERT INTO billing_entry (id, kind, source_type, source_id, occurred_at, posted_at, "
            "memo) VALUES (%s, 'correction', %s, 'x', now(), now(), '')",
            [entry, source_type],
        )
        cursor.execute(
            "INSERT INTO billing_line (entry_id, account_id, mentor_id, amount_minor, currency) "
            "VALUES (%s, '1010:USD', NULL, 500000, 'USD'), (%s, '2120:USD', %s, -500000, 'USD')",
            [entry, entry, payment.purchase.mentor_id],
        )

    assert "I10" in broken(check_books(now=HOLD_OVER))


def test_lines_moved_to_another_purchase_of_the_mentor_are_found() -> None:
    first, second = two_payments()

    tamper(
        f"UPDATE billing_line SET purchase_id = '{second.purchase_id}' WHERE account_id LIKE "
        f"'5010:%' AND purchase_id = '{first.purchase_id}'"
    )

    assert broken(check_books(now=HOLD_OVER)) >= {"I10"}
