"""Delivery of webhooks: a durable queue, attempts with back-off, a log; it signs nothing.

Like https://docs.stripe.com/webhooks#automatic-retries: at least once, in no promised order,
anything but a 2xx is tried again later, for a bounded number of attempts.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.core.faults import Fault, Faults
from sandbox.core.messages import Json
from sandbox.core.store import Store

_COLUMNS = (
    "id, event, event_type, endpoint, gateway, state, attempts, due, last_status, last_error, note"
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is posted where."""

    url: str
    headers: dict[str, str]
    body: bytes


class Refused(Exception):
    """An attempt that failed."""

    def __init__(self, problem: str, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


type Prepare = Callable[[str, str], Parcel | None]


class Webhooks:
    """The queue; `prepare[gateway](event, endpoint)` makes the signed parcel when it is sent."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store, self._faults = store, faults
        self.prepare: dict[str, Prepare] = {}
        self.wake = threading.Event()
        self._sending: set[int] = set()
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="webhook")

    # -- queueing, inside the transaction of the event

    def enqueue(self, *, gateway: str, event: str, event_type: str, endpoints: list[str]) -> None:
        """Queue an event for every endpoint, bent by the faults in force."""
        struck = self._faults.strike_event(event_type) if endpoints else []
        for endpoint in endpoints:
            self._enqueue_one(gateway, event, event_type, endpoint, struck)

    def _enqueue_one(
        self, gateway: str, event: str, event_type: str, endpoint: str, struck: list[Fault]
    ) -> None:
        due, state, copies, gathered_by, notes = time.time(), "pending", 1, None, []
        for fault in struck:
            notes.append(fault.kind)
            match fault.kind:
                case "lose":
                    state = "lost"
                case "duplicate":
                    copies += int(fault.option("copies", 1))
                case "delay":
                    due += float(fault.option("seconds", 1.0))
                case "reorder":
                    state, gathered_by = "gathered", fault.rule_id
                    due += float(fault.option("max_wait_seconds", 5.0))
        for _ in range(copies):
            self._store.db.execute(
                "INSERT INTO deliveries"
                " (event, event_type, endpoint, gateway, state, due, gathered_by, note)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (event, event_type, endpoint, gateway, state, due, gathered_by, ",".join(notes)),
            )
        for fault in struck:
            if fault.kind == "reorder":
                self._release_full_group(fault)

    def _release_full_group(self, fault: Fault) -> None:
        """Let a gathered group go in reverse, once it is complete."""
        rows = self._store.db.execute(
            "SELECT id FROM deliveries WHERE state = 'gathered' AND gathered_by = ?"
            " ORDER BY id DESC",
            (fault.rule_id,),
        ).fetchall()
        if len(rows) < int(fault.option("batch", 2)):
            return
        for place, (delivery_id,) in enumerate(rows):
            self._store.db.execute(
                "UPDATE deliveries SET state = 'pending', due = ? WHERE id = ?",
                (time.time() + 0.15 * place, delivery_id),
            )

    # -- sending

    def send_due(self) -> float:
        """Hand what is due to the senders; return the seconds until the next one."""
        with self._store.transaction():
            now = time.time()
            self._store.db.execute(
                "UPDATE deliveries SET state = 'pending' WHERE state = 'gathered' AND due <= ?",
                (now,),
            )
            if self._store.setting("webhooks_held", False):
                return 0.5
            rows = self._store.db.execute(
                "SELECT id FROM deliveries WHERE state = 'pending' AND due <= ?"
                " ORDER BY due, id LIMIT 64",
                (now,),
            ).fetchall()
            fresh = [row[0] for row in rows if row[0] not in self._sending]
            self._sending.update(fresh)
            upcoming = self._store.db.execute(
                "SELECT MIN(due) FROM deliveries"
                " WHERE state IN ('pending', 'gathered') AND due > ?",
                (now,),
            ).fetchone()[0]
        for delivery_id in fresh:
            self._pool.submit(self._attempt, delivery_id)
        return 0.5 if upcoming is None else max(0.01, min(0.5, upcoming - time.time()))

    def flush(self, *, order: str = "oldest", types: str | None = None) -> list[Json]:
        """Deliver everything that waits, now and even while held; return these log lines.

        `order` is `oldest` or `newest` (both strictly one after the other) or `parallel`.
        """
        with self._store.transaction():
            rows = self._store.db.execute(
                "SELECT id FROM deliveries WHERE state IN ('pending', 'gathered')"
                " AND (? IS NULL OR event_type = ?) ORDER BY id",
                (types, types),
            ).fetchall()
            taken = [row[0] for row in rows if row[0] not in self._sending]
            self._sending.update(taken)
        if order == "newest":
            taken.reverse()
        if order == "parallel":
            futures: list[Future[None]] = [self._pool.submit(self._attempt, one) for one in taken]
            for future in futures:
                future.result()
        else:
            for one in taken:
                self._attempt(one)
        with self._store.lock:
            return [line for one in taken for line in self.log(delivery_id=one)]

    def again(self, event: str) -> int:
        """Queue an event's deliveries once more, lost and delivered ones too; return how many."""
        with self._store.transaction():
            return self.again_here(event)

    def again_here(self, event: str) -> int:
        """Do so inside the transaction of an operation."""
        done = self._store.db.execute(
            "INSERT INTO deliveries (event, event_type, endpoint, gateway, state, due, note)"
            " SELECT event, event_type, endpoint, gateway, 'pending', ?, 'resent'"
            " FROM deliveries WHERE event = ? GROUP BY event, endpoint",
            (time.time(), event),
        )
        self.wake.set()
        return done.rowcount

    def _attempt(self, delivery_id: int) -> None:
        try:
            with self._store.lock:
                row = self._store.db.execute(
                    "SELECT event, endpoint, gateway FROM deliveries WHERE id = ?", (delivery_id,)
                ).fetchone()
                parcel = self.prepare[row[2]](row[0], row[1]) if row else None
                timeout = float(self._store.setting("webhook_timeout_seconds", 10.0))
            if row is None:
                return
            if parcel is None:
                self._finish(
                    delivery_id,
                    state="dropped",
                    status=None,
                    problem="the endpoint or event is gone",
                )
                return
            try:
                status = _post(parcel, timeout=timeout)
            except Refused as refused:
                self._retry(delivery_id, refused)
            else:
                self._finish(delivery_id, state="delivered", status=status, problem=None)
        finally:
            with self._store.lock:
                self._sending.discard(delivery_id)

    def _finish(
        self, delivery_id: int, *, state: str, status: int | None, problem: str | None
    ) -> None:
        with self._store.transaction():
            self._store.db.execute(
                "UPDATE deliveries SET state = ?, attempts = attempts + 1,"
                " last_status = ?, last_error = ? WHERE id = ?",
                (state, status, problem, delivery_id),
            )

    def _retry(self, delivery_id: int, refused: Refused) -> None:
        with self._store.transaction():
            base = float(self._store.setting("webhook_backoff_seconds", 1.0))
            most = int(self._store.setting("webhook_max_attempts", 16))
            (attempts,) = self._store.db.execute(
                "SELECT attempts FROM deliveries WHERE id = ?", (delivery_id,)
            ).fetchone() or (0,)
            state = "exhausted" if attempts + 1 >= most else "pending"
            due = time.time() + min(60.0, base * 2**attempts)
            self._store.db.execute(
                "UPDATE deliveries SET state = ?, attempts = attempts + 1,"
                " last_status = ?, last_error = ?, due = ? WHERE id = ?",
                (state, refused.status, str(refused), due, delivery_id),
            )

    # -- the log

    def log(
        self, *, delivery_id: int | None = None, event: str | None = None, limit: int = 500
    ) -> list[Json]:
        """Return deliveries, oldest first. Expects the store's lock."""
        rows = self._store.db.execute(
            f"SELECT * FROM (SELECT {_COLUMNS} FROM deliveries WHERE (?1 IS NULL OR id = ?1)"
            " AND (?2 IS NULL OR event = ?2) ORDER BY id DESC LIMIT ?3) ORDER BY id",
            (delivery_id, event, limit),
        )
        names = _COLUMNS.split(", ")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def waiting(self, event: str | None = None) -> int:
        """Count what is still to be delivered. Expects the store's lock."""
        row = self._store.db.execute(
            "SELECT COUNT(*) FROM deliveries"
            " WHERE state IN ('pending', 'gathered') AND (?1 IS NULL OR event = ?1)",
            (event,),
        ).fetchone()
        return int(row[0])

    def settle_down(self, *, seconds: float) -> None:
        """Wait until no attempt is under way, or for so long."""
        deadline = time.monotonic() + seconds
        while self._sending and time.monotonic() < deadline:
            time.sleep(0.01)

    def close(self) -> None:
        """Stop sending; what was not acknowledged stays queued."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _post(parcel: Parcel, *, timeout: float) -> int:
    """Post a parcel; return the 2xx status.

    Raises:
        Refused: no answer, or any other status.
    """
    target = urlsplit(parcel.url)
    kind: Any = (
        http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    )
    connection = kind(target.hostname, target.port, timeout=timeout)
    try:
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        connection.request("POST", path, body=parcel.body, headers=parcel.headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as problem:
        raise Refused(f"{type(problem).__name__}: {problem}") from problem
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise Refused(f"HTTP {answer.status}", answer.status)
    return int(answer.status)
