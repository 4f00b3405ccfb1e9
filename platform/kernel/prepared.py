"""Prepared statements on Django's own connection, in its transaction, for the few hot paths.

Django's cursors bind on the client's side, which never prepares. Whoever leaves the ORM for this
says in the file which measurement made it so.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported
from psycopg.pq import ExecStatus, TransactionStatus


def cursor() -> psycopg.RawCursor[Any]:
    """Return a cursor of psycopg's own on Django's connection; parameters are $1, $2, …"""
    return psycopg.RawCursor(_ready())


def execute(statement: str, parameters: Sequence[object] = ()) -> Any:
    """Run the statement prepared; return its first row, None where there is none."""
    with connection.wrap_database_errors, cursor() as own:
        _run(own, statement, parameters)
        return own.fetchone() if own.pgresult is not None and own.pgresult.nfields else None


def row(statement: str, parameters: Sequence[object] = ()) -> Any:
    """Return the first row of a statement that only reads, as `execute` does, past the cursor.

    For what every request asks: of the 36 µs in which `execute` asks for a sign-in, 23 are the
    cursor's (benchmarks/authenticated.py). Only what goes well goes this way: what is not prepared
    (yet, or any more), what stands in a transaction (which an error ends) and what is answered by
    anything but rows is asked by `execute`.
    """
    kept = _ready()
    if not kept.autocommit or kept.pgconn.transaction_status != TransactionStatus.IDLE:
        return execute(statement, parameters)
    try:
        return _asked.question(kept, statement).first_row(parameters)
    except (_NoRowsError, psycopg.OperationalError):
        return execute(statement, parameters)


class _NoRowsError(Exception):
    """PostgreSQL has not been asked, or has answered with anything but rows."""


class _Question:
    """A statement on one connection: what writes its parameters and reads its rows."""

    def __init__(self, kept: psycopg.Connection[Any], statement: str) -> None:
        self._kept = kept
        self._statement = statement.encode()
        self._transformer: Any = Transformer(kept)
        self._read: bytes | None = None  # the name of what the transformer knows to read

    def first_row(self, parameters: Sequence[object]) -> tuple[Any, ...] | None:
        ours = self._transformer
        values = ours.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
        # psycopg's own list: what it forgets, as it does at each rollback, is not prepared.
        names = self._kept._prepared._names  # noqa: SLF001
        name = names.get((self._statement, ours.types))
        if name is None:
            raise _NoRowsError
        result = self._kept.pgconn.exec_prepared(name, values, ours.formats)
        if result.status != ExecStatus.TUPLES_OK:
            raise _NoRowsError
        # A statement's columns keep their types, or its name: both change with a migration.
        ours.set_pgresult(result, set_loaders=name != self._read)
        self._read = name
        return ours.load_row(0, tuple) if result.ntuples else None


class _Asked(threading.local):
    """What the thread's present connection has been asked."""

    _kept: psycopg.Connection[Any] | None = None

    def question(self, kept: psycopg.Connection[Any], statement: str) -> _Question:
        if self._kept is not kept:
            self._kept, self._questions = kept, dict[str, _Question]()
        if statement not in self._questions:
            self._questions[statement] = _Question(kept, statement)
        return self._questions[statement]


_asked = _Asked()


def fetch(statement: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    """Run the statement prepared; return its rows. Parameters are named: %(name)s.

    They are bound on the server's side, so each wants a type that the statement tells: a cast.
    """
    with connection.wrap_database_errors, psycopg.Cursor(_ready()) as own:
        _run(own, statement, values)
        return own.fetchall() if own.pgresult is not None and own.pgresult.nfields else []


def _ready() -> psycopg.Connection[Any]:
    ours = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up at each of these
    ours.close_if_health_check_failed()  # as Django's own cursors do
    ours.ensure_connection()
    ours.validate_no_broken_transaction()
    kept: psycopg.Connection[Any] = ours.connection
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
