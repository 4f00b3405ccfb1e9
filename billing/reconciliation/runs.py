"""One reconciliation run: import, match, report; and the healing that needs no person."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from billing import payouts, surplus, treasury
from billing.gateways.registry import gateway as gateway_named
from billing.gateways.registry import refuse_unknown
from billing.models import Break, ReconciliationRun
from billing.payments import settle
from billing.reconciliation import arrivals, withdrawals
from billing.reconciliation.asking import HEALING
from billing.reconciliation.importer import import_file, import_rows
from billing.reconciliation.matching import LEG, match, values_of
from billing.reconciliation.rules import apply_rules
from billing.reconciliation.surpluses import bounced
from billing.reconciliation.windows import Windows, days_of_open_breaks
from kernel.errors import Invalid

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run in numbers."""

    run: ReconciliationRun
    rows: int
    breaks: dict[str, int]
    timing: dict[str, int]
    new: int
    closed: int
    resolved: int

    def as_json(self) -> dict[str, Any]:
        """Return the run as the command prints it; of breaks every type is there, zero included.

        `timing` is what is still inside its window (a webhook may be on its way): no break yet.
        """
        return {
            "run": str(self.run.pk),
            "gateway": self.run.gateway,
            "from": self.run.since.isoformat(),
            "to": self.run.until.isoformat(),
            "rows": self.rows,
            "breaks": {kind: self.breaks.get(kind, 0) for kind in Break.Type.values},
            "total": sum(self.breaks.values()),
            "timing": self.timing,
            "new": self.new,
            "closed": self.closed,
            "resolved": self.resolved,
            "unexplained": withdrawals.unexplained(run=self.run),
        }


def run(*, gateway: str, since: datetime, until: datetime, now: datetime) -> Result:
    """Compare the gateway's movements of [since, until) with the books and keep the breaks.

    Looks again at the earlier days of what is still open. Calls the gateway first, outside any
    transaction; matches in one transaction. A second run over the same window adds nothing.
    Raises Invalid for an empty window, UnknownGateway, GatewayUnavailable (the run is kept with
    its error).
    """
    if since >= until:
        raise Invalid("The window is empty: --from must lie before --to.", pointer="/from")
    port = gateway_named(gateway)
    started = ReconciliationRun.objects.create(
        gateway=gateway,
        since=since,
        until=until,
        days=days_of_open_breaks(gateway=gateway, leg=LEG, before=since),
        started_at=now,
    )
    with _error_kept(started):
        rows = sum(
            import_rows(run=started, gateway=port, since=begin, until=end)
            for begin, end in Windows.of(started).wider().spans
        )
        withdrawals.import_records(run=started, gateway=port)
    return _compared(started, rows=rows, legs="ABC")


def run_file(
    *, gateway: str, file: IO[bytes], since: datetime, until: datetime, now: datetime
) -> Result:
    """Compare the movements of a CSV file with the books, as `run` does with the gateway's list.

    For what is too much to page through, and for a gateway that is out of reach. The file holds
    the window with a day at both ends. Raises Invalid (for the file: the run is kept with its
    error), UnknownGateway.
    """
    refuse_unknown(gateway)
    if since >= until:
        raise Invalid("The window is empty: --from must lie before --to.", pointer="/from")
    started = ReconciliationRun.objects.create(
        gateway=gateway, since=since, until=until, started_at=now
    )
    with _error_kept(started):
        rows = import_file(run=started, file=file)
    return _compared(started, rows=rows, legs="A")


@contextmanager
def _error_kept(started: ReconciliationRun) -> Iterator[None]:
    """Have the run say what ended it."""
    try:
        yield
    except Exception as error:
        ReconciliationRun.objects.filter(pk=started.pk).update(error=str(error))
        raise


def _compared(started: ReconciliationRun, *, rows: int, legs: str) -> Result:
    """Match what a run has stored, keep the breaks and finish it."""
    with transaction.atomic():
        kept = match(run=started)
        if withdrawals.LEG in legs:
            kept.add(withdrawals.match(run=started, values=values_of(started)))
        if arrivals.LEG in legs:
            kept.add(arrivals.match(values=values_of(started)))
        result = Result(
            run=started,
            rows=rows,
            breaks=dict(kept.by_type),
            timing=dict(kept.timing),
            new=kept.new,
            closed=kept.closed,
            resolved=kept.resolved,
        )
        started.finished_at = started.started_at
        started.counts = {key: result.as_json()[key] for key in ("rows", "breaks", "new", "closed")}
        started.save(update_fields=["finished_at", "counts"])
    return result


def heal(*, result: Result, now: datetime) -> list[str]:
    """Let `settle` look again at every payment and payout whose break it can mend, and at what was
    given back and is listed as come back; return ids.

    The breaks close themselves in the next run. Calls the gateway; opens its own transactions.
    One that cannot be settled is logged, keeps its break and does not stop the others.
    """
    mendable = Break.objects.filter(
        last_run=result.run, state=Break.State.OPEN, type__in=HEALING
    ).order_by()
    of_payments = mendable.filter(payment__isnull=False).values_list("payment_id", flat=True)
    of_payouts = mendable.filter(payout__isnull=False).values_list("payout_id", flat=True)
    apply_rules(run_id=result.run.pk, now=now)
    to_our_bank = mendable.filter(leg=withdrawals.LEG).values_list("key", flat=True)
    healed = []
    for pk in sorted(set(of_payments)):
        if _looked_at(pk, partial(settle, payment_id=pk, now=now)):
            healed.append(str(pk))
    for pk in bounced(run=result.run):
        if _looked_at(pk, partial(_settle_all, payment_id=pk, now=now)):
            healed.append(str(pk))
    for pk in sorted(set(of_payouts)):
        if _looked_at(pk, partial(payouts.settle, payout_id=pk, now=now)):
            healed.append(str(pk))
    for key in sorted(set(to_our_bank)):
        ask = {"gateway": result.run.gateway, "gateway_payout_id": key}
        if _looked_at(key, partial(treasury.settle, **ask, now=now)):
            healed.append(key)
    return healed


def _settle_all(*, payment_id: UUID, now: datetime) -> None:
    """Ask for a payment's own charge, and for those beside it that go back."""
    settle(payment_id=payment_id, now=now)
    surplus.settle(payment_id=payment_id, now=now)


def _looked_at(pk: UUID | str, settle_it: Callable[[], object]) -> bool:
    try:
        settle_it()
    except Exception:
        logger.exception("reconciliation: %s could not be settled", pk)
        return False
    return True
