"""Ways around a guard that a row trigger does not see."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from billing.ledger import seals
from billing.models import Entry, Line
from tests.billing.ledger.test_periods import NOW, february_closed
from tests.factories.billing import PAID_AT, paid_session

pytestmark = pytest.mark.django_db

# On the way of every posting: they name the schema in their text, or read no table but the one
# of the rows that are added, which comes before any temporary one.
IN_THEIR_TEXT = {
    "billing_entry_dated",
    "billing_entry_in_open_books",
    "billing_line_balanced",
    "scheduling_first_start",  # asked within a search, which a setting of its own would slow
    "scheduling_first_start_of",
}
POSTED = (
    "INSERT INTO billing_entry (id, kind, source_type, source_id, memo, occurred_at, posted_at, "
    "booked_at) VALUES (gen_random_uuid(), 'made', 'up', '1', '', %s, %s, %s)"
)


def test_what_is_not_deleted_is_not_truncated() -> None:
    """An emptied billing_payoutline would have every mentor paid out once more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT event_object_table FROM information_schema.triggers "
            "WHERE trigger_name LIKE 'billing\\_%\\_kept'"
        )
        kept = {table for (table,) in cursor.fetchall()}
    assert {"billing_payoutline", "billing_payout", "billing_writeoff"} < kept
    for table in sorted(kept):
        with (
            pytest.raises(IntegrityError, match="never changed or deleted"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "stand_in", ["", "CREATE TEMP TABLE billing_periodclose (until timestamptz, approved_at int)"]
)
def test_a_temporary_table_does_not_open_a_closed_month(stand_in: str) -> None:
    paid_session()
    february_closed()

    with pytest.raises(IntegrityError, match="the books are closed"), transaction.atomic():
        _run(stand_in)
        _run(POSTED, PAID_AT, NOW, PAID_AT)

    assert not Entry.objects.filter(source_type="up").exists()


@pytest.mark.parametrize("stand_in", ["", "CREATE TEMP TABLE billing_seal (as_of timestamptz)"])
def test_a_temporary_table_does_not_break_a_seal(stand_in: str) -> None:
    paid_session()
    seals.seal(as_of=NOW, now=NOW)

    with pytest.raises(IntegrityError, match="sealed until"), transaction.atomic():
        _run(stand_in)
        _run(POSTED, PAID_AT, PAID_AT, NOW)

    assert not Entry.objects.filter(source_type="up").exists()


def test_a_temporary_table_does_not_stand_in_for_the_rows_that_are_added() -> None:
    paid_session()

    with pytest.raises(IntegrityError, match="out of balance"), transaction.atomic():
        _run("CREATE TEMP TABLE added (entry_id uuid, currency text, amount_minor bigint)")
        _run(
            "INSERT INTO billing_line (entry_id, account_id, mentor_id, purchase_id, amount_minor, "
            "currency) SELECT entry_id, account_id, mentor_id, purchase_id, amount_minor, currency "
            "FROM billing_line ORDER BY id LIMIT 1"
        )


def test_each_guard_reads_our_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            r"AND proname ~ '^(billing|messaging|scheduling|webhooks)_' "
            "AND NOT EXISTS (SELECT FROM unnest(proconfig) AS set WHERE set LIKE 'search_path=%')"
        )
        assert {name for (name,) in cursor.fetchall()} == IN_THEIR_TEXT


ADDED = (
    "INSERT INTO billing_line (entry_id, account_id, mentor_id, purchase_id, amount_minor, "
    "currency) SELECT entry_id, account_id, mentor_id, purchase_id, sign * 100, currency "
    "FROM (SELECT * FROM billing_line WHERE left(account_id, 4) = '2200' ORDER BY id LIMIT 1) AS "
    "one, (VALUES (1), (-1)) AS side (sign)"
)


@pytest.mark.django_db(transaction=True)
def test_balanced_lines_are_not_added_to_an_entry_that_stands() -> None:
    with transaction.atomic():
        paid_session()
    before = Line.objects.count()

    with pytest.raises(IntegrityError, match="was written before"):
        _run(ADDED)

    assert Line.objects.count() == before > 0


@pytest.mark.django_db(transaction=True)
def test_nor_to_one_whose_transaction_began_after_ours_and_is_over() -> None:
    with transaction.atomic(), ThreadPoolExecutor(max_workers=1) as pool:
        _run("SELECT pg_current_xact_id()")
        pool.submit(_paid_beside).result(timeout=20)
        before = Line.objects.count()

        with pytest.raises(IntegrityError, match="was written before"), transaction.atomic():
            _run(ADDED)

        assert Line.objects.count() == before > 0


@pytest.mark.parametrize("entry_in", [nullcontext, transaction.atomic])
@pytest.mark.parametrize("lines_in", [nullcontext, transaction.atomic])
def test_lines_may_follow_their_entry_within_its_transaction(
    entry_in: Callable[[], AbstractContextManager[None]],
    lines_in: Callable[[], AbstractContextManager[None]],
) -> None:
    """The control: the same statement. What is written under a savepoint has an id of its own."""
    with entry_in():
        paid_session()
    before = Line.objects.count()

    with lines_in():
        _run(ADDED)

    assert Line.objects.count() == before + 2


@pytest.mark.parametrize(
    ("changed", "read_whole"),
    [("", 0), ("ALTER FUNCTION billing_line_balanced() RESET enable_seqscan", 1)],
)
def test_a_plan_for_a_table_of_one_page_does_not_read_all_of_it_later(
    changed: str, read_whole: int
) -> None:
    """Plans are kept: this one is made where, as in a table of one page, an index is dear."""
    paid_session()
    _run(changed)
    _run("DISCARD PLANS")
    _run("SET LOCAL random_page_cost = 1000000")
    before = _scans_of_entries()

    _run(ADDED)

    whole, by_index = _scans_of_entries()
    assert (whole - before[0], by_index - before[1]) == (read_whole, 1 - read_whole)


def _scans_of_entries() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables "
            "WHERE relname = 'billing_entry'"
        )
        whole, by_index = cursor.fetchone()
    return whole, by_index


def _paid_beside() -> None:
    try:
        with transaction.atomic():
            paid_session()
    finally:
        connection.close()


def _run(statement: str, *parameters: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement or "SELECT", parameters)
