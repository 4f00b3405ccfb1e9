"""What happens later: jobs due by the sandbox's clock, webhooks due by the wall's."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from typing import NamedTuple

from sandbox.core.clock import Clock
from sandbox.core.messages import Json
from sandbox.core.store import Store
from sandbox.core.webhooks import Webhooks

type Job = Callable[[Json], None]


class _Ran(NamedTuple):
    """A job that was run, and how it failed."""

    number: int
    failure: Exception | None


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
        """Run every job that is due, each in a transaction of its own; return how many.

        A job that fails is reported and dropped: it must not keep the others waiting for ever.
        """
        done = 0
        while (found := self._run_one_job()) is not None:
            if found.failure is not None:
                traceback.print_exception(found.failure, file=sys.stderr)
                with self._store.transaction():
                    self._store.drop_job(found.number)
            done += 1
        return done

    def _run_one_job(self) -> _Ran | None:
        number = 0
        try:
            with self._store.transaction():
                due = self._store.next_due_job(now=self._clock.now())
                if due is None:
                    return None
                number, name, payload = due
                self.jobs[name](payload)
                self._store.drop_job(number)
        except Exception as failure:  # whatever it was, it is reported above
            return _Ran(number, failure)
        return _Ran(number, None)

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
