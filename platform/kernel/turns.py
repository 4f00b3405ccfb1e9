"""One at a time: a turn that one process holds and others go without. Knows nothing of why.

An advisory lock of PostgreSQL's session, so a process that dies gives its turn back with its
connection, and nothing has to expire. It is held across transactions, as long calls need it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def sole_turn(name: str) -> Iterator[bool]:
    """Yield True while nobody else holds the turn `name`; False, at once, where somebody does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        (mine,) = cursor.fetchone() or (False,)
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
