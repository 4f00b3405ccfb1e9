"""What a reversal gives back of a debt that was written off is the platform's again.

A refund that fails and a lost dispute that is won put their part back into the mentor's available
money. Where the debt that they had made was written off (5040), the mentor had that money already,
and would have it twice.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from billing.ledger import debt_posting, entries
from billing.ledger.balances import mentor_balances
from billing.ledger.chart import Code, code_of
from billing.ledger.posting import Draft
from billing.models import WriteOff, WriteOffRecovery


def set_off(*, reversal: Draft, now: datetime) -> WriteOffRecovery | None:
    """Take back what the reversal, just posted, repaid of a written-off debt: Dr 2120 / Cr 5040.

    It is the least of three: what came back, what is written off and not recovered, and what the
    mentor has by now: a debt that is left comes first. None where there is nothing of it. Call it
    in the transaction that posted the reversal, which holds the mentor's lock.
    """
    back = [line for line in reversal.lines if code_of(line.account) is Code.MENTOR_AVAILABLE]
    returned = -sum(line.amount_minor for line in back)
    if returned <= 0:
        return None
    mentor_id, currency = back[0].mentor_id, back[0].currency
    assert mentor_id is not None  # noqa: S101 - 2120 is by mentor (I11)
    amount = min(returned, _written_off(mentor_id, currency))
    if amount > 0:
        amount = min(amount, _available(mentor_id, currency))
    if amount <= 0:
        return None
    recovery = WriteOffRecovery.objects.create(
        mentor_id=mentor_id,
        amount_minor=amount,
        currency=currency,
        source_type=reversal.source_type,
        source_id=UUID(reversal.source_id),
        at=now,
    )
    posting = debt_posting.recovered(
        recovery_id=recovery.pk,
        mentor_id=mentor_id,
        amount_minor=amount,
        currency=currency,
        at=now,
    )
    entries.post(posting, posted_at=now)
    return recovery


def _written_off(mentor_id: UUID, currency: str) -> int:
    """Return what is written off of the mentor's debts and has not come back."""
    written = WriteOff.objects.filter(approved_at__isnull=False)
    minor = 0
    for sign, rows in ((1, written), (-1, WriteOffRecovery.objects.all())):
        found = rows.filter(mentor=mentor_id, currency=currency).aggregate(sum=Sum("amount_minor"))
        minor += sign * (found["sum"] or 0)
        if not minor:
            break  # nearly everybody
    return minor


def _available(mentor_id: UUID, currency: str) -> int:
    rows = mentor_balances(mentor_id=mentor_id)
    return sum(row.available_minor for row in rows if row.currency == currency)
