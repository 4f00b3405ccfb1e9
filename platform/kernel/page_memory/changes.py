"""Hears whether what this thread has written is shown by public pages.

The triggers that keep `kernel.models.PublicChange` say so by a notice, once in a transaction: it
comes with the statement's own answer, on whatever connection and through whatever pooler, so nobody
has to know beforehand which writes count. What is rolled back afterwards was told as well; that
costs a few pages, made anew.
"""

import threading
from typing import Any

import psycopg

SQLSTATE = "CF001"  # of the notice in migration 0003


class _Heard(threading.local):
    changed = False


_heard = _Heard()


def listen(connection: psycopg.Connection[Any]) -> None:
    """Hear this connection's notices, for the thread that uses it."""
    connection.add_notice_handler(_hear)


def taken() -> bool:
    """Say whether this thread has changed what is public since it was asked last."""
    changed, _heard.changed = _heard.changed, False
    return changed


def _hear(notice: psycopg.errors.Diagnostic) -> None:
    if notice.sqlstate == SQLSTATE:
        _heard.changed = True
