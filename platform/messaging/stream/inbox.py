"""What a stream asks the database: by Django's own queries, in threads beside the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import close_old_connections

from accounts.tokens import living
from kernel import clock
from messaging import queries, tickets
from messaging.queries import DeliveredItem
from messaging.tickets import Holder

PAGE = 100
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="inbox")


async def redeem(secret: str) -> Holder | None:
    return await _ask(lambda: tickets.redeem(secret=secret, now=clock.now()))


async def end(person_id: UUID) -> int:
    return await _ask(lambda: queries.end_of_inbox(person_id))


async def page(holder: Holder, *, after: int) -> list[DeliveredItem] | None:
    """Return the next messages of the inbox; None where the sign-in has ended."""

    def read() -> list[DeliveredItem] | None:
        if not living(family_ids=[holder.sign_in_id], now=clock.now()):
            return None
        return queries.deliveries_after(person_id=holder.person_id, number=after, limit=PAGE)

    return await _ask(read)


async def _ask[T](question: Callable[[], T]) -> T:
    """Ask in a thread whose connection is checked first: PostgreSQL may have been restarted."""

    def ask() -> T:
        close_old_connections()
        return question()

    return await asyncio.get_running_loop().run_in_executor(_threads, ask)
