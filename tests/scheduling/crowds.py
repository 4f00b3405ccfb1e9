"""Many at once: run calls from one starting line, each in a thread with its own connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connection, connections

from accounts.models import Client
from kernel.errors import Refusal
from scheduling import booking, slot_tokens
from scheduling.models import Session, SessionType


def at_once[T](calls: list[Callable[[], T]]) -> list[T | Refusal]:
    """Run the calls in as many threads from one starting line; return results and refusals."""
    line = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Refusal:
        try:
            connection.ensure_connection()
            line.wait()
            return call()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def holder(
    client: Client, session_type: SessionType, starts_at: datetime, now: datetime
) -> Callable[[], Session]:
    token = slot_tokens.mint(session_type=session_type, starts_at=starts_at, now=now)
    return lambda: booking.hold_slot(client=client, slot_token=token, goals="", now=now)
