"""A mentor's debt: how old it is, and written off by two persons or not at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Mentor
from billing import payouts, write_offs
from billing.ledger.ageing import by_currency, debts
from billing.ledger.checks import check_books
from billing.models import Entry, Payment, Refund, WriteOff, WriteOffRecovery
from kernel.errors import Invalid
from tests.billing.ledger.books import bank_says, dispute, gateway_says, refund
from tests.billing.payouts.world import NOW, books, built, earned, payable, sent, staff
from tests.standin import StandIn


@pytest.fixture
def debtor(stage: StandIn) -> Mentor:
    """Paid out 81.80, then 33.33 of it refunded: 27.26 are owed."""
    mentor = payable(stage)
    sent()
    refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)
    return mentor


def asked(mentor: Mentor, amount_minor: int = 2726, **changes: Any) -> WriteOff:
    wish: dict[str, Any] = {
        "reason": "Left the platform.",
        "by": staff("Anna Asks"),
        "now": NOW,
    } | changes
    return write_offs.ask(mentor_id=mentor.pk, amount_minor=amount_minor, currency="USD", **wish)


def test_another_person_writes_it_off_and_the_mentor_owes_nothing(debtor: Mentor) -> None:
    asked_for = asked(debtor)
    assert (books()["2120"], books().get("5040")) == (2726, None)

    write_offs.approve(write_off_id=asked_for.pk, by=staff("Bob"), now=NOW)

    assert ("2120" in books(), books()["5040"]) == (False, 2726)
    earned(mentor=debtor, price_minor=4999, days=1)
    [payout] = payouts.preview(run_id=built().pk).included
    assert payout.amount_minor == 4074


def test_a_part_is_written_off_and_the_rest_is_owed(debtor: Mentor) -> None:
    write_offs.approve(write_off_id=asked(debtor, 1000).pk, by=staff(), now=NOW)

    assert (books()["2120"], books()["5040"]) == (1726, 1000)


def test_whoever_asked_does_not_approve_not_even_a_superuser_nor_by_sql(debtor: Mentor) -> None:
    by = staff("Anna Asks")
    by.is_superuser = True
    by.save()
    one = asked(debtor, by=by)

    with pytest.raises(write_offs.SecondPersonNeeded, match="Anna Asks"):
        write_offs.approve(write_off_id=one.pk, by=by, now=NOW)
    for statement in (
        "UPDATE billing_writeoff SET approved_at = now(), approved_by_id = requested_by_id",
        "UPDATE billing_writeoff SET approved_at = now(), approved_by_id = requested_by_id, "
        "requested_by_id = (SELECT id FROM accounts_user WHERE id <> requested_by_id LIMIT 1)",
    ):
        with (
            pytest.raises(IntegrityError, match=r"billing_writeoff_(four_eyes|frozen)"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert "5040" not in books()
    assert write_offs.approve(write_off_id=one.pk, by=staff("Bob"), now=NOW).approved_at == NOW


def test_it_is_asked_once_and_decided_once(debtor: Mentor) -> None:
    one = asked(debtor)
    with pytest.raises(write_offs.AlreadyAsked):
        asked(debtor, 1)
    write_offs.decline(write_off_id=one.pk, by=staff(), now=NOW)

    for decide in (write_offs.approve, write_offs.decline):
        with pytest.raises(write_offs.AlreadyDecided, match="declined"):
            decide(write_off_id=one.pk, by=staff(), now=NOW)

    assert Entry.objects.filter(source_type="write_off").count() == 0
    assert asked(debtor).pk != one.pk


def test_what_was_set_off_meanwhile_is_not_written_off(debtor: Mentor) -> None:
    one = asked(debtor)
    earned(mentor=debtor, price_minor=4999, days=1)

    with pytest.raises(write_offs.NotInDebt, match=r"owes USD 0\.00"):
        write_offs.approve(write_off_id=one.pk, by=staff(), now=NOW)

    assert "5040" not in books()


@pytest.mark.parametrize(
    ("amount", "reason", "refusal"),
    [(2727, "Too much.", write_offs.NotInDebt), (0, "Nothing.", Invalid), (1, "  ", Invalid)],
)
def test_there_is_a_debt_an_amount_and_a_reason(
    debtor: Mentor, amount: int, reason: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        asked(debtor, amount, reason=reason)

    assert WriteOff.objects.count() == 0


@pytest.mark.parametrize(
    ("days", "by_age"),
    [
        (0, (2726, 0, 0, 0)),
        (30, (2726, 0, 0, 0)),
        (31, (0, 2726, 0, 0)),
        (61, (0, 0, 2726, 0)),
        (91, (0, 0, 0, 2726)),
    ],
)
def test_a_debt_is_as_old_as_what_took_it(
    debtor: Mentor, days: int, by_age: tuple[int, ...]
) -> None:
    [debt] = debts(now=NOW + timedelta(days=days, minutes=1))

    assert (debt.mentor_id, debt.amount_minor, debt.by_age) == (debtor.pk, 2726, by_age)


def test_earnings_are_set_off_against_the_oldest_first(debtor: Mentor) -> None:
    """27.26 owed since day 0, another 66.67 − 5.34 − 10.00 = 54.54 since day 40, 40.74 earned.

    54.54 of the newest and 27.26 of the oldest, less 40.74: 41.06 are left, all of them new.
    """
    refund(Payment.objects.get(), 6667, bearer="platform", at=NOW + timedelta(days=40))
    earned(mentor=debtor, price_minor=4999, days=1)

    found = debts(now=NOW + timedelta(days=45), mentor_id=debtor.pk)

    assert found[0].by_age == (2726 + 5454 - 4074, 0, 0, 0)
    assert by_currency(found) == {"USD": (4106, 0, 0, 0)}


def written_off(mentor: Mentor, amount_minor: int) -> None:
    write_offs.approve(write_off_id=asked(mentor, amount_minor).pk, by=staff(), now=NOW)


def mentor_has(mentor: Mentor) -> tuple[int, int]:
    """What is available to the mentor, and what is written off of the mentor's debts."""
    now = books()
    return -now.get("2120", 0), now.get("5040", 0)


