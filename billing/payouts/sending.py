"""Order the payouts of an approved run at the gateway, one by one, until each is answered for.

Each order carries the key `payout:<id>`, and the instant of the first is committed before it. So
a run that was cut short is sent again from the start, and whoever was paid is not paid twice.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from billing.gateways.base import (
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
    write_or_find,
)
from billing.gateways.payees import TransferSnapshot
from billing.gateways.registry import gateway
from billing.models import Payout, PayoutRun
from billing.payouts.found import payout_of, run_of
from billing.payouts.outcome import apply, clear, finish_run, refuse, settle
from billing.states import (
    PAYOUT_IN_TRANSIT_STATES,
    PayoutRunEvent,
    PayoutRunState,
    PayoutState,
)
from kernel import clock
from kernel.errors import Refusal
from kernel.tasks import task

logger = logging.getLogger(__name__)

# Gateways remember idempotency keys for 24 hours; later an order is looked up before it is given.
KEY_LIFETIME = timedelta(hours=23)
SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 500
GIVE_UP_AFTER = 3


class RunNotApproved(Refusal):
    """Nobody has approved the run, or it was discarded."""

    code = "payout_run_not_approved"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one call of `send` did: payouts answered for, and those that still wait."""

    run: PayoutRun
    paid: int
    failed: int
    waiting: int


def send(*, run_id: UUID, now: datetime) -> Sent:
    """Order every payout of an approved run that has no answer yet.

    Call it outside any transaction; safe to repeat, also beside itself. A gateway's definite no
    makes that payout failed (its money is available again) and the run goes on; a silent gateway
    leaves the rest to the sweep. Raises NotFound, RunNotApproved.
    """
    _begin(run_id)
    silent = 0
    waiting = Payout.objects.filter(run=run_id, state__in=PAYOUT_IN_TRANSIT_STATES)
    for payout_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        try:
            order(payout_id, now=now)
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
    finish_run(run_id, now=now)
    return _sent(run_id)


@task
def send_run(*, run_id: str) -> None:
    """Job: `send`, at the clock's time."""
    send(run_id=UUID(run_id), now=clock.now())


def order(payout_id: UUID, *, now: datetime) -> Payout:
    """Pay one approved payout, or hear what became of it. Raises what the gateway raises."""
    payout = payout_of(payout_id)
    if payout.state == PayoutState.SENT:
        return settle(payout_id=payout_id, now=now)
    if payout.state != PayoutState.APPROVED:
        return payout
    payee_id = payout.account.gateway_account_id
    if payee_id is None:
        return refuse(payout_id, reason="no_payee", now=now)
    first_ordered_at = _mark_ordered(payout_id, now=now)
    port = gateway(payout.run.gateway)
    seen: TransferSnapshot | None = None
    if now - first_ordered_at > KEY_LIFETIME:
        seen = port.find_transfer(payout_id=payout_id)
    try:
        seen = seen or write_or_find(
            lambda: port.transfer(
                payout_id=payout_id,
                payee_id=payee_id,
                amount_minor=payout.amount_minor,
                currency=payout.currency,
            ),
            lambda: port.find_transfer(payout_id=payout_id),
        )
    except GatewayRefused as no:
        logger.warning("payout %s was refused: %s", payout.public_id, no.detail)
        return refuse(payout_id, reason=no.reason, now=now)
    return apply(payout_id, seen, now=now)


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Go on with approved runs, and ask about paid payouts until their window has closed.

    Level-triggered: it needs no event and no job to have survived. Returns how many runs and
    payouts it looked at.
    """
    runs = PayoutRun.objects.filter(
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


def _mark_ordered(payout_id: UUID, *, now: datetime) -> datetime:
    """Commit when the payout was first ordered, before the gateway hears of it."""
    with transaction.atomic():
        payout = payout_of(payout_id, lock=True)
        if payout.ordered_at is None:
            payout.ordered_at = now
            payout.save(update_fields=["ordered_at"])
        return payout.ordered_at


def _sent(run_id: UUID) -> Sent:
    run = run_of(run_id)
    states = list(Payout.objects.filter(run=run).values_list("state", flat=True))
    return Sent(
        run=run,
        failed=states.count(PayoutState.FAILED),
        waiting=sum(state in PAYOUT_IN_TRANSIT_STATES for state in states),
        paid=sum(
            state not in PAYOUT_IN_TRANSIT_STATES and state != PayoutState.FAILED
            for state in states
        ),
    )
