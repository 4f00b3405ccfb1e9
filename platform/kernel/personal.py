"""What is kept of people, table by table: what a person gets of it, and what an erasure leaves.

Each floor adds its own tables when it starts, so that this one knows none. A test walks all models
and fails where one that leads to a person, or holds an e-mail address, is not among them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from psycopg.types.range import Range

ERASED = "(erased)"


class Fate(StrEnum):
    """What an erasure does to a person's rows of a table."""

    DELETED = "deleted"
    CHANGED = "pseudonymised"  # what says who it was is taken out, the row stays
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. `whose` are the ways from a row to its people, `rows` where there is no such way.

    `section` and `says` head it in the export, with `shown` as its columns; without a section,
    `says` is the reason why it is not exported. An erasure writes `blank` over the rows of
    `mine` (of `whose` unless told), or deletes them; `why` says why the rest stays.
    """

    model: str
    says: str
    fate: Fate
    whose: tuple[str, ...] = ()
    rows: Callable[[Any], QuerySet[Any]] | None = None
    section: str = ""
    shown: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    blank: Mapping[str, Any] = field(default_factory=dict)
    stays: tuple[str, ...] = ()  # columns with words that an erasure leaves, as `why` says
    why: str = ""

    @property
    def of(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def rows_of(self, user: Any) -> QuerySet[Any]:
        """Return the rows that are the person's, or that the person is in."""
        return self.rows(user) if self.rows else self._led(user, self.whose)

    def erasable(self, user: Any) -> QuerySet[Any]:
        """Return the rows of which an erasure takes the person out."""
        return self._led(user, self.mine) if self.mine else self.rows_of(user)

    def _led(self, user: Any, ways: Iterable[str]) -> QuerySet[Any]:
        condition = reduce(or_, (Q(**{way: user.pk}) for way in ways))
        return self.of._base_manager.filter(condition)  # noqa: SLF001 - hidden rows as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """What stands in the way of an erasure: what it is, and what is to be done first.

    One that does not `block` is only told: it is lost with the account.
    """

    what: str
    do: str
    block: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A person as an erasure finds them: what has to be gone, and what stands there instead.

    `addresses` are all e-mail addresses they had, `names` what they are called in other rows'
    words, `references` the public ids of their own rows, `others` who dealt with them.
    """

    user: Any
    alias: str
    address: str
    addresses: tuple[str, ...]
    names: tuple[str, ...]
    others: tuple[Any, ...] = ()


type Step = Callable[[Former], None]

_tables: dict[str, Table] = {}
_steps: list[Step] = []
_hindrances: list[Callable[[Any, datetime], Sequence[Hindrance]]] = []
_others: list[Callable[[Any], Iterable[Any]]] = []


def keep(*tables: Table) -> None:
    """Say what tables a floor keeps of people."""
    _tables.update({table.model.lower(): table for table in tables})


def add_step(step: Step) -> None:
    """Have an erasure do what no `blank` says; called in its transaction, upper floors first."""
    if step not in _steps:
        _steps.append(step)


def add_hindrances(read: Callable[[Any, datetime], Sequence[Hindrance]]) -> None:
    """Have `read(user, now)` asked what stands in the way of an erasure."""
    if read not in _hindrances:
        _hindrances.append(read)


def add_others(read: Callable[[Any], Iterable[Any]]) -> None:
    """Have `read(user)` asked for the ids of the users whom the person dealt with."""
    if read not in _others:
        _others.append(read)


def tables() -> Sequence[Table]:
    """Return all tables, the lowest floor's first."""
    return tuple(_tables.values())


def hindrances(user: Any, *, now: datetime) -> list[Hindrance]:
    """Return what stands in the way of erasing the person, what blocks first."""
    found = [one for read in _hindrances for one in read(user, now)]
    return sorted(found, key=lambda one: not one.block)


def others(user: Any) -> tuple[Any, ...]:
    """Return the ids of the users whom the person dealt with."""
    return tuple({other for read in _others for other in read(user)} - {user.pk})


def sections(user: Any) -> Iterator[dict[str, Any]]:
    """Return what is kept of the person, a section for each table that has rows of theirs."""
    for table in tables():
        if not table.section:
            continue
        rows = [_row(table, row) for row in table.rows_of(user).order_by("pk").values(*table.shown)]
        if rows:
            yield {"name": table.section, "description": table.says, "rows": rows}


def erase(former: Former) -> None:
    """Take the person out of every table, in the caller's transaction; upper floors go first."""
    for step in reversed(_steps):
        step(former)
    for table in reversed(tables()):
        if table.fate is Fate.DELETED:
            table.erasable(former.user).delete()
        elif table.blank:
            table.erasable(former.user).update(**table.blank)


def preview(user: Any) -> list[tuple[Table, int]]:
    """Return each table that has rows of the person, with how many."""
    counted = [(table, table.rows_of(user).count()) for table in tables()]
    return [(table, count) for table, count in counted if count]


def _row(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.of, name, value) for name, value in row.items()}


def _value(model: type[models.Model], name: str, value: Any) -> Any:
    """Return a column's value as JSON has it; an id of ours as the API writes it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Range):
        return [_value(model, "", value.lower), _value(model, "", value.upper)]
    if isinstance(value, list | tuple):
        return [_value(model, "", one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _value(model, "", one) for key, one in value.items()}
    return _reference(model, name, value)


def _reference(model: type[models.Model], name: str, value: Any) -> str:
    named: Any = {one.attname: one for one in model._meta.concrete_fields}.get(name)  # noqa: SLF001
    owner: Any = None
    if named is not None and named.is_relation:
        owner = named.related_model
    elif named is not None and named.primary_key:
        owner = model
    return str(owner(pk=value).public_id) if hasattr(owner, "public_id") else str(value)