def test_a_lost_dispute_that_is_won_gives_the_mentor_nothing_twice(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payment = Payment.objects.get()
    bank_says(payment, dispute("lost", at=NOW), at=NOW)
    assert mentor_has(mentor) == (-8180, 0)
    written_off(mentor, 8180)
    assert mentor_has(mentor) == (0, 8180)

    for _ in range(2):
        bank_says(payment, dispute("won", at=NOW), at=NOW)

    assert mentor_has(mentor) == (0, 0)
    [recovery] = WriteOffRecovery.objects.all()
    assert (recovery.mentor, recovery.amount_minor, recovery.source_type) == (
        mentor, 8180, "dispute_loss",
    )  # fmt: skip
    assert check_books(now=NOW).ok


@pytest.mark.parametrize(
    ("written", "recovered", "left"), [(2726, 2726, 0), (1000, 1000, 0), (0, 0, 0)]
)
def test_a_refund_that_fails_repays_what_was_written_off(
    debtor: Mentor, written: int, recovered: int, left: int
) -> None:
    if written:
        written_off(debtor, written)

    gateway_says(Refund.objects.get(), "failed", at=NOW)

    assert mentor_has(debtor) == (left, 0)
    assert sum(WriteOffRecovery.objects.values_list("amount_minor", flat=True)) == recovered
    assert check_books(now=NOW).ok


def test_a_debt_that_is_left_comes_before_the_recovery(debtor: Mentor) -> None:
    """Two refunds of 33.33; half of the debt is written off, and then the first one fails."""
    refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)
    written_off(debtor, 2726)
    assert mentor_has(debtor) == (-2727, 2726)

    gateway_says(Refund.objects.order_by("pk")[0], "failed", at=NOW)

    assert mentor_has(debtor) == (-1, 2726)  # the second's debt is what stays written off
    gateway_says(Refund.objects.order_by("pk")[1], "failed", at=NOW)
    assert mentor_has(debtor) == (0, 0)
    assert check_books(now=NOW).ok


def test_another_mentors_written_off_debt_is_another_matter(debtor: Mentor) -> None:
    other = earned(days=1)
    written_off(debtor, 2726)
    other_refund = refund(other, 3333, bearer="platform", at=NOW)

    gateway_says(other_refund, "failed", at=NOW)

    assert not WriteOffRecovery.objects.exists()
    assert books()["5040"] == 2726


def test_the_nightly_check_sees_more_recovered_than_was_written_off(debtor: Mentor) -> None:
    written_off(debtor, 1000)
    gateway_says(Refund.objects.get(), "failed", at=NOW)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM billing_line WHERE entry_id = (SELECT id FROM billing_entry "
                       "WHERE kind = 'written_off')")  # fmt: skip
        failed = {one.invariant.code for one in check_books(now=NOW).findings if not one.ok}
        transaction.set_rollback(True)

    assert "I11" in failed


def test_a_recovery_is_history(debtor: Mentor) -> None:
    written_off(debtor, 1000)
    gateway_says(Refund.objects.get(), "failed", at=NOW)

    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        WriteOffRecovery.objects.update(amount_minor=1)
