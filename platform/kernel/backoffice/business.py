"""What business lists have in common: found by references, filtered by chips, totalled, exported.

A list names its fields; how they are searched, filtered and written is the same everywhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

import django_filters
from django.db.models import Aggregate, Model, Q, QuerySet
from django.forms import CheckboxSelectMultiple
from wagtail.admin.filters import DateRangePickerWidget

from kernel.backoffice.exports import decimal_amount
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView
from kernel.display import money_html, state_words


class BusinessIndexView(ReadOnlyIndexView):
    """A list whose rows have references, people and money.

    `references` maps the prefix of a public id to the field that it names a row by, `exact` are
    fields that hold a gateway's id, `words` those that are searched for a part of the text.
    `totals` are sums of minor units per currency, shown below the list for all that is listed.
    """

    results_template_name = "backoffice/list_results.html"
    references: ClassVar[Mapping[str, str]] = {}
    exact: ClassVar[Sequence[str]] = ()
    words: ClassVar[Sequence[str]] = ()
    totals: ClassVar[Mapping[str, Aggregate]] = {}

    def find(self, query: str) -> Q:
        condition = by_text(query, *self.words)
        for prefix, field in self.references.items():
            condition |= by_reference(prefix, query, field=field)
        for field in self.exact:
            condition |= Q(**{field: query})
        return condition

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        paginator = context.get("paginator")
        if self.totals and paginator is not None and paginator.count:
            context["totals"] = [
                (currency, list(zip(self.totals, figures, strict=True)))
                for currency, figures in self.read_totals(paginator.object_list)
            ]
            context["totals_headings"] = list(self.totals)
        return context

    def read_totals(self, listed: QuerySet[Model]) -> list[tuple[str, list[object]]]:
        """Return (currency, figures) of everything that is listed, on whatever page; one query."""
        names = [f"total_{number}" for number in range(len(self.totals))]
        rows = (
            listed.order_by()
            .values("currency")
            .annotate(**dict(zip(names, self.totals.values(), strict=True)))
            .order_by("currency")
        )
        return [
            (row["currency"], [money_html(row[name] or 0, row["currency"]) for name in names])
            for row in rows
        ]


class BusinessInspectView(ReadOnlyInspectView):
    """The detail of a row that has a public reference."""

    def get_page_subtitle(self) -> str:
        return str(self.object.public_id)


def state_filter(states: type[StrEnum] | Iterable[str]) -> django_filters.MultipleChoiceFilter:
    """Let people tick states, in words."""
    return django_filters.MultipleChoiceFilter(
        label="Status",
        choices=[(str(state), state_words(str(state))) for state in states],
        widget=CheckboxSelectMultiple,
    )


def period_filter(label: str) -> django_filters.DateFromToRangeFilter:
    """Let people give the first and the last day."""
    return django_filters.DateFromToRangeFilter(label=label, widget=DateRangePickerWidget)


def currency_filter(field: str = "currency") -> django_filters.AllValuesFilter:
    """Offer the currencies that there are; `field` leads to the currency."""
    return django_filters.AllValuesFilter(field_name=field, label="Currency")


def choice_filter(
    label: str,
    choices: Mapping[str, str],
    narrow: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None,
    **kwargs: Any,
) -> django_filters.ChoiceFilter:
    """Offer values with their words; `narrow` where it takes more than an equal field."""
    if narrow is not None:
        kwargs["method"] = lambda queryset, _name, value: narrow(queryset, value)
    return django_filters.ChoiceFilter(label=label, choices=list(choices.items()), **kwargs)


def person_filter(label: str, *users: str) -> django_filters.CharFilter:
    """Find by a part of the name or e-mail of the users at these paths."""
    fields = [f"{user}__{field}" for user in users for field in ("name", "email")]

    def by_person(queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(by_text(value.strip().replace("\x00", ""), *fields))

    return django_filters.CharFilter(label=label, method=by_person)


def amount(field: str, *, currency: str = "currency") -> Callable[[Any], object]:
    """Export minor units as the decimal number that a spreadsheet adds up; nothing for None."""

    def cell(item: Any) -> object:
        minor = _follow(item, field)
        return "" if minor is None else decimal_amount(minor, _follow(item, currency))

    return cell


def _follow(item: Any, path: str) -> Any:
    for name in path.split("."):
        item = getattr(item, name)
    return item
