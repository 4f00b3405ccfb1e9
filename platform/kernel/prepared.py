"""Prepared statements on Django's own connection, in its transaction, for the few hot paths.

Django's cursors bind on the client's side, which never prepares. Whoever leaves the ORM for this
says in the file which measurement made it so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection


def cursor() -> psycopg.RawCursor[Any]:
    """Return a cursor of psycopg's own on Django's connection; parameters are $1, $2, …"""
    connection.close_if_health_check_failed()  # as Django's own cursors do
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    return psycopg.RawCursor(connection.connection)


def execute(statement: str, parameters: Sequence[object] = ()) -> Any:
    """Run the statement prepared; return its first row, None where there is none."""
    with connection.wrap_database_errors, cursor() as own:
        own.execute(statement, parameters, prepare=True)
        return own.fetchone() if own.pgresult is not None and own.pgresult.nfields else None


def fetch(statement: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    """Run the statement prepared; return its rows. Parameters are named: %(name)s.

    They are bound on the server's side, so each wants a type that the statement tells: a cast.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as own,
    ):
        own.execute(statement, values, prepare=True)
        return own.fetchall() if own.pgresult is not None and own.pgresult.nfields else []
