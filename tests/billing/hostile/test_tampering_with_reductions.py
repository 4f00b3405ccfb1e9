"""Tampering with what discounts and credit paid: each is found by the invariant that knows it."""

import pytest

from billing.ledger.checks import check_books
from billing.models import Payment
from tests.billing.ledger.books import EARLY, HOLD_OVER, earn, gateway_says, refund
from tests.billing.ledger.test_check_books import broken, line_of, tamper
from tests.factories import sessions
from tests.factories.billing import reduced_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stage() -> None:
    """No stand-in here, and the books are meant to be broken."""


@pytest.fixture
def payment() -> Payment:
    """100.00 of which a discount paid 20.00 and credit 30.00; a tenth went back. All is sound."""
    session, payment = reduced_session(discount_minor=2000, credit_minor=3000)
    gateway_says(refund(payment, 1000, bearer="platform", at=EARLY), "succeeded", at=EARLY)
    sessions.complete(session)
    earn(at=HOLD_OVER)
    assert check_books(now=HOLD_OVER).ok
    return payment


def test_a_discount_that_the_purchase_does_not_have_is_found(payment: Payment) -> None:
    tamper(
        f"UPDATE billing_purchase SET discount_minor = discount_minor - 1 "
        f"WHERE id = '{payment.purchase_id}'"
    )

    assert broken(check_books(now=HOLD_OVER)) == {"I4", "I10"}


def test_a_refund_that_forgot_the_discounts_part_is_found(payment: Payment) -> None:
    """The client's credit got it instead: money, shares and sums are all right."""
    tamper(
        "UPDATE billing_refund SET discount_minor = discount_minor - 100, "
        "credit_minor = credit_minor + 100"
    )

    # It also says of more credit that it came back than the purchase's lines do.
    assert broken(check_books(now=HOLD_OVER)) == {"I10", "I11"}


def test_a_cent_moved_from_the_discount_to_the_credit_is_found(payment: Payment) -> None:
    tamper(
        *(
            f"UPDATE billing_line SET amount_minor = amount_minor {sign} 1 "
            f"WHERE id = {line_of(payment, code)}"
            for code, sign in (("5060", "-"), ("2500", "+"))
        )
    )

    assert broken(check_books(now=HOLD_OVER)) == {"I10", "I11"}


def test_a_balance_that_nothing_granted_is_found(payment: Payment) -> None:
    tamper("UPDATE billing_clientcredit SET balance_minor = balance_minor + 5000")

    assert broken(check_books(now=HOLD_OVER)) == {"I11"}


def test_a_grant_without_its_entry_is_found(payment: Payment) -> None:
    """A movement by hand feeds the balance by its trigger, and the books know nothing of it."""
    tamper(
        "INSERT INTO billing_creditmovement (id, client_id, currency, amount_minor, kind, key, by, "
        "reason, created_at) SELECT gen_random_uuid(), client_id, 'USD', 5000, 'goodwill', 'mine', "
        "'me', 'me', now() FROM billing_clientcredit",
        "UPDATE billing_clientcredit SET balance_minor = balance_minor + 5000",
    )

    assert broken(check_books(now=HOLD_OVER)) == {"I10", "I11"}


def test_a_grant_told_smaller_than_it_is_is_found(payment: Payment) -> None:
    tamper("UPDATE billing_creditmovement SET amount_minor = 1 WHERE kind = 'goodwill'")

    assert broken(check_books(now=HOLD_OVER)) >= {"I10", "I11"}
