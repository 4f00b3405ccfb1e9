"""The clock's turn on money: everything reaches its end though every job was lost."""

from collections.abc import Callable

import pytest
from django_q.models import Schedule

from billing import tasks
from billing.models import GatewayEvent, Refund
from kernel import clock, schedules
from kernel.models import Job
from kernel.tasks import LEASE, drain
from scheduling import lifecycle
from scheduling.models import Session
from tests.billing.gateway.journey import HOUR, NOW, books, confirmed, paid, receive
from tests.billing.gateway.test_cancellations import AT_30_HOURS, STARTS_AT, cancel
from tests.standin import StandIn


def test_the_cluster_sweeps_each_minute_and_earns_every_five() -> None:
    tasks.register_schedules()
    tasks.register_schedules()

    found = Schedule.objects.filter(name__startswith="billing: ").values_list("name", "cron")
    assert {"billing: sweep": "* * * * *", "billing: earn": "*/5 * * * *"}.items() <= dict(
        found
    ).items()


@pytest.mark.parametrize("begin", [tasks.register_schedules, schedules.begin])
def test_a_start_finishes_at_once_what_a_crash_cut_short(
    standin: StandIn, begin: Callable[[], None]
) -> None:
    """After a roll-out, and after each start of the cluster."""
    paid(standin)
    begin()

    drain()

    assert Session.objects.get().state == "confirmed"


def test_what_a_dead_worker_had_taken_does_not_wait_for_its_lease(standin: StandIn) -> None:
    paid(standin)
    receive(standin.events()[-1])
    Job.objects.filter(done_at=None).update(lease_until=clock.now() + LEASE)  # and it was killed

    drain()
    assert Session.objects.get().state == "pending"
    schedules.begin()
    drain()

    assert Session.objects.get().state == "confirmed"


def test_one_sweep_finishes_events_refunds_and_payments(standin: StandIn) -> None:
    cancelled = confirmed(standin, starts_at=STARTS_AT)
    cancel(cancelled, at=AT_30_HOURS)
    told, untold = paid(standin), paid(standin)
    receive(next(e for e in standin.events() if told.public_id in str(e["data"])))
    Job.objects.all().delete()

    with clock.travel(AT_30_HOURS + HOUR):
        done = tasks.sweep()

    assert (done["events"], done["refunds"]) == (1, 1)
    assert GatewayEvent.objects.filter(state="received").count() == 0
    assert Refund.objects.get().state == "succeeded"
    for payment in (told, untold):
        payment.refresh_from_db()
        assert payment.state == "succeeded"
    assert books(cancelled.purchase_id) == {"1100": -320, "5010": 320}


def test_what_is_over_is_earned_and_after_the_window_released(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=NOW + HOUR)
    lifecycle.advance_due(now=NOW + 3 * HOUR)

    with clock.travel(NOW + 3 * HOUR):
        first = tasks.earn()
    with clock.travel(NOW + 100 * HOUR):
        second = tasks.earn()

    idle = {"packages_expired": 0, "referrals": 0, "reserves_followed": 0, "reserves_released": 0}
    assert (first, second) == (
        {"recognised": 1, "released": 0, **idle},
        {"recognised": 0, "released": 1, **idle},
    )
    # docs/money.md: completed, released (not yet paid out).
    assert books(payment.purchase_id) == {
        "1100": 9_680, "2120": -8_180, "4010": -1_500, "4020": -320, "5010": 320,
    }  # fmt: skip
