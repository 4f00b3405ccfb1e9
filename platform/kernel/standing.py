"""Standing queries: written with the ORM, put into SQL once, asked prepared from then on.

Of a page's queries the ORM took most of the time: it makes the same SQL of the same question at
every request, and PostgreSQL plans it again (benchmarks/pages.py). A standing query is made into
SQL when a process first asks it. What it gives are the same objects: columns, converters and
related rows are the compiler's own. Its values are given by name:

    LIVE = Standing(lambda: Page.objects.live().filter(slug=Given("slug")))
    LIVE.first(slug="faq")

Nothing is remembered but the question. Whoever listens to Django's queries hears of these as well.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import FETCH_ONE, Expression, Model, QuerySet
from django.db.models.query import get_related_populators

from kernel import prepared

type _Row = list[Any]


class Given(Expression):
    """A value that is given each time; PostgreSQL has to know its type from where it stands."""

    def __init__(self, name: str, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, *_: Any, **__: Any) -> Any:
        """Return a place for the value, and this in its stead."""
        return "%s", (self,)


class GivenAll(Given):
    """A list of words that is given each time, behind `__in`."""

    def as_sql(self, *_: Any, **__: Any) -> Any:
        """Return what a list is unfolded by, and this in its stead."""
        return "SELECT unnest(%s::text[])", (self,)


@dataclass(frozen=True, slots=True)
class _Made:
    """What the compiler made of a query: SQL, its values, and how a row is read."""

    sql: str
    values: tuple[Any, ...]
    converters: tuple[tuple[int, Any, Any], ...]  # column, functions, expression
    reader: Any  # Callable[[_Row], Model], None of a query for values


class Standing[M: Model]:
    """A query that is asked again and again, of other values each time."""

    def __init__(self, ask: Callable[[], QuerySet[M, Any]]) -> None:
        """`ask` is called once, when models are there; it must depend on nothing but `Given`."""
        self._ask = ask

    def all(self, **given: object) -> list[M]:
        """Return the objects."""
        return [self._made.reader(row) for row in self.rows(**given)]

    def first(self, **given: object) -> M | None:
        """Return the first object; None where there is none. The query says itself how many."""
        return next(iter(self.all(**given)), None)

    def rows(self, **given: object) -> list[_Row]:
        """Return the columns, as Python reads them."""
        made = self._made
        values = [given[one.name] if isinstance(one, Given) else one for one in made.values]
        ours = connections[DEFAULT_DB_ALIAS]
        if ours.queries_logged:
            ours.queries_log.append({"sql": made.sql, "time": "0.000"})
        return list(_converted(prepared.fetch(made.sql, values), made.converters, ours))

    @cached_property
    def _made(self) -> _Made:
        asked = self._ask()
        compiler = asked.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        columns = [column for column, *_ in compiler.select]
        converters = compiler.get_converters(columns)
        return _Made(
            sql=sql,
            values=tuple(values),
            converters=tuple((at, *found) for at, found in converters.items()),
            reader=_reader(compiler) if compiler.klass_info else None,
        )


def _converted(rows: Iterable[Any], converters: Any, ours: Any) -> Iterable[_Row]:
    for row in map(list, rows):
        for column, functions, expression in converters:
            for function in functions:
                row[column] = function(row[column], expression, ours)
        yield row


def _reader(compiler: Any) -> Callable[[_Row], Any]:
    """Return what makes an object of a row, as `QuerySet` does: with related ones, annotated."""
    about = compiler.klass_info
    model, columns = about["model"], about["select_fields"]
    names = [compiler.select[at][0].target.attname for at in columns]
    begin, end = columns[0], columns[-1] + 1
    related = get_related_populators(about, compiler.select, DEFAULT_DB_ALIAS, FETCH_ONE)
    annotated = tuple(compiler.annotation_col_map.items())

    def read(row: _Row) -> Any:
        found = model.from_db(DEFAULT_DB_ALIAS, names, row[begin:end])
        for one in related:
            one.populate(row, found)
        for name, column in annotated:
            setattr(found, name, row[column])
        return found

    return read
