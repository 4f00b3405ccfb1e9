"""What the clock does between the days: the schedules that the job cluster runs, at their hour."""

from collections import Counter
from datetime import datetime, timedelta

from billing import earnings, reconciliation
from billing import tasks as billing_tasks
from demo.year.gateway import StandIn
from kernel import clock, tasks
from notifications.outbox import send_waiting
from scheduling import tasks as scheduling_tasks

HOUR = timedelta(hours=2, minutes=15)
LATELY = timedelta(days=14)
SUNDAY = 6


def night(stand_in: StandIn, day: datetime, *, last: datetime) -> Counter[str]:
    """Run the schedules of the night that begins the day; return what they found.

    Reconciliation looks eight days back: once a week covers all, and lately every night.
    """
    stand_in.set_clock(day + HOUR)
    done: Counter[str] = Counter()
    with clock.travel(day + HOUR):
        now = clock.now()
        scheduling_tasks.tick()
        scheduling_tasks.keep_offered_hours()
        billing_tasks.sweep()
        done["earned"] = earnings.recognise(now=now)
        done["released"] = earnings.release(now=now)
        send_waiting()
        tasks.drain()
        if day.weekday() == SUNDAY or day > last - LATELY:
            since, until = reconciliation.nightly_window(now=now)
            result = reconciliation.run(gateway="stripe", since=since, until=until, now=now)
            reconciliation.heal(result=result, now=now)
            done["breaks"] = result.new
    return done
