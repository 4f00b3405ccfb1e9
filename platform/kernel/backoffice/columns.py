"""Columns of the business lists: state in words and colour, money on the right, time with zone."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.tables import Column, TitleColumn

from kernel.display import day_html, day_words, instant_html, money_html, state_html


class ReferenceColumn(TitleColumn):  # type: ignore[misc]
    """The first column: what the row is called, and the link to its detail."""

    def __init__(self, name: str, *, url_name: str, **kwargs: Any) -> None:
        kwargs = {"label": "Reference", "classname": "cf-reference"} | kwargs
        super().__init__(name, url_name=url_name, **kwargs)


class StateColumn(Column):  # type: ignore[misc]
    """A state as text and colour; `tones` maps states to info, success, warning, danger, quiet."""

    def __init__(self, name: str, *, tones: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(name, **{"label": "Status"} | kwargs)
        self.tones = tones

    def get_value(self, instance: Any) -> object:
        state = str(super().get_value(instance))
        return state_html(state, tone=self.tones.get(state, "quiet"))


class MoneyColumn(Column):  # type: ignore[misc]
    """Minor units with the row's currency, aligned on the right."""

    def __init__(self, name: str, *, currency: str = "currency", **kwargs: Any) -> None:
        super().__init__(name, classname="cf-right", **kwargs)
        self.currency = Column("currency", accessor=currency)

    def get_value(self, instance: Any) -> object:
        amount = super().get_value(instance)
        if amount is None:
            return "–"
        return money_html(amount, str(self.currency.get_value(instance)))


class InstantColumn(Column):  # type: ignore[misc]
    """An instant in the reader's zone, UTC on hover."""

    def get_value(self, instance: Any) -> object:
        return instant_html(super().get_value(instance))


class DayColumn(Column):  # type: ignore[misc]
    """The day of an instant in the reader's zone; the hour, and UTC, on hover."""

    def get_value(self, instance: Any) -> object:
        return day_html(super().get_value(instance))


class DateColumn(Column):  # type: ignore[misc]
    """A day that has no hour, such as a bank's."""

    def get_value(self, instance: Any) -> object:
        return day_words(super().get_value(instance))
