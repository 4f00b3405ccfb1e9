"""A row read past the cursor is the cursor's; what does not go well is the cursor's to say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock
from uuid import UUID

import psycopg
import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction

from kernel import prepared

pytestmark = pytest.mark.django_db(transaction=True)

READ = """
    SELECT $1::uuid, $2::timestamptz, $3::int, true, NULL::text, 'é', 1.50::numeric, ARRAY['a'],
           '{"a": 1}'::jsonb
"""
VALUES = [UUID(int=7), datetime(2026, 11, 30, 12, tzinfo=UTC), 70_000]


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    connection.close()
    yield
    connection.close()


def cursors(statement: str, values: list[Any] | None = None) -> int:
    """Return how many cursors a row took."""
    with mock.patch.object(prepared, "cursor", wraps=prepared.cursor) as made:
        prepared.row(statement, values or [])
    return made.call_count


def test_it_is_the_row_that_a_cursor_reads() -> None:
    by_cursor = prepared.execute(READ, VALUES)

    assert [prepared.row(READ, VALUES) for _ in range(3)] == [by_cursor] * 3
    assert by_cursor[:3] == tuple(VALUES)


def test_a_cursor_prepares_it_and_is_not_needed_again() -> None:
    assert [cursors(READ, VALUES) for _ in range(3)] == [1, 0, 0]


def test_no_row_is_none() -> None:
    nothing = "SELECT 1 WHERE $1::int = 2"

    assert [prepared.row(nothing, [number]) for number in (1, 1, 2)] == [None, None, (1,)]


def test_each_row_has_its_own_values() -> None:
    later = [UUID(int=8), datetime(2027, 1, 1, tzinfo=UTC), None]

    assert prepared.row(READ, VALUES)[:3] == tuple(VALUES)
    assert prepared.row(READ, later)[:3] == tuple(later)
    assert prepared.row(READ, VALUES)[:3] == tuple(VALUES)


def test_within_a_transaction_it_is_read_by_a_cursor() -> None:
    """Django begins one with its first statement: until then PostgreSQL knows of none."""
    prepared.row(READ, VALUES)

    with transaction.atomic():
        assert [cursors(READ, VALUES) for _ in range(2)] == [1, 1]


def test_what_psycopg_forgets_at_a_rollback_is_prepared_anew() -> None:
    prepared.row(READ, VALUES)
    with transaction.atomic():
        prepared.execute("SELECT 1")
        transaction.set_rollback(True)

    assert [cursors(READ, VALUES) for _ in range(3)] == [1, 0, 0]


def test_a_statement_that_psycopg_does_not_know_any_more_is_prepared_anew() -> None:
    for _ in range(2):
        prepared.row(READ, VALUES)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")  # as a pooler does that hands the connection on

    assert [cursors(READ, VALUES) for _ in range(3)] == [1, 0, 0]


def test_what_postgresql_refuses_is_refused_in_djangos_words() -> None:
    divided = "SELECT 1 / $1::int"
    assert prepared.row(divided, [1]) == (1,)

    with pytest.raises(DataError, match="division by zero"):
        prepared.row(divided, [0])
    with pytest.raises(ProgrammingError, match="no_such_table"):
        prepared.row("SELECT 1 FROM no_such_table")

    assert [prepared.row(divided, [2]) for _ in range(2)] == [(0,), (0,)]


def test_a_connection_that_died_since_is_said_to_be_lost() -> None:
    prepared.row(READ, VALUES)
    parameters: dict[str, Any] = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    known = {key: parameters[key] for key in keys if key in parameters}
    with psycopg.connect(**known) as other:
        pid = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    with pytest.raises(OperationalError):
        prepared.row(READ, VALUES)
    connection.close_if_unusable_or_obsolete()  # as the request's end does

    assert prepared.row(READ, VALUES)[:3] == tuple(VALUES)


def test_a_pooler_that_keeps_nothing_is_asked_by_a_cursor_each_time() -> None:
    connection.ensure_connection()
    connection.connection.prepare_threshold = None

    assert [cursors(READ, VALUES) for _ in range(3)] == [1, 1, 1]
