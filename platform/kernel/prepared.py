"""Prepared statements on Django's own connection, in its transaction, for the few hot paths.

Django's cursors bind on the client's side, which never prepares. Whoever leaves the ORM for this
says in the file which measurement made it so.

Once a statement is prepared it is run past psycopg's cursor, by one call of libpq: of the 36 µs in
which a cursor asked for a sign-in, 23 were spent on the cursor (benchmarks/authenticated.py).
What writes the parameters and reads the rows is psycopg's still, and so is the list of what is
prepared: what it forgets, as it does at each rollback, goes through a cursor, which prepares it.
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg.adapt import Transformer
from psycopg.errors import FeatureNotSupported, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

type _Rows = list[tuple[Any, ...]]
type _Kind = type[psycopg.Cursor[Any]]


def cursor() -> psycopg.RawCursor[Any]:
    """Return a cursor of psycopg's own on Django's connection; parameters are $1, $2, …"""
    return psycopg.RawCursor(_ready())


def execute(statement: str, parameters: Sequence[object] = ()) -> Any:
    """Run the statement prepared; return its first row, None where there is none."""
    rows = _run(psycopg.RawCursor, statement, parameters)
    return rows[0] if rows else None


def fetch(statement: str, values: Mapping[str, object] | Sequence[object] | None = None) -> _Rows:
    """Run the statement prepared; return its rows. Parameters are named: %(name)s, or all are %s.

    They are bound on the server's side, so each wants a type that the statement tells: a cast.
    """
    return _run(psycopg.Cursor, statement, values)


def _ready() -> psycopg.Connection[Any]:
    ours = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up at each of these
    ours.close_if_health_check_failed()  # as Django's own cursors do
    ours.ensure_connection()
    ours.validate_no_broken_transaction()
    kept: psycopg.Connection[Any] = ours.connection
    return kept


def _run(kind: _Kind, statement: str, parameters: Any) -> _Rows:
    kept = _ready()
    # psycopg begins a transaction with a cursor's first statement.
    begun = kept.autocommit or kept.pgconn.transaction_status == TransactionStatus.INTRANS
    with connection.wrap_database_errors:
        if begun:
            with suppress(_NotPreparedError):
                return _questions.of(kept, kind, statement).rows(parameters)
        return _run_by_cursor(kind(kept), statement, parameters)


def _run_by_cursor(own: psycopg.Cursor[Any], statement: str, parameters: Any) -> _Rows:
    """Run it prepared, and once more unprepared where a migration has changed a column's type.

    PostgreSQL then refuses what was prepared before (0A000). Within a transaction the refusal
    has ended it; psycopg forgets what is prepared at its rollback.
    """
    with own:
        try:
            own.execute(statement, parameters, prepare=True)
        except FeatureNotSupported:
            if own.connection.info.transaction_status != TransactionStatus.IDLE:
                raise
            own.execute("DEALLOCATE ALL")  # psycopg forgets its own list with it
            own.execute(statement, parameters, prepare=False)
        return own.fetchall() if own.pgresult is not None and own.pgresult.nfields else []


class _NotPreparedError(Exception):
    """The statement is not prepared, or not any more as its tables are now."""


class _Question:
    """A statement on one connection: what writes its parameters and reads its rows."""

    def __init__(self, kept: psycopg.Connection[Any], kind: _Kind, statement: str) -> None:
        self._kept = kept
        self._statement = statement.encode()
        self._adapting: Any = Transformer(kept)
        self._query: Any = kind._query_cls(self._adapting)  # noqa: SLF001 - what cursors write with
        self._known: bytes | None = None  # the prepared name whose columns can be read

    def rows(self, parameters: Any) -> _Rows:
        query, pgconn = self._query, self._kept.pgconn
        query.convert(self._statement, parameters)
        names = self._kept._prepared._names  # noqa: SLF001 - psycopg's list
        name = names.get((query.query, query.types))
        if name is None:
            raise _NotPreparedError
        result = pgconn.exec_prepared(name, query.params, query.formats)
        if result.status == ExecStatus.COMMAND_OK:
            return []
        if result.status != ExecStatus.TUPLES_OK:
            raise self._error(error_from_result(result, self._kept.info.encoding))
        # Columns keep their types as long as a prepared statement keeps its name.
        self._adapting.set_pgresult(result, set_loaders=name != self._known)
        self._known = name
        rows: _Rows = self._adapting.load_rows(0, result.ntuples, tuple)
        return rows

    def _error(self, said: psycopg.Error) -> Exception:
        if self._kept.closed:
            return psycopg.OperationalError(str(said))
        idle = self._kept.pgconn.transaction_status == TransactionStatus.IDLE
        return _NotPreparedError() if idle and isinstance(said, FeatureNotSupported) else said


class _Questions(threading.local):
    """What the thread's present connection is asked: as many statements as it keeps prepared."""

    def __init__(self) -> None:
        self._kept: psycopg.Connection[Any] | None = None
        self._all: dict[tuple[_Kind, str], _Question] = {}

    def of(self, kept: psycopg.Connection[Any], kind: _Kind, statement: str) -> _Question:
        if self._kept is not kept or len(self._all) > (kept.prepared_max or 0):
            self._kept, self._all = kept, {}
        question = self._all.get((kind, statement))
        if question is None:
            question = self._all[kind, statement] = _Question(kept, kind, statement)
        return question


_questions = _Questions()
