"""kill -9 of a worker in the middle of a delivery: it arrives in the end, under the same id."""

import os
import signal
import subprocess
import sys
import time

import pytest

from kernel import tasks
from kernel.models import Job
from tests.api.callers import ROOT, Served
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.world import made, told
from webhooks.models import Attempt, Delivery, Endpoint

WORKER = "import django; django.setup(); from kernel import tasks; print(tasks.drain())"


def worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=environment)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_during_a_call_loses_and_doubles_no_event(tmp_path: object) -> None:
    environment = Served(tmp_path).environment | {"OUTBOUND_LOOPBACK": "on"}  # type: ignore[arg-type]
    with receiving([Reply(after=20), Reply()]) as there:
        made(there.url)
        for number in range(5):
            told(number=number)
        killed = worker(environment)
        until = time.monotonic() + 60
        while not there.got and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait(timeout=10)
        assert len(there.got) == 1
        assert Attempt.objects.count() == 0
        # The leases end: the endpoint's, and that of the job (40 and 45 seconds).
        assert Endpoint.objects.filter(busy_until__isnull=False).count() == 1
        assert Job.objects.filter(done_at=None, lease_until__isnull=False).count() == 1
        assert tasks.drain() == 0  # the control: until then nobody else has it
        Endpoint.objects.update(busy_until=None)
        Job.objects.update(lease_until=None)

        assert worker(environment).wait(timeout=60) == 0

    assert Delivery.objects.filter(state="delivered").count() == 5
    assert there.ids[0] in there.ids[1:]
    assert len(there.ids) == 6
    assert len(set(there.ids)) == 5
