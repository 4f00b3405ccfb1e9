"""Prepared statements on Django's own connection, in its transaction, for the few hot paths.

Django's cursors bind on the client's side, which never prepares. Whoever leaves the ORM for this
says in the file which measurement made it so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.errors import FeatureNotSupported
from psycopg.pq import TransactionStatus


def cursor() -> psycopg.RawCursor[Any]:
    """Return a cursor of psycopg's own on Django's connection; parameters are $1, $2, …"""
    return psycopg.RawCursor(_ready())


def execute(statement: str, parameters: Sequence[object] = ()) -> Any:
    """Run the statement prepared; return its first row, None where there is none."""
    with connection.wrap_database_errors, cursor() as own:
        _run(own, statement, parameters)
        return own.fetchone() if own.pgresult is not None and own.pgresult.nfields else None


def fetch(statement: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    """Run the statement prepared; return its rows. Parameters are named: %(name)s.

    They are bound on the server's side, so each wants a type that the statement tells: a cast.
    """
    with connection.wrap_database_errors, psycopg.Cursor(_ready()) as own:
        _run(own, statement, values)
        return own.fetchall() if own.pgresult is not None and own.pgresult.nfields else []


def _ready() -> psycopg.Connection[Any]:
    connection.close_if_health_check_failed()  # as Django's own cursors do
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    kept: psycopg.Connection[Any] = connection.connection
    return kept


def _run(own: psycopg.Cursor[Any], statement: str, parameters: Any) -> None:
    """Run it prepared, and once more unprepared where a migration has changed a column's type.

    PostgreSQL then refuses what was prepared before (0A000). Within a transaction the refusal
    has ended it; psycopg forgets what is prepared at its rollback.
    """
    try:
        own.execute(statement, parameters, prepare=True)
    except FeatureNotSupported:
        if own.connection.info.transaction_status != TransactionStatus.IDLE:
            raise
        own.execute("DEALLOCATE ALL")  # psycopg forgets its own list with it
        own.execute(statement, parameters, prepare=False)
