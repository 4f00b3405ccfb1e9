"""A payout run over a thousand mentors: previewed, frozen, approved by another, killed, resumed.

The sender is a process of its own that dies by SIGKILL; the money is the stand-in's.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from billing import payouts
from billing.models import Entry, Payout, PayoutRun
from tests.billing.ledger.test_races import at_once
from tests.billing.payouts import sender
from tests.billing.payouts.crowd import crowd
from tests.billing.payouts.test_four_eyes import APPROVE, as_application
from tests.billing.payouts.test_runs import CountedQueries
from tests.billing.payouts.world import NOW, books, built, staff
from tests.standin import ROOT, SECRET_KEY, StandIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MENTORS = 1_000
DEATHS = (
    (sender.BEFORE_THE_CALL, 150),
    (sender.AFTER_THE_CALL, 150),
    (sender.BEFORE_THE_COMMIT, 150),
)


def send_and_kill(standin: StandIn, run: PayoutRun, point: str, before: int) -> None:
    """Send the run in a process that dies at the point."""
    server = connection.get_connection_params()
    person = ":".join(str(server[key]) for key in ("user", "password") if server.get(key))
    place = f"localhost:{server.get('port') or 5432}/{server['dbname']}"
    url = f"postgres://{person}@{place}?host={server['host']}"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.billing.payouts.sender"),
            *(str(run.pk), NOW.isoformat(), point, str(before)),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": url,
            "STRIPE_API_BASE": standin.url,
            "STRIPE_SECRET_KEY": SECRET_KEY,
        },
        check=False,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == -9, done.stderr.decode()[-2000:]
    until_its_turn_is_free()


def until_its_turn_is_free() -> None:
    """Wait until the server has noticed that the process is gone, and ended what it had open.

    Sent a moment before, the run is still that process's, and nothing is done.
    """
    others = """SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database
        WHERE datname = current_database() AND locktype = 'advisory' AND pid <> pg_backend_pid()"""
    until = time.monotonic() + 60
    while True:
        with connection.cursor() as cursor:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
        assert time.monotonic() < until, "the turn is still held although its process is dead"
        time.sleep(0.05)


def paid_there(standin: StandIn) -> Counter[str]:
    """How often each mentor was paid, by payee, as the gateway has it."""
    found: Counter[str] = Counter()
    for transfer in standin.stripe.v1.transfers.list({"limit": 100}).auto_paging_iter():
        assert transfer.amount == 8180
        found[str(transfer.destination)] += 1
    return found


def test_each_of_a_thousand_mentors_is_paid_once_though_the_sender_is_killed_three_times(
    stage: StandIn,
) -> None:
    crowd(stage, MENTORS)
    stage.fund(MENTORS * 9_000)  # the gateway keeps its fee of it
    preparer = staff("Paula Preparer")

    runs = at_once(*(lambda: built(preparer) for _ in range(2)))
    [run] = [one for one in runs if isinstance(one, PayoutRun)]
    assert [type(one).__name__ for one in runs if one is not run] == ["RunInProgress"]
    shown = payouts.preview(run_id=run.pk)
    assert (len(shown.included), shown.excluded, shown.total_minor) == (1000, (), 8_180_000)
    run = payouts.freeze(run_id=run.pk, by=preparer, now=NOW)
    assert (run.count, run.total_minor, len(run.content_hash)) == (1000, 8_180_000, 64)
    refused_to_its_preparer(run, preparer)
    payouts.approve(run_id=run.pk, by=staff("Adam Approver"), now=NOW)

    seen = []
    for point, before in DEATHS:
        send_and_kill(stage, run, point, before)
        seen.append(payouts.progress(run_id=run.pk))
    assert [(one.paid, one.waiting, one.run.state) for one in seen] == [
        (150, 850, "sending"),
        (300, 700, "sending"),
        (450, 550, "sending"),  # the one that was paid and not written down is one of the 150
    ]
    payouts.sweep(now=NOW + timedelta(minutes=2))

    done = payouts.progress(run_id=run.pk)
    assert (done.paid, done.failed, done.waiting, done.run.state) == (1000, 0, 0, "done")
    accounts = Payout.objects.values_list("account__gateway_account_id", flat=True)
    assert paid_there(stage) == dict.fromkeys(map(str, accounts), 1)
    assert Entry.objects.filter(source_type="payout", kind="paid").count() == 1000
    assert not {"2120", "2140"} & books().keys()


def refused_to_its_preparer(run: PayoutRun, preparer: Any) -> None:
    """Not by the service, not as superuser, not by SQL under the application's role."""
    preparer.is_superuser = True
    preparer.save()
    with pytest.raises(payouts.FourEyes):
        payouts.approve(run_id=run.pk, by=preparer, now=NOW)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        PayoutRun.objects.filter(pk=run.pk).update(
            state="approved", approved_by=preparer, approved_at=NOW
        )
    with pytest.raises(IntegrityError, match="four_eyes"):
        as_application(APPROVE, preparer.pk)
    run.refresh_from_db()
    assert (run.state, run.approved_by, "2140" in books()) == ("frozen", None, False)


@pytest.mark.django_db(transaction=False)
def test_building_freezing_and_approving_take_as_many_queries_for_sixty_as_for_twenty(
    stage: StandIn,
) -> None:
    preparer, approver = staff(), staff()
    counts, paid = [], []
    for more in (20, 40):
        crowd(stage, more)
        with transaction.atomic(), CountedQueries() as counted:
            run = payouts.build(currency="USD", built_by=preparer, now=NOW)
            payouts.freeze(run_id=run.pk, by=preparer, now=NOW)
            paid.append(payouts.approve(run_id=run.pk, by=approver, now=NOW).count)
            transaction.set_rollback(True)
        counts.append(counted.number)

    assert paid == [20, 60]
    assert counts[0] == counts[1]
