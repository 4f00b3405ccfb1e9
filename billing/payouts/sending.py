"""Order the payouts of an approved run at the gateway, one by one, until each is answered for.

Each order carries the key `payout:<id>`, and the instant of the first is committed before it. So
a run that was cut short is sent again from the start, and whoever was paid is not paid twice.
One process at a time sends a run, and a job a part of it, so that it ends within its lease.
"""

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from billing.gateways.base import (
    BalanceTooLow,
    GatewayUnavailable,
    GatewayUnknownOutcome,
)
from billing.models import Payout, PayoutRun
from billing.payouts.found import run_of
from billing.payouts.ordering import order
from billing.payouts.outcome import clear, finish_run, settle
from billing.states import (
    PAYOUT_IN_TRANSIT_STATES,
    PayoutRunEvent,
    PayoutRunState,
    PayoutState,
)
from kernel import audit, clock
from kernel.errors import Refusal
from kernel.tasks import enqueue, task
from kernel.turns import sole_turn

logger = logging.getLogger(__name__)

SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 500
GIVE_UP_AFTER = 3
# How long a job sends before it leaves the rest to the next one: shorter than its lease. The sweep
# has longer, and ends before the cluster would end its worker.
PART = timedelta(seconds=30)
LONGEST = timedelta(minutes=4)
# How long a run waits for our balance at the gateway: sales become available there day by day.
BALANCE_PAUSE = timedelta(minutes=15)


class RunNotApproved(Refusal):
    """Nobody has approved the run, or it was discarded."""

    code = "payout_run_not_approved"


class NothingWaits(Refusal):
    """Each payout of the run was answered for."""

    code = "payout_run_nothing_waits"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one call of `send` did: payouts answered for, and those that still wait.

    `cut`: its time was over, and another call goes on.
    """

    run: PayoutRun
    paid: int
    failed: int
    waiting: int
    cut: bool = False


def send(*, run_id: UUID, now: datetime, within: timedelta = LONGEST) -> Sent:
    """Order every payout of an approved run that has no answer yet, as far as the time allows.

    Call it outside any transaction; safe to repeat, also beside itself: while another process
    sends the run, nothing is done. A gateway's definite no makes that payout failed (its money is
    available again) and the run goes on; a silent gateway leaves the rest to the sweep. Where our
    balance there does not cover a payout, the run waits and says so; the sweep goes on with it.
    Raises NotFound, RunNotApproved.
    """
    _begin(run_id)
    cut = False
    with sole_turn(f"billing: payout run {run_id}") as mine:
        if mine:
            short, cut = _order_all(run_id, now=now, within=within)
            _wait(run_id, short, now=now)
            finish_run(run_id, now=now)
    return replace(progress(run_id=run_id), cut=cut)


def _order_all(run_id: UUID, *, now: datetime, within: timedelta) -> tuple[str, bool]:
    """Order one after the other; return why the run has to wait, and whether the time was over."""
    until = time.monotonic() + within.total_seconds()
    silent = 0
    waiting = Payout.objects.filter(run=run_id, state__in=PAYOUT_IN_TRANSIT_STATES)
    for payout_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        try:
            order(payout_id, now=now)
        except BalanceTooLow as error:
            logger.warning("payout %s: %s", payout_id, error)
            return str(error), False
        except GatewayUnknownOutcome as error:
            # The gateway answers, but this key replays an error all day: that is no silence.
            logger.warning("payout %s: %s", payout_id, error)
        except GatewayUnavailable as error:
            logger.warning("payout %s: %s", payout_id, error)
            silent += 1
            if silent >= GIVE_UP_AFTER:
                break
        except Exception:
            logger.exception("payout %s could not be sent; the next sweep tries again", payout_id)
        else:
            silent = 0
        if time.monotonic() >= until:
            return "", True
    return "", False


@task
def send_run(*, run_id: str) -> None:
    """Job: `send` a part, at the clock's time, and promise the rest."""
    if send(run_id=UUID(run_id), now=clock.now(), within=PART).cut:
        enqueue(send_run, run_id=run_id, dedupe_key=run_id)


