"""Jobs: promised in a transaction, done after it, at least once. Wraps django-q2.

django-q2 is the clock and the nudge; the truth is the `Job` row (docs/operations.md says why:
a killed worker loses or repeats queue entries, a row in our transaction is neither lost nor
early). Every task is idempotent. Money never depends on the queue being alive: whatever a job
would do, a sweep finds and does too.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

from django.db import connection, transaction
from django_q.models import Schedule
from django_q.tasks import async_task
from psycopg.types.json import Jsonb

from kernel import clock
from kernel.ids import uuid7
from kernel.models import Job, PublicChange
from kernel.prepared import execute

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
MAX_ATTEMPTS = 12
BATCH_SECONDS = 50
KEPT = timedelta(days=14)

# Prepared, and no savepoint around it: every webhook waits for one (benchmarks/webhooks.py). The
# only conflict is with a job of the same name and key that still waits.
_PROMISE = """
INSERT INTO kernel_job (id, name, arguments, dedupe_key, created_at, due_at, attempts, last_error)
VALUES ($1, $2, $3, $4, $5, $6, 0, '')
ON CONFLICT (name, dedupe_key) WHERE done_at IS NULL AND failed_at IS NULL AND lease_until IS NULL
DO NOTHING
"""

_registry: dict[str, Callable[..., Any]] = {}
_at_once: ContextVar[bool] = ContextVar("jobs_at_once", default=False)


def task[F: Callable[..., Any]](function: F) -> F:
    """Register a function as a job that `enqueue` may name. It must be idempotent."""
    _registry[_name(function)] = function
    return function


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _task_named(name: str) -> Callable[..., Any]:
    """Return a registered task; a worker that has not imported its module yet does so now."""
    if name not in _registry:
        import_module(name.rpartition(".")[0])
    return _registry[name]


def enqueue(
    function: Callable[..., Any],
    *,
    due_at: datetime | None = None,
    dedupe_key: str | None = None,
    **arguments: Any,
) -> None:
    """Promise to call `function(**arguments)` after the surrounding transaction commits.

    `arguments` are JSON values. `dedupe_key`: while a job of the same name and key still waits
    (nobody has begun it), nothing is added, because that one will see the newest state.
    Raises LookupError where the function is no registered task.
    """
    name = _name(function)
    if name not in _registry:
        raise LookupError(f"{name} is not a task: decorate it with @kernel.tasks.task")
    now = clock.now()
    if _at_once.get() and (due_at is None or due_at <= now):
        transaction.on_commit(partial(function, **arguments))
        return
    execute(_PROMISE, (uuid7(), name, Jsonb(arguments), dedupe_key, now, due_at or now))
    if due_at is None:
        transaction.on_commit(_nudge)


@contextmanager
def at_once() -> Iterator[None]:
    """Do what is due now right after its transaction, in this process, without a row.

    For a history that is told in one process at a travelled clock, where no cluster can help.
    A job that fails raises at its caller; one for later is a row as ever.
    """
    token = _at_once.set(True)
    try:
        yield
    finally:
        _at_once.reset(token)


def _nudge() -> None:
    """Wake a worker now. Failing is harmless: the schedule drains every minute."""
    try:
        with transaction.atomic():
            async_task(drain)
    except Exception:
        logger.exception("the job queue could not be nudged; the schedule will drain it")


def drain(*, limit: int = 500) -> int:
    """Do due jobs until none is left, `limit` is reached or the batch's time is over.

    Returns how many were tried. Runs outside any transaction; safe beside other drains.
    """
    started = clock.now()
    tried = 0
    while tried < limit and clock.now() - started < timedelta(seconds=BATCH_SECONDS):
        job = _take(now=clock.now())
        if job is None:
            break
        _run(job)
        tried += 1
    return tried


def _take(*, now: datetime) -> Job | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE kernel_job SET lease_until = %(lease)s, attempts = attempts + 1
            WHERE id = (
                SELECT id FROM kernel_job
                WHERE done_at IS NULL AND failed_at IS NULL AND due_at <= %(now)s
                  AND (lease_until IS NULL OR lease_until <= %(now)s)
                ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            {"now": now, "lease": now + LEASE},
        )
        row = cursor.fetchone()
    return Job.objects.get(pk=row[0]) if row else None


def _run(job: Job) -> None:
    try:
        _task_named(job.name)(**job.arguments)
    except Exception as error:
        logger.exception("job %s failed (attempt %s)", job, job.attempts)
        _postpone(job, reason=f"{type(error).__name__}: {error}")
    else:
        Job.objects.filter(pk=job.pk, done_at=None).update(
            done_at=clock.now(), failed_at=None, lease_until=None, last_error=""
        )


def _postpone(job: Job, *, reason: str) -> None:
    """Try again with doubling pauses (5 s up to an hour); give up after MAX_ATTEMPTS, visibly."""
    now = clock.now()
    # A twin that took the job when our lease was over may have done it: then it is done.
    undone = Job.objects.filter(pk=job.pk, done_at=None, failed_at=None)
    if job.attempts >= MAX_ATTEMPTS:
        undone.update(failed_at=now, lease_until=None, last_error=reason)
        return
    pause = timedelta(seconds=min(5 * 2 ** (job.attempts - 1), 3600))
    # The lease stays set (and ends with the pause): a twin may be enqueued meanwhile.
    undone.update(due_at=now + pause, lease_until=now + pause, last_error=reason)


def forget() -> int:
    """Drop the jobs that were done more than KEPT ago; failed ones stay until people look.

    And what public pages have changed by: none is in memory for longer than a minute.
    """
    deleted, _ = Job.objects.filter(done_at__lt=clock.now() - KEPT).delete()
    PublicChange.objects.filter(at__lt=clock.now() - timedelta(hours=1)).delete()
    return deleted


_declared: ContextVar[set[str] | None] = ContextVar("declared_schedules", default=None)


@contextmanager
def collecting_schedules() -> Iterator[set[str]]:
    """Collect the names that `schedule` is called with (for `kernel.schedules.sync`)."""
    names: set[str] = set()
    token = _declared.set(names)
    try:
        yield names
    finally:
        _declared.reset(token)


def schedule(function: Callable[..., Any], *, name: str, cron: str) -> None:
    """Have the cluster call `function()` by the `cron` expression (UTC); idempotent by name."""
    Schedule.objects.update_or_create(
        name=name,
        defaults={"func": _name(function), "schedule_type": Schedule.CRON, "cron": cron},
    )
    declared = _declared.get()
    if declared is not None:
        declared.add(name)
