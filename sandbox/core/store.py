"""The gateway's memory: one SQLite file, one writer at a time, committed before an answer is given.

WAL with `synchronous=NORMAL`: a commit is in the operating system's hands before the answer leaves,
so a kill -9 of this process loses nothing that was answered (https://www.sqlite.org/wal.html).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sandbox.core.messages import Json

# Fields by which objects of a kind are looked up; each pair gets a partial expression index.
_LOOKUPS = (
    ("balance_transaction", "_payout"),
    ("balance_transaction", "source"),
    ("charge", "payment_intent"),
    ("charge", "transfer_group"),
    ("dispute", "charge"),
    ("dispute", "payment_intent"),
    ("paypal_capture", "invoice_id"),
    ("paypal_capture", "order"),
    ("paypal_dispute", "capture"),
    ("paypal_merchant", "email"),
    ("paypal_merchant", "tracking_id"),
    ("paypal_payout", "sender_batch_id"),
    ("paypal_payout_item", "batch"),
    ("paypal_refund", "capture"),
    ("paypal_transaction", "transaction"),
    ("refund", "charge"),
    ("refund", "payment_intent"),
    ("room_seat", "room"),
    ("transfer", "destination"),
    ("transfer", "source_transaction"),
    ("transfer", "transfer_group"),
    ("transfer_reversal", "transfer"),
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    account TEXT NOT NULL DEFAULT '',
    created INTEGER NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_page ON objects (kind, account, created DESC, seq DESC);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER NOT NULL, name TEXT NOT NULL,
    payload TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due, id);
CREATE TABLE IF NOT EXISTS replays (
    scope TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, digest TEXT NOT NULL,
    status INTEGER NOT NULL, body BLOB NOT NULL, request_id TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0, fired INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, event_type TEXT NOT NULL,
    endpoint TEXT NOT NULL, gateway TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, last_status INTEGER, last_error TEXT,
    gathered_by INTEGER, note TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due, id);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
"""
_TABLES = ("objects", "settings", "jobs", "replays", "faults", "deliveries")


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list, newest first."""

    rows: list[Json]
    has_more: bool


class Store:
    """JSON documents, and the small tables beside them; every method wants the lock held."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.folder = path.parent
        self.lock = threading.RLock()
        self.db = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, cached_statements=256
        )
        self.db.execute("PRAGMA locking_mode=EXCLUSIVE")  # one stand-in per state folder
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(_SCHEMA)
        self.db.execute("PRAGMA wal_autocheckpoint=8000")
        for kind, name in _LOOKUPS:
            self.db.execute(
                f"CREATE INDEX IF NOT EXISTS {kind}_by_{name} ON objects"
                f" (json_extract(body, '$.{name}')) WHERE kind = '{kind}'"
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and one transaction; commit at the end, roll back on an exception."""
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def get(self, kind: str, object_id: str, *, account: str | None = None) -> Json | None:
        """Return the visible object, or None."""
        row = self.db.execute(
            "SELECT body, account FROM objects WHERE id = ? AND kind = ? AND NOT hidden",
            (object_id, kind),
        ).fetchone()
        if row is None or (account is not None and row[1] != account):
            return None
        found: Json = orjson.loads(row[0])
        return found

    def find(self, object_id: str) -> Json | None:
        """Return the visible object of any kind, or None."""
        row = self.db.execute(
            "SELECT body FROM objects WHERE id = ? AND NOT hidden", (object_id,)
        ).fetchone()
        return None if row is None else orjson.loads(row[0])

    def account_of(self, object_id: str) -> str:
        """Return the connected account that owns the object, '' for the platform."""
        row = self.db.execute("SELECT account FROM objects WHERE id = ?", (object_id,)).fetchone()
        return str(row[0]) if row else ""

    def add(self, kind: str, body: Json, *, account: str = "") -> Json:
        """Append a new object."""
        self.db.execute(
            "INSERT INTO objects (id, kind, account, created, body) VALUES (?, ?, ?, ?, ?)",
            (body["id"], kind, account, body.get("created", 0), orjson.dumps(body).decode()),
        )
        return body

    def save(self, body: Json) -> Json:
        """Write an object's new state."""
        self.db.execute(
            "UPDATE objects SET body = ?, created = ? WHERE id = ?",
            (orjson.dumps(body).decode(), body.get("created", 0), body["id"]),
        )
        return body

    def hide(self, object_id: str, *, hidden: bool = True) -> bool:
        """Make an object invisible (or visible again) to every call; say whether there was one."""
        done = self.db.execute(
            "UPDATE objects SET hidden = ? WHERE id = ?", (int(hidden), object_id)
        )
        return done.rowcount == 1

    def drop(self, object_id: str) -> None:
        """Forget an object for good."""
        self.db.execute("DELETE FROM objects WHERE id = ?", (object_id,))

    def is_hidden(self, object_id: str) -> bool:
        """Say whether there is such an object that no call may see."""
        row = self.db.execute("SELECT hidden FROM objects WHERE id = ?", (object_id,)).fetchone()
        return bool(row and row[0])

    def select(
        self, kind: str, where: Mapping[str, Any] | None = None, *, account: str | None = ""
    ) -> list[Json]:
        """Return all visible objects of a kind whose fields equal `where`, oldest first."""
        clause, values = self._where(kind, where or {}, account)
        rows = self.db.execute(
            f"SELECT body FROM objects WHERE {clause} ORDER BY created, seq", values
        )
        return [orjson.loads(row[0]) for row in rows]

    def page(
        self,
        kind: str,
        *,
        where: Mapping[str, Any],
        account: str = "",
        limit: int = 10,
        after: str | None = None,
        before: str | None = None,
        ranges: Mapping[str, Mapping[str, float]] | None = None,
    ) -> Page | None:
        """Return one page, newest first; None when the cursor names no object of the list."""
        clause, values = self._where(kind, where, account)
        for name, bounds in (ranges or {}).items():
            column = "created" if name == "created" else f"json_extract(body, '$.{name}')"
            for bound, limit_at in bounds.items():
                operator = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}[bound]
                clause += f" AND {column} {operator} ?"
                values.append(limit_at)
        cursor = after or before
        if cursor is not None:
            place = self.db.execute(
                "SELECT created, seq FROM objects WHERE id = ? AND kind = ?", (cursor, kind)
            ).fetchone()
            if place is None:
                return None
            clause += f" AND (created, seq) {'<' if after else '>'} (?, ?)"
            values.extend(place)
        order = "ASC" if before else "DESC"
        rows = self.db.execute(
            f"SELECT body FROM objects WHERE {clause} ORDER BY created {order}, seq {order}"
            " LIMIT ?",
            [*values, limit + 1],
        ).fetchall()
        found = [orjson.loads(row[0]) for row in rows[:limit]]
        return Page(rows=found[::-1] if before else found, has_more=len(rows) > limit)

    @staticmethod
    def _where(kind: str, where: Mapping[str, Any], account: str | None) -> tuple[str, list[Any]]:
        """Return the condition; the kind is written out, so that its partial indexes are used.

        Where one of them fits, `+` keeps the planner from the page index: a lookup finds few rows.
        """
        values: list[Any] = []
        parts = [f"kind = '{kind}' AND NOT hidden"]
        for name, wanted in where.items():
            choices = wanted if isinstance(wanted, list | tuple) else [wanted]
            operator = "= ?" if len(choices) == 1 else f"IN ({', '.join('?' * len(choices))})"
            parts.append(f"json_extract(body, '$.{name}') {operator}")
            values.extend(choices)
        if account is not None:
            looked_up = any((kind, name) in _LOOKUPS for name in where)
            parts.append("+account = ?" if looked_up else "account = ?")
            values.append(account)
        return " AND ".join(parts), values

    def setting(self, name: str, default: Any = None) -> Any:
        """Read a durable setting."""
        row = self.db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return default if row is None else orjson.loads(row[0])

    def set_setting(self, name: str, value: Any) -> None:
        """Write a durable setting."""
        self.db.execute(
            "INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, orjson.dumps(value).decode())
        )

    def later(self, name: str, payload: Json, *, due: int) -> None:
        """Remember work that is due at an instant of the sandbox's clock."""
        self.db.execute(
            "INSERT INTO jobs (due, name, payload) VALUES (?, ?, ?)",
            (due, name, orjson.dumps(payload).decode()),
        )

    def next_due_job(self, *, now: int) -> tuple[int, str, Json] | None:
        """Return the oldest job that is due: its number, name and payload."""
        row = self.db.execute(
            "SELECT id, name, payload FROM jobs WHERE due <= ? ORDER BY due, id LIMIT 1", (now,)
        ).fetchone()
        return None if row is None else (row[0], row[1], orjson.loads(row[2]))

    def drop_job(self, number: int) -> None:
        """Take a job out of the list."""
        self.db.execute("DELETE FROM jobs WHERE id = ?", (number,))

    def wipe(self, *, keep_settings: tuple[str, ...] = ()) -> None:
        """Forget everything but the named settings."""
        kept = {name: self.setting(name) for name in keep_settings}
        for table in _TABLES:
            self.db.execute(f"DELETE FROM {table}")
        for name, value in kept.items():
            if value is not None:
                self.set_setting(name, value)

    def save_copy(self, path: Path) -> None:
        """Write all of it into a file of its own. Expects the lock, and no transaction."""
        path.unlink(missing_ok=True)
        self.db.execute("VACUUM INTO ?", (str(path),))

    def load_copy(self, path: Path) -> None:
        """Become what a copy holds. Expects the lock, and no transaction."""
        copy = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            copy.backup(self.db)
        finally:
            copy.close()

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self.db.close()
