"""Django's PostgreSQL engine, which asks a kept connection without a query whether it is open.

With CONN_HEALTH_CHECKS Django sends `SELECT 1` before the first query of each request: a round
trip more, where the query that asks whether a sign-in lives is often the only one. A server that
restarts, fails over or ends a connection says so on the socket, and a socket can be asked for news
at no cost. Nobody else writes there between two requests: what a process LISTENs to, it does on a
connection of its own. It sees no cable that was cut without a word: that is TCP's to notice.

It also hears whether public pages show what was written (`kernel.page_memory.changes`).
"""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from kernel.page_memory import changes


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        connection: psycopg.Connection = super().get_new_connection(conn_params)
        changes.listen(connection)
        return connection

    def is_usable(self) -> bool:
        """Say whether the connection stands; by a query only where something looks wrong."""
        if self.connection is None or self.errors_occurred or _has_news(self.connection):
            return bool(super().is_usable())
        return True


def _has_news(connection: psycopg.Connection) -> bool:
    """Say whether the server has sent something unasked, or is gone."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)  # a hangup is reported without being asked
    return bool(poll.poll(0))
