"""Prove the books: each invariant is one set-based query that returns what breaks it.

The invariants are those of docs/money.md. Each query sees one snapshot, so postings that go on
meanwhile raise no false alarm. Nothing is mended here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from billing.ledger import balances
from billing.ledger.agreement import I4, I5, I10, I11
from billing.ledger.closed import I12
from billing.ledger.invariants import I1, I2, I3, I8, I9, Invariant
from billing.ledger.paid_out import I6, I7

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that is not as it must be."""

    id: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one invariant's query returned: at most MOST_ROWS breaches, and how many there are."""

    invariant: Invariant
    breaches: tuple[Breach, ...]
    count: int

    @property
    def ok(self) -> bool:
        return self.count == 0


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the books at an instant."""

    checked_at: datetime
    findings: tuple[Finding, ...]
    totals: dict[str, int]

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `check_books` prints."""
        return {
            "ok": self.ok,
            "checked_at": self.checked_at.isoformat(),
            "invariants": {
                finding.invariant.code: {
                    "ok": finding.ok,
                    "says": finding.invariant.says,
                    "count": finding.count,
                    "rows": [
                        {"id": breach.id, "expected": breach.expected, "found": breach.found}
                        for breach in finding.breaches
                    ],
                }
                for finding in self.findings
            },
            "totals": self.totals,
        }


INVARIANTS = (I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12)


def check_books(*, now: datetime, progress: Callable[[Invariant], None] | None = None) -> Report:
    """Run every invariant's query; `progress` is told of each before it begins."""
    findings = []
    for invariant in INVARIANTS:
        if progress is not None:
            progress(invariant)
        findings.append(_find(invariant))
    totals = {row.account: row.balance_minor for row in balances.account_balances()}
    return Report(checked_at=now, findings=tuple(findings), totals=totals)


def _find(invariant: Invariant) -> Finding:
    counted = (
        f"SELECT id, expected, found, count(*) OVER () FROM ({invariant.sql}) AS breach "  # noqa: S608 - constants
        "ORDER BY id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(counted, [MOST_ROWS])
        rows = cursor.fetchall()
    return Finding(
        invariant=invariant,
        breaches=tuple(Breach(row[0], row[1], row[2]) for row in rows),
        count=rows[0][3] if rows else 0,
    )
