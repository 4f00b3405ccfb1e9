"""Pull what was earned: commission once a session is over, the mentor's share after the hold.

Both read the sessions as they are, so a run that was missed is made up by the next one, and a
second run finds nothing. They know no gateway and no refund.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from billing.ledger import earned


def recognise(*, now: datetime) -> int:
    """Recognise the commission of every session that ended with a kept amount.

    One transaction per batch; a purchase that is locked elsewhere waits for the next run.
    Returns how many purchases moved on.
    """
    total = 0
    while True:
        with transaction.atomic():
            moved = earned.recognise(earned.to_recognise(), now=now)
        total += moved
        if moved < earned.BATCH:
            return total


def release(*, now: datetime) -> int:
    """Make the mentors' shares available whose dispute window (settings) is over at `now`.

    A debt of a mentor, where nothing of the price was kept, moves at once. Returns how many
    purchases moved on.
    """
    window = settings.DISPUTE_WINDOW
    total = 0
    while True:
        with transaction.atomic():
            due = earned.to_release(now=now, dispute_window=window)
            moved = earned.release(due, now=now, dispute_window=window)
        total += moved
        if moved < earned.BATCH:
            return total
