"""Reading rows with one query, whatever there is: the first few and how many, any of some ids.

A dashboard asks a fixed number of questions. Django leaves one out where a list of ids is empty,
and a second one tells how long a list is: neither here. Knows no model.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Count, F, Func, Model, QuerySet, UUIDField, Value, Window


@dataclass(frozen=True, slots=True)
class Few[M]:
    """The first rows of a list, and how many it has in all."""

    items: list[M]
    total: int


def few[M: Model](rows: QuerySet[M], *, limit: int) -> Few[M]:
    """Return the first `limit` of the rows in their order, and their number; one query."""
    found = list(rows.annotate(of_all=Window(Count("*")))[:limit])
    return Few(found, found[0].of_all if found else 0)  # type: ignore[attr-defined]


def any_of(field: str, ids: Iterable[UUID]) -> Func:
    """Return the condition that a field is one of the ids; false, but asked, where there is none.

    `rows.filter(any_of("session", ids))`.
    """
    return Func(
        F(field),
        Value(list(ids), output_field=ArrayField(UUIDField())),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
