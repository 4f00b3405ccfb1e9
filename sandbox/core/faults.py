"""Planned misfortune: rules of the control plane, counted durably: a crash happens once.

A rule is `{"match": {…}, "fault": {"kind": …}}`. It knows requests and event types, not what they
mean.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.core.messages import Json
from sandbox.core.store import Store

REQUEST_KINDS = frozenset(
    {
        "error_before",
        "error_after",
        "timeout_before",
        "timeout_after",
        "slow_before",
        "slow_after",
        "crash_before",
        "crash_after",
        "wrong_amount",
    }
)
EVENT_KINDS = frozenset({"duplicate", "delay", "reorder", "lose"})
_MATCH_KEYS = {"method", "path", "event", "nth", "every", "probability", "seed", "times"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that strikes now."""

    rule_id: int
    kind: str
    options: Json

    def option(self, name: str, default: Any) -> Any:
        """Read an option of the rule."""
        return self.options.get(name, default)


class Faults:
    """The rules in force."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reload()

    def reload(self) -> None:
        """Read the rules again. Expects the store's lock or a single thread."""
        rows = self._store.db.execute("SELECT id, rule FROM faults ORDER BY id").fetchall()
        self._rules: list[tuple[int, Json]] = [(row[0], orjson.loads(row[1])) for row in rows]

    def add(self, rule: Json) -> Json:
        """Add a rule and return it with its id. Expects the store's transaction.

        Raises:
            ValueError: an unknown key, kind or match key, or a path that is no regular expression.
        """
        if unknown := set(rule) - {"match", "fault"}:
            raise ValueError(f"a rule has match and fault alone, not {', '.join(sorted(unknown))}")
        match, fault = rule.get("match", {}), rule.get("fault", {})
        if not isinstance(match, dict) or not isinstance(fault, dict):
            raise TypeError("match and fault must be objects")
        if unknown := set(match) - _MATCH_KEYS:
            raise ValueError(f"unknown match key: {', '.join(sorted(unknown))}")
        kind = fault.get("kind")
        if kind not in REQUEST_KINDS | EVENT_KINDS:
            raise ValueError(f"unknown fault kind: {kind!r}")
        if kind in EVENT_KINDS and "path" in match:
            raise ValueError(f"{kind} is about webhooks: match by event, not by path")
        for name in ("path", "event"):
            try:
                re.compile(match.get(name, ""))
            except re.error as problem:
                raise ValueError(f"{name} is no regular expression: {problem}") from problem
        kept = {"match": match, "fault": fault}
        done = self._store.db.execute(
            "INSERT INTO faults (rule) VALUES (?)", (orjson.dumps(kept).decode(),)
        )
        self.reload()
        return {"id": done.lastrowid, **kept}

    def remove(self, rule_id: int | None = None) -> int:
        """Drop one rule or all; return how many. Expects the store's transaction."""
        if rule_id is None:
            done = self._store.db.execute("DELETE FROM faults")
        else:
            done = self._store.db.execute("DELETE FROM faults WHERE id = ?", (rule_id,))
        self.reload()
        return done.rowcount

    def rules(self) -> list[Json]:
        """Return the rules with how often each was seen and struck. Expects the store's lock."""
        rows = self._store.db.execute("SELECT id, rule, seen, fired FROM faults ORDER BY id")
        return [
            {"id": row[0], **orjson.loads(row[1]), "seen": row[2], "fired": row[3]} for row in rows
        ]

    def strike_request(self, method: str, path: str) -> list[Fault]:
        """Return the faults for this request; their count is committed at once, for a crash."""
        fitting = [
            (rule_id, rule)
            for rule_id, rule in self._rules
            if rule["fault"]["kind"] in REQUEST_KINDS
            and rule["match"].get("method", method).upper() == method
            and re.search(rule["match"].get("path", ""), path)
        ]
        if not fitting:
            return []
        with self._store.transaction():
            return self._strike(fitting)

    def strike_event(self, event_type: str) -> list[Fault]:
        """Return the faults for the webhooks of this event. Expects the store's transaction."""
        fitting = [
            (rule_id, rule)
            for rule_id, rule in self._rules
            if rule["fault"]["kind"] in EVENT_KINDS
            and re.search(rule["match"].get("event", ""), event_type)
        ]
        return self._strike(fitting)

    def _strike(self, fitting: list[tuple[int, Json]]) -> list[Fault]:
        struck = []
        for rule_id, rule in fitting:
            row = self._store.db.execute(
                "UPDATE faults SET seen = seen + 1 WHERE id = ? RETURNING seen, fired", (rule_id,)
            ).fetchone()
            if row is None or not _due(rule["match"], seen=row[0], fired=row[1]):
                continue
            self._store.db.execute("UPDATE faults SET fired = fired + 1 WHERE id = ?", (rule_id,))
            options = {name: value for name, value in rule["fault"].items() if name != "kind"}
            struck.append(Fault(rule_id=rule_id, kind=rule["fault"]["kind"], options=options))
        return struck


def _due(match: Json, *, seen: int, fired: int) -> bool:
    """Decide by count: `nth` strikes once, `every` each n-th time; `times` (null: ever) bounds."""
    times = match.get("times", 1)
    if times is not None and fired >= times:
        return False
    if "nth" in match:
        return bool(seen == match["nth"])
    if "every" in match:
        return bool(seen % match["every"] == 0)
    if "probability" in match:
        chance = random.Random(f"{match.get('seed', 0)}:{seen}").random()
        return bool(chance < match["probability"])
    return True
