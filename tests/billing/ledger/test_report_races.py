"""A report and the release of the share: whoever has the session's row first, the other sees it.

Real transactions on real connections; nothing is rolled back behind the threads.
"""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from billing import earnings
from billing.models import Purchase
from scheduling.models import Incident
from tests.billing.ledger.books import HOLD_OVER
from tests.billing.ledger.reports import held, reported

pytestmark = pytest.mark.django_db(transaction=True)


def _released_elsewhere() -> int:
    """Run the release on another connection, and return how many shares it released."""
    done: list[int] = []

    def run() -> None:
        try:
            done.append(earnings.release(now=HOLD_OVER))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    return done[0]


def test_a_share_is_not_released_past_a_report_that_is_being_made() -> None:
    session, other = held(), held()
    earnings.recognise(now=HOLD_OVER)

    with transaction.atomic():
        reported(session, at=HOLD_OVER - timedelta(minutes=1))
        # The report is not committed: nobody sees it, and yet its session is left alone.
        assert _released_elsewhere() == 1
    assert Incident.objects.get().state == "open"
    assert _released_elsewhere() == 0

    left = Purchase.objects.get(released_at=None)
    assert (left.session_id, Purchase.objects.count()) == (session.pk, 2)
    assert Purchase.objects.get(session=other).released_at == HOLD_OVER