def send_again(*, run_id: UUID, by: User, now: datetime) -> PayoutRun:
    """Have what still waits of an approved run sent now instead of by the next sweep.

    Promises the job and writes down who asked; safe to repeat, nobody is paid twice. Raises
    NotFound, RunNotApproved, NothingWaits.
    """
    with transaction.atomic():
        run = run_of(run_id, lock=True)
        waiting = Payout.objects.filter(run=run, state__in=PAYOUT_IN_TRANSIT_STATES).count()
        if run.state not in (PayoutRunState.APPROVED, PayoutRunState.SENDING):
            raise RunNotApproved(
                f"Run {run.public_id} is {run.state}; only an approved run that is not done yet "
                "can be sent again."
            )
        if not waiting:
            raise NothingWaits(f"Every payout of run {run.public_id} was answered for.")
        audit.record(
            actor=by.public_id,
            action="payout_run.sent_again",
            object_type="payout_run",
            object_id=run.public_id,
            data={"waiting": waiting, "at": now.isoformat()},
        )
        enqueue(send_run, run_id=str(run.pk), dedupe_key=str(run.pk))
    return run


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Go on with approved runs, and ask about paid payouts until their window has closed.

    Level-triggered: it needs no event and no job to have survived. A run that waits for our
    balance at the gateway is left alone until its pause is over. Returns how many runs and
    payouts it looked at.
    """
    runs = PayoutRun.objects.filter(
        Q(resumes_at=None) | Q(resumes_at__lte=now),
        state__in=[PayoutRunState.APPROVED, PayoutRunState.SENDING],
        approved_at__lte=now - older_than,
    )
    run_ids = list(runs.order_by("approved_at", "pk").values_list("pk", flat=True))
    for run_id in run_ids:
        send(run_id=run_id, now=now)
    return len(run_ids) + _clear_old(now)


def _clear_old(now: datetime) -> int:
    """Look once more at payouts whose return window is over, and let them be."""
    over = Payout.objects.filter(
        state=PayoutState.PAID, paid_at__lte=now - settings.PAYOUT_RETURN_WINDOW
    )
    payout_ids = list(over.order_by("paid_at", "pk").values_list("pk", flat=True)[:SWEEP_BATCH])
    silent = 0
    for payout_id in payout_ids:
        try:
            settle(payout_id=payout_id, now=now)
            clear(payout_id, now=now)
        except GatewayUnavailable as error:
            logger.warning("sweep: payout %s: %s", payout_id, error)
            silent += 1
            if silent >= GIVE_UP_AFTER:
                break
        except Exception:
            logger.exception("sweep: payout %s could not be settled", payout_id)
        else:
            silent = 0
    return len(payout_ids)


def _begin(run_id: UUID) -> None:
    with transaction.atomic():
        run = run_of(run_id, lock=True)
        if run.state == PayoutRunState.APPROVED:
            run.transition(PayoutRunEvent.SEND)
            run.save(update_fields=["state"])
        elif run.state not in (PayoutRunState.SENDING, PayoutRunState.DONE):
            raise RunNotApproved(
                f"Run {run.public_id} is {run.state}. Another person than its preparer has to "
                "approve it before it is sent."
            )


def _wait(run_id: UUID, reason: str, *, now: datetime) -> None:
    """Write down why the run does not go on and when it is tried again, or that it goes on."""
    PayoutRun.objects.filter(pk=run_id, state=PayoutRunState.SENDING).update(
        waits_for=reason[:300], resumes_at=now + BALANCE_PAUSE if reason else None
    )


def progress(*, run_id: UUID) -> Sent:
    """Return how far the sending of a run is: paid, failed, still waiting. Raises NotFound."""
    run = run_of(run_id)
    states = list(Payout.objects.filter(run=run).values_list("state", flat=True))
    failed = states.count(PayoutState.FAILED)
    waiting = sum(state in PAYOUT_IN_TRANSIT_STATES for state in states)
    return Sent(run=run, paid=len(states) - failed - waiting, failed=failed, waiting=waiting)
