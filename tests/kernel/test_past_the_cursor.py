"""What is prepared is run past psycopg's cursor, and answers as a cursor does."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest import mock
from uuid import UUID

import psycopg
import pytest
from django.db import (
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from kernel import prepared

pytestmark = pytest.mark.django_db(transaction=True)

READ = """
    SELECT $1::uuid, $2::timestamptz, $3::int, true, NULL::text, 'é', 1.50::numeric, ARRAY['a'],
           '{"a": 1}'::jsonb
"""
VALUES = [UUID(int=7), datetime(2026, 11, 30, 12, tzinfo=UTC), 70_000]
ROW = (*VALUES, True, None, "é", Decimal("1.50"), ["a"], {"a": 1})


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    connection.close()
    yield
    connection.close()


def cursors(statement: str = READ, values: Any = VALUES, run: Any = prepared.execute) -> int:
    """Return how many cursors it took."""
    with mock.patch.object(
        prepared, "_run_by_cursor", side_effect=prepared._run_by_cursor
    ) as by_cursor:
        run(statement, values)
    return by_cursor.call_count


def test_a_cursor_prepares_it_and_is_not_needed_again() -> None:
    assert [cursors() for _ in range(3)] == [1, 0, 0]


def test_the_row_is_the_one_that_a_cursor_reads() -> None:
    with prepared.cursor() as cursor:
        read = cursor.execute(READ, VALUES).fetchone()

    assert read is not None
    found = [prepared.execute(READ, VALUES) for _ in range(3)]
    assert [row[:8] for row in found] == [ROW[:8]] * 3
    assert found == [read] * 3


def test_rows_are_fetched_by_named_parameters_as_well() -> None:
    some = "SELECT n, n * %(by)s::int FROM generate_series(1, %(last)s::int) AS n"

    assert [cursors(some, {"by": 10, "last": 2}, prepared.fetch) for _ in range(2)] == [1, 0]
    assert prepared.fetch(some, {"by": 10, "last": 2}) == [(1, 10), (2, 20)]
    assert prepared.fetch(some, {"by": 5, "last": 0}) == []


def test_no_row_is_none_and_each_row_has_its_own_values() -> None:
    which = "SELECT $1::int, $2::text WHERE $1 > 1"

    found = [prepared.execute(which, values) for values in ([1, "a"], [2, "b"], [3, None], [0, ""])]

    assert found == [None, (2, "b"), (3, None), None]


def test_a_transaction_begins_with_a_cursor_which_takes_it_along() -> None:
    """Django begins one with its first statement: until then PostgreSQL knows of none."""
    assert cursors() == 1

    with transaction.atomic():
        assert [cursors() for _ in range(3)] == [1, 0, 0]


def test_what_is_written_in_a_transaction_goes_with_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE said (word text UNIQUE)")
    for word in ("one", "two", "three"):
        prepared.execute("INSERT INTO said VALUES ($1)", [word])
    with transaction.atomic():
        for word in ("four", "five", "six"):
            assert prepared.execute("INSERT INTO said VALUES ($1)", [word]) is None
        transaction.set_rollback(True)

    assert prepared.execute("SELECT count(*) FROM said") == (3,)
    with pytest.raises(IntegrityError, match="said_word_key"):
        prepared.execute("INSERT INTO said VALUES ($1)", ["two"])


def test_what_psycopg_forgets_at_a_rollback_is_prepared_anew() -> None:
    prepared.execute(READ, VALUES)
    with transaction.atomic():
        prepared.execute("SELECT 1")
        transaction.set_rollback(True)

    assert [cursors() for _ in range(3)] == [1, 0, 0]


def test_what_postgresql_refuses_is_refused_in_djangos_words() -> None:
    divided = "SELECT 1 / $1::int"
    assert prepared.execute(divided, [1]) == (1,)

    with (
        mock.patch.object(prepared, "_run_by_cursor", side_effect=AssertionError),
        pytest.raises(DataError, match="division by zero"),
    ):
        prepared.execute(divided, [0])
    with pytest.raises(ProgrammingError, match="no_such_table"):
        prepared.execute("SELECT 1 FROM no_such_table")

    assert [prepared.execute(divided, [2]) for _ in range(2)] == [(0,), (0,)]


def test_a_refusal_ends_the_transaction_that_it_stands_in() -> None:
    divided = "SELECT 1 / $1::int"

    with pytest.raises(DataError), transaction.atomic():
        for number in (2, 1, 0):
            prepared.execute(divided, [number])

    assert prepared.execute(divided, [1]) == (1,)


def test_a_connection_that_died_since_is_said_to_be_lost() -> None:
    prepared.execute(READ, VALUES)
    parameters: dict[str, Any] = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    known = {key: parameters[key] for key in keys if key in parameters}
    with psycopg.connect(**known) as other:
        pid = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    with pytest.raises(OperationalError):
        prepared.execute(READ, VALUES)
    connection.close_if_unusable_or_obsolete()  # as the request's end does

    assert prepared.execute(READ, VALUES)[:8] == ROW[:8]


def test_a_pooler_that_keeps_nothing_is_asked_by_a_cursor_each_time() -> None:
    connection.ensure_connection()
    connection.connection.prepare_threshold = None

    assert [cursors() for _ in range(3)] == [1, 1, 1]


def test_what_is_remembered_of_statements_is_bounded() -> None:
    for number in range(250):
        prepared.execute(f"SELECT {number}")

    assert len(prepared._questions._all) <= 101
