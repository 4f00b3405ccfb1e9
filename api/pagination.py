"""Cursor pages: a stable total order, opaque signed cursors, `limit` 1 to 100.

A cursor names the last row seen (sort value and id) and the direction, and is signed for one
list, its filters and its reader: what was not made here is a 400. Knows no schema.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet
from pydantic import Field

from api.refusals import BadCursor

SALT = "api.pagination"
DEFAULT_LIMIT = 20
MAX_LIMIT = 100

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many items a page has.")]
Cursor = Annotated[
    str, Field(max_length=600, description="The `next` or `prev` of a page; leave out to begin.")
]
Direction = Literal["next", "prev"]


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Some items of a list and the cursors to the pages around them (None at an end)."""

    items: list[T]
    next: str | None
    prev: str | None


def scope_of(name: str, principal: str, filters: Mapping[str, Any]) -> str:
    """Return a digest of what a cursor is valid for: the list, its reader and its filters."""
    text = json.dumps([name, principal, dict(filters)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def encode(position: list[Any], direction: Direction, scope: str) -> str:
    """Return the opaque cursor for a position (JSON values) in a list's order."""
    return signing.dumps([direction, scope, position], salt=SALT, compress=False)


def decode(cursor: str, scope: str) -> tuple[Direction, list[Any]]:
    """Return the direction and position of a cursor; raise BadCursor for any other text."""
    try:
        direction, signed_scope, position = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise _bad_cursor() from None
    if signed_scope != scope:
        raise _bad_cursor()
    return direction, position


def _bad_cursor() -> BadCursor:
    return BadCursor(
        "The cursor does not belong to this list with these filters; begin again without one."
    )


def paginate[M: Model](
    rows: QuerySet[M],
    *,
    key: str,
    descending: bool,
    cursor: str | None,
    limit: int,
    scope: str,
) -> Page[M]:
    """Return one page of `rows`, ordered by (`key`, id); one query.

    `key` is an instant column. One row more than asked tells whether a further page exists.
    """
    direction: Direction = "next"
    position = None
    if cursor is not None:
        direction, position = decode(cursor, scope)
        rows = rows.filter(_beyond(key, position, descending=descending == (direction == "next")))
    backwards = direction == "prev"
    sign = "-" if descending != backwards else ""
    found = list(rows.order_by(f"{sign}{key}", f"{sign}pk")[: limit + 1])
    more = len(found) > limit
    items = found[:limit]
    if backwards:
        items.reverse()
    has_next = bool(items) and (backwards or more)
    has_prev = bool(items) and (more if backwards else position is not None)
    return Page(
        items=items,
        next=encode(_position(items[-1], key), "next", scope) if has_next else None,
        prev=encode(_position(items[0], key), "prev", scope) if has_prev else None,
    )


def _position(row: Model, key: str) -> list[str]:
    return [getattr(row, key).isoformat(), str(row.pk)]


def _beyond(key: str, position: list[Any], *, descending: bool) -> Q:
    at, pk = datetime.fromisoformat(position[0]), UUID(position[1])
    side = "lt" if descending else "gt"
    return Q(**{f"{key}__{side}": at}) | Q(**{key: at, f"pk__{side}": pk})
