"""A mentor's debt: how old it is, and written off by two persons or not at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Mentor
from billing import payouts, write_offs
from billing.ledger.ageing import by_currency, debts
from billing.models import Entry, Payment, WriteOff
from kernel.errors import Invalid
from tests.billing.ledger.books import refund
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
