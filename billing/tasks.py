"""What the cluster does with money by the clock; the work is in the modules it calls.

Nothing here depends on a queue having survived: every task looks for what is not at its end.
"""

import logging
from datetime import datetime, timedelta

from billing import (
    cancellations,
    client_credit,
    disputes,
    earnings,
    evidence,
    mass_cancellations,
    payments,
    payout_accounts,
    payouts,
    prepaid,
    reconciliation,
    referrals,
    refunds,
    reserves,
    surplus,
    suspensions,
    webhooks,
)
from billing.gateways.base import GatewayUnavailable
from billing.gateways.registry import GATEWAYS
from billing.ledger import seals
from kernel import clock
from kernel.tasks import enqueue, schedule, task
from kernel.turns import sole_turn

logger = logging.getLogger(__name__)

# A gateway that hangs holds up a sweep for minutes, and the clock begins another each minute: with
# one turn for all of them at most one worker waits for it, and the other goes on with the jobs.
TURN = "billing: sweep"
SWEEPS = {
    "events": webhooks.sweep,
    "refunds": refunds.sweep,
    "surpluses": surplus.sweep,
    "payments": payments.sweep,
    "payout_accounts": payout_accounts.sweep,
    "payouts": payouts.sweep,
    "answers": evidence.sweep,
    "client_credit": client_credit.sweep,
}


def sweep() -> dict[str, int]:
    """Finish what is stuck: events, refunds, payments, accounts, payouts, answers; then disputes,
    and sessions to which the mentor never came.

    Does nothing where another worker is at it.
    """
    with sole_turn(TURN) as mine:
        if not mine:
            return {}
        now = clock.now()
        done = {name: each(now=now) for name, each in SWEEPS.items()}
        done["disputes"] = disputes.sweep(now=now)
        return done | {"absences": cancellations.refund_absences(now=now)}


@task
def resume() -> None:
    """Job, promised whenever the cluster starts: finish at once what a crash cut short."""
    with sole_turn(TURN) as mine:
        if not mine:
            return  # the sweep that runs, and the next one, find the same a minute later
        now = clock.now()
        for each in SWEEPS.values():
            each(now=now, older_than=timedelta(0))


def earn() -> dict[str, int]:
    """Recognise commission of what is over, release shares whose dispute window is over, expire
    packages, and let reserves follow what is left of their sales, and go when their days are over.
    """
    now = clock.now()
    return {
        "recognised": earnings.recognise(now=now),
        "released": earnings.release(now=now),
        "packages_expired": prepaid.expire(now=now),
        "referrals": referrals.reward(now=now),
        "reserves_followed": reserves.follow(now=now),
        "reserves_released": reserves.release(now=now),
    }


def end_withdrawn() -> int:
    """Cancel the sessions of group meetings that do not take place; everything goes back."""
    return mass_cancellations.end_withdrawn(now=clock.now())


def end_suspended() -> int:
    """End what is booked with suspended mentors; everything goes back."""
    return suspensions.sweep(now=clock.now())


def reconcile() -> dict[str, dict[str, int]]:
    """Compare each gateway's records with the books; let settle mend what it can, look again.

    One gateway that does not answer keeps its run with the error, and the others are compared.
    """
    now = clock.now()
    done = {}
    for name in GATEWAYS:
        try:
            done[name] = _reconcile(name, now=now)
        except GatewayUnavailable as error:
            logger.error("reconciliation of %s: %s", name, error)  # noqa: TRY400
    return done


def _reconcile(gateway: str, *, now: datetime) -> dict[str, int]:
    since, until = reconciliation.nightly_window(now=now, gateway=gateway)
    result = reconciliation.run(gateway=gateway, since=since, until=until, now=now)
    found = left = sum(result.breaks.values())
    healed = reconciliation.heal(result=result, now=now)
    if healed:
        result = reconciliation.run(gateway=gateway, since=since, until=until, now=now)
        left = sum(result.breaks.values())
    return {"found": found, "healed": len(healed), "left": left}


def seal() -> None:
    """Seal what was known at the end of yesterday, so that a report as of it is final at once.

    Books that are busy all the while are left to the next turn.
    """
    now = clock.now()
    try:
        seals.seal(as_of=seals.end_of_yesterday(now), now=now)
    except seals.BooksBusy as busy:
        logger.warning("seal: %s", busy.detail)


def register_schedules() -> None:
    """Sweep, and end what was withdrawn or suspended, each minute; earn every five; seal each day
    after it is over (and twice more, in case the books were busy), reconcile each night at 02:15
    UTC; and resume now, because this runs at every roll-out.
    """
    schedule(sweep, name="billing: sweep", cron="* * * * *")
    schedule(end_withdrawn, name="billing: withdrawn", cron="* * * * *")
    schedule(end_suspended, name="billing: suspended", cron="* * * * *")
    schedule(earn, name="billing: earn", cron="*/5 * * * *")
    schedule(seal, name="billing: seal", cron="10,25,40 0 * * *")
    schedule(reconcile, name="billing: reconcile", cron="15 2 * * *")
    at_start()


def at_start() -> None:
    """Resume what the death of the cluster before, or of the database, cut short."""
    enqueue(resume, dedupe_key="start")
