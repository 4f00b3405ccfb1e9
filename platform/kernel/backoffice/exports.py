"""Spreadsheets that cannot run anything: a text cell never begins a formula."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Model
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.coreutils import multigetattr

from kernel.money import exponent

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> object:
    """Return text that a spreadsheet would run with a leading apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def decimal_amount(amount_minor: int, currency: str) -> Decimal:
    """Return minor units as the decimal number that a spreadsheet adds up."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


def make_every_export_safe() -> None:
    """Have the reports that Wagtail brings write what `safe_cell` says, too; idempotent."""
    written = SpreadsheetExportMixin.preprocess_field_value
    if getattr(written, "is_safe", False):
        return

    def safe(self: Any, field: str, value: object, export_format: str) -> object:
        return safe_cell(written(self, field, value, export_format))

    safe.is_safe = True  # type: ignore[attr-defined]
    SpreadsheetExportMixin.preprocess_field_value = safe


class SafeExportMixin:
    """For a Wagtail listing: `exports` maps each heading to an attribute path or a callable."""

    exports: ClassVar[Mapping[str, str | Callable[[Any], object]]] = {}

    @property
    def list_export(self) -> list[str]:
        return list(self.exports)

    def get_heading(self, queryset: object, field: str) -> str:  # noqa: ARG002
        return field

    def to_row_dict(self, item: Model) -> dict[str, object]:
        return {
            heading: source(item) if callable(source) else multigetattr(item, source)
            for heading, source in self.exports.items()
        }

    def preprocess_field_value(self, field: str, value: object, export_format: str) -> object:
        cell = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return safe_cell(cell)
