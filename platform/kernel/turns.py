"""One at a time: a turn that one process holds and others go without. Knows nothing of why.

An advisory lock of a transaction that stays open on a connection of its own: it is held across the
transactions of the work, as long calls need it; a process that dies gives it back with its
connection, so that nothing has to expire; and it holds behind a pooler that shares connections
between transactions, where a lock of the session would be whosever transaction comes next. The
open transaction reads nothing more, so it keeps no old row from being cleared away.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import connection

# A server's or role's setting must not end what waits for a gateway.
_STAY = "SET LOCAL idle_in_transaction_session_timeout = 0"
_TAKE = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


@contextmanager
def sole_turn(name: str) -> Iterator[bool]:
    """Yield True while nobody else holds the turn `name`; False, at once, where somebody does."""
    holder = psycopg.connect(**connection.get_connection_params())
    try:
        holder.execute(_STAY)
        (mine,) = holder.execute(_TAKE, [name]).fetchone() or (False,)
        if not mine:
            holder.rollback()
        yield mine
    finally:
        with suppress(psycopg.Error):  # where the server is gone, so is the turn
            holder.rollback()
        holder.close()
