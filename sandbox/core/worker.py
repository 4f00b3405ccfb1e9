"""One thread for what happens later: jobs that are due by the sandbox's clock, webhooks that are
due by the wall's.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable

from sandbox.core.clock import Clock
from sandbox.core.messages import Json
from sandbox.core.store import Store
from sandbox.core.webhooks import Webhooks

type Job = Callable[[Json], None]


class Worker:
    """Runs jobs by name and drives the webhook queue until it is stopped."""

    def __init__(self, store: Store, clock: Clock, webhooks: Webhooks) -> None:
        self._store, self._clock, self._webhooks = store, clock, webhooks
        self.jobs: dict[str, Job] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin; what was queued before the last end goes out first."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present round."""
        self._stopping.set()
        self._webhooks.wake.set()
        self._thread.join(timeout=5)

    def run_due_jobs(self) -> int:
        """Run every job that is due, each in a transaction of its own; return how many."""
        done = 0
        while True:
            with self._store.transaction():
                taken = self._store.take_due_job(now=self._clock.now())
                if taken is None:
                    return done
                name, payload = taken
                self.jobs[name](payload)
            done += 1

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._webhooks.wake.clear()
            pause = 0.5
            try:
                self.run_due_jobs()
                pause = self._webhooks.send_due()
            except Exception:  # the thread must outlive a bad job: say it and go on
                traceback.print_exc(file=sys.stderr)
            self._webhooks.wake.wait(pause)
