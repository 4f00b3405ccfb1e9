"""The table of a business list: on a phone each row is a card, its cells beside their headings."""

import re
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.ui.tables import BaseColumn, Table

NONE = re.compile(r"<td[^>]*>\s*–?\s*</td>\s*")


class CardTable(Table):  # type: ignore[misc]
    """Wagtail's table. What is laid out as cards keeps the roles of a table, written out."""

    template_name = "backoffice/list_table.html"
    classname = "listing cf-list"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        columns = list(self.columns.values())
        context["headings"] = [_heading(one.render_header_html(context)) for one in columns]
        context["cells"] = [
            [
                _cell(one.render_cell_html(row.instance, {**context, "row": row}), one)
                for one in columns
            ]
            for row in self.rows
        ]
        return context


def _heading(html: str) -> SafeString:
    return mark_safe(html.replace("<th", '<th role="columnheader" scope="col"', 1))  # noqa: S308


def _cell(html: str, column: BaseColumn) -> SafeString:
    """Write the column's heading into the cell that Wagtail has drawn, and whether it says nothing.

    Done to what is drawn, because each kind of column has a template of its own.
    """
    none = " data-none" if NONE.fullmatch(html.strip()) else ""
    marks = f'<td role="cell" data-heading="{escape(column.label)}"{none}'
    return mark_safe(html.replace("<td", marks, 1))  # noqa: S308 - Wagtail's, and an escaped label
