"""Find a run or a payout, locked or not; the refusal says that there is none."""

from uuid import UUID

from billing.ledger.payout_posting import Moved
from billing.models import Payout, PayoutRun
from kernel.errors import NotFound


def run_of(run_id: UUID, *, lock: bool = False) -> PayoutRun:
    """Return the run; `lock` takes its row for the rest of the transaction. Raises NotFound."""
    runs = PayoutRun.objects.select_for_update() if lock else PayoutRun.objects.all()
    run = runs.filter(pk=run_id).first()
    if run is None:
        raise NotFound(f"There is no payout run {run_id}.")
    return run


def payout_of(payout_id: UUID, *, lock: bool = False) -> Payout:
    """Return the payout with its run and account. Raises NotFound."""
    payouts = Payout.objects.select_related("run", "account", "mentor__user")
    if lock:
        payouts = payouts.select_for_update(of=("self",))
    payout = payouts.filter(pk=payout_id).first()
    if payout is None:
        raise NotFound(f"There is no payout {payout_id}.")
    return payout


def moved(payout: Payout, run: PayoutRun) -> Moved:
    """Return what the ledger has to know of a payout."""
    return Moved(
        payout_id=payout.pk,
        mentor_id=payout.mentor_id,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
        gateway=run.gateway,
    )
