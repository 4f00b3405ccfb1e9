"""check_books on payouts: each invariant reports the tampering that breaks it.

The hand is an owner's: it switches the guards off, changes history, and switches them on again.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from billing import payouts
from billing.ledger.checks import check_books
from billing.models import Payout, PayoutMinimum
from kernel import clock
from tests.billing.ledger.test_check_books import broken
from tests.billing.payouts.world import NOW, earned, payable, payout_to, sent
from tests.standin import StandIn

TABLES = (
    "billing_entry",
    "billing_line",
    "billing_payout",
    "billing_payoutline",
    "billing_payoutrun",
)


@pytest.fixture(autouse=True)
def stage(db: None, standin: StandIn) -> Iterator[StandIn]:
    """The room's stage, without its last look: these books are meant to be broken."""
    standin.control("POST", "clock", set=NOW.isoformat(), frozen=True)
    standin.fund()
    PayoutMinimum.objects.get_or_create(
        currency="USD",
        effective_from=datetime(2020, 1, 1, tzinfo=UTC),
        defaults={"minimum_minor": 1000},
    )
    with clock.travel(NOW):
        yield standin


@pytest.fixture
def payout(stage: StandIn) -> Payout:
    """One of two payouts, both paid; its mentor has earned more since."""
    mentor = payable(stage)
    payable(stage)
    sent()
    earned(mentor=mentor, price_minor=4999, days=1)
    assert check_books(now=NOW).ok
    return payout_to(mentor)


def tamper(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def entry(payout: Payout, kind: str) -> str:
    return (
        f"(SELECT id FROM billing_entry WHERE source_type = 'payout' AND kind = '{kind}' "
        f"AND source_id = '{payout.pk}')"
    )


def test_a_payout_that_is_not_its_lines_is_found(payout: Payout) -> None:
    tamper(f"UPDATE billing_payout SET amount_minor = 8181 WHERE id = '{payout.pk}'")

    assert broken(check_books(now=NOW)) == {"I6", "I10"}


def test_a_line_that_went_to_somebody_elses_payout_is_found(payout: Payout) -> None:
    tamper(
        f"UPDATE billing_payoutline SET payout_id = (SELECT id FROM billing_payout "
        f"WHERE id <> '{payout.pk}') WHERE payout_id = '{payout.pk}'"
    )

    assert broken(check_books(now=NOW)) == {"I6"}


def test_a_line_freed_from_a_paid_payout_is_found(payout: Payout) -> None:
    tamper(f"UPDATE billing_payoutline SET live = false WHERE payout_id = '{payout.pk}'")

    assert broken(check_books(now=NOW)) == {"I6"}


def test_a_payout_of_more_than_there_was_is_found(payout: Payout) -> None:
    """All sums are right and each row agrees; only 2120 was below zero for a while."""
    tamper(
        f"UPDATE billing_line SET id = 1000000 + id WHERE account_id LIKE '2120:%' "
        f"AND amount_minor < 0 AND mentor_id = '{payout.mentor_id}' AND id NOT IN "
        f"(SELECT line_id FROM billing_payoutline)",
        f"UPDATE billing_payoutline SET line_id = 2000000 + line_id "
        f"WHERE payout_id = '{payout.pk}'",
        f"UPDATE billing_line SET id = 2000000 + id WHERE account_id LIKE '2120:%' "
        f"AND amount_minor = -8180 AND mentor_id = '{payout.mentor_id}'",
    )

    assert broken(check_books(now=NOW)) == {"I7"}


@pytest.mark.parametrize("kind", ["approved", "paid"])
def test_an_entry_of_a_payout_deleted_with_its_lines_is_found(payout: Payout, kind: str) -> None:
    tamper(
        f"CREATE TEMPORARY TABLE doomed AS {entry(payout, kind)}",
        "DELETE FROM billing_line WHERE entry_id IN (SELECT id FROM doomed)",
        "DELETE FROM billing_entry WHERE id IN (SELECT id FROM doomed)",
        "DROP TABLE doomed",
    )

    assert broken(check_books(now=NOW)) >= {"I10", "I11"}


@pytest.mark.parametrize("kind", ["approved", "paid"])
def test_an_entry_of_a_payout_moved_to_another_month_is_found(payout: Payout, kind: str) -> None:
    tamper(
        f"UPDATE billing_entry SET occurred_at = occurred_at - interval '40 days' "
        f"WHERE id = {entry(payout, kind)}"
    )

    assert broken(check_books(now=NOW)) == {"I10"}


def test_money_paid_to_one_mentor_and_booked_to_another_is_found(payout: Payout) -> None:
    other = Payout.objects.exclude(pk=payout.pk).get()
    tamper(
        f"UPDATE billing_line SET mentor_id = '{other.mentor_id}' "
        f"WHERE entry_id = {entry(payout, 'approved')}"
    )

    assert broken(check_books(now=NOW)) >= {"I11"}


def test_a_forged_state_of_a_payout_is_found(payout: Payout) -> None:
    tamper(
        f"UPDATE billing_payout SET state = 'returned', returned_at = paid_at "
        f"WHERE id = '{payout.pk}'"
    )

    assert broken(check_books(now=NOW)) == {"I10", "I11"}


def test_a_forged_total_of_a_run_is_found(payout: Payout) -> None:
    tamper("UPDATE billing_payoutrun SET total_minor = total_minor + 1")

    assert broken(check_books(now=NOW)) == {"I6"}


def test_a_guard_that_does_not_stand_is_found(payout: Payout) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE billing_payout DISABLE TRIGGER billing_payout_frozen")

    assert broken(check_books(now=NOW)) == {"I8"}


def test_a_run_on_its_way_leaves_nothing_to_say(stage: StandIn) -> None:
    """The control: drafts, frozen, approved and failed payouts are no breaches."""
    mentor = payable(stage)
    run = payouts.build(currency="USD", built_by=payable(stage).user, now=NOW)
    assert check_books(now=NOW).ok
    payouts.freeze(run_id=run.pk, by=run.built_by, now=NOW)
    assert check_books(now=NOW).ok
    payouts.approve(run_id=run.pk, by=mentor.user, now=NOW)
    assert check_books(now=NOW).ok
    stage.fault("error_before", path="/v1/transfers", times=None)
    payouts.send(run_id=run.pk, now=NOW)

    assert check_books(now=NOW).ok
