"""What the cluster does with money by the clock; the work is in the modules it calls.

Nothing here depends on a queue having survived: every task looks for what is not at its end.
"""

from datetime import timedelta

from billing import earnings, payments, refunds, webhooks
from kernel import clock
from kernel.tasks import enqueue, schedule, task


def sweep() -> dict[str, int]:
    """Finish what is stuck: events, then refunds, then payments older than a minute."""
    now = clock.now()
    return {
        "events": webhooks.sweep(now=now),
        "refunds": refunds.sweep(now=now),
        "payments": payments.sweep(now=now),
    }


@task
def resume() -> None:
    """Job, promised at every start: finish at once what a crash cut short, however young."""
    now = clock.now()
    webhooks.sweep(now=now, older_than=timedelta(0))
    refunds.sweep(now=now)
    payments.sweep(now=now, older_than=timedelta(0))


def earn() -> dict[str, int]:
    """Recognise commission of what is over, release shares whose dispute window is over."""
    now = clock.now()
    return {"recognised": earnings.recognise(now=now), "released": earnings.release(now=now)}


def register_schedules() -> None:
    """Sweep each minute, earn every five; and once now, because this runs at every start."""
    schedule(sweep, name="billing: sweep", cron="* * * * *")
    schedule(earn, name="billing: earn", cron="*/5 * * * *")
    enqueue(resume, dedupe_key="start")
