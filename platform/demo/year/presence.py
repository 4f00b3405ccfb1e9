"""What is in the database: nothing, a whole year, half of one, or a life of its own.

Two rows of the audit trail say so: one when a year is begun, one when it is proven.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from demo.year.breaks import Planted
from kernel import audit

BEGUN, DONE = "demo.year_begun", "demo.year_done"


class Presence(StrEnum):
    """What was found."""

    EMPTY = "empty"  # no tables, or nobody in them
    WHOLE = "whole"
    HALF = "half"  # a telling was cut short
    OTHER = "other"  # people, and no year


@dataclass(frozen=True, slots=True)
class Year:
    """A finished year: what was planted, and its digest."""

    planted: tuple[Planted, ...]
    digest: str


def look() -> Presence:
    """Return what is there; it reads no model, because there may be no table yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('kernel_auditentry'), to_regclass('accounts_user')")
        if None in (cursor.fetchone() or (None,)):
            return Presence.EMPTY
        cursor.execute(
            "SELECT DISTINCT action FROM kernel_auditentry WHERE action IN (%s, %s)", [BEGUN, DONE]
        )
        marks = {row[0] for row in cursor.fetchall()}
        if DONE in marks:
            return Presence.WHOLE
        if BEGUN in marks:
            return Presence.HALF
        cursor.execute("SELECT EXISTS (SELECT FROM accounts_user)")
        row = cursor.fetchone()
        return Presence.OTHER if row and row[0] else Presence.EMPTY


def is_bare() -> bool:
    """Tell whether there is not a single table: what a dump can be restored into."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')")
        row = cursor.fetchone()
        return bool(row and row[0])


def wipe_half() -> None:
    """Remove half a year: it was begun on an empty database, so all of it is the demo's.

    Raises ValueError for anything else.
    """
    if look() is not Presence.HALF:
        raise ValueError("Only a year that was cut short is wiped.")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def mark_begun(name: str) -> None:
    _mark(BEGUN, name)


def mark_done(name: str, year: Year) -> None:
    _mark(
        DONE,
        name,
        digest=year.digest,
        planted=[[one.type, one.key, one.what] for one in year.planted],
    )


def told() -> Year:
    """Return the year that the database holds. Raises LookupError where it holds none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data->>'digest', data->'planted' FROM kernel_auditentry WHERE action = %s"
            " ORDER BY at DESC LIMIT 1",
            [DONE],
        )
        row = cursor.fetchone()
    if row is None:
        raise LookupError("This database holds no demo year.")
    return Year(digest=row[0], planted=tuple(Planted(*one) for one in _list(row[1])))


def _list(value: Any) -> list[list[str]]:
    return json.loads(value) if isinstance(value, str) else list(value)


def _mark(action: str, name: str, **data: Any) -> None:
    audit.record(actor="system", action=action, object_type="demo_year", object_id=name, data=data)
