"""Every export of the back office, CSV and XLSX: no cell of it begins a formula."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.models import Page

from kernel.backoffice import exports
from kernel.backoffice.exports import SafeExportMixin
from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.matrix.routes import admin_routes
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

FORMULA = '=HYPERLINK("https://evil.example","x")'
STARTS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx")
STOCK = ("/cms/reports/site-history/", "/cms/reports/aging-pages/", "/cms/users/")


def exporting() -> dict[str, Any]:
    """Return the views that export something, by their route."""
    found = {route.pattern: route.view_class for route in admin_routes()}
    return {
        pattern: view
        for pattern, view in found.items()
        if isinstance(view, type) and issubclass(view, SpreadsheetExportMixin)
    }


@pytest.mark.parametrize("start", STARTS)
def test_every_view_that_exports_writes_an_apostrophe(start: str) -> None:
    assert len(exporting()) > 60
    for pattern, view in exporting().items():
        if getattr(view, "list_export", None) is None:
            continue
        made = view.__new__(view)
        made.custom_field_preprocess = {}
        for kind in ("csv", "xlsx"):
            cell = made.preprocess_field_value("name", start, kind)
            assert cell == f"'{start}", (pattern, kind)
            assert made.preprocess_field_value("name", -5, kind) == -5, pattern


def titled() -> Page:
    """A page and a person whose names would run."""
    page: Page = listed_mentor("Ada Byron")[2].page_ptr
    page.title = page.draft_title = FORMULA
    page.save(log_action="wagtail.edit")
    UserFactory(name=FORMULA)
    return page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("url", STOCK)
def test_wagtails_own_reports_are_safe(url: str, kind: str, sign_in: SignIn) -> None:
    titled()

    answer = sign_in("admin").get(url, {"export": kind})
    cells = read(b"".join(answer), kind)

    assert [cell for cell in cells if cell.startswith(STARTS[0][0])] == []
    if url != STOCK[2]:
        assert f"'{FORMULA}" in cells


def test_without_the_rule_wagtail_writes_the_formula(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hole, and the negative control."""
    titled()
    monkeypatch.setattr(exports, "safe_cell", lambda value: value)

    answer = sign_in("admin").get(STOCK[0], {"export": "csv"})

    assert FORMULA in read(b"".join(answer), "csv")
    assert not issubclass(exporting()["reports/site-history/"], SafeExportMixin)


def read(content: bytes, kind: str) -> list[str]:
    if kind == "csv":
        rows: Any = csv.reader(io.StringIO(content.decode(), newline=""))
    else:
        rows = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [str(cell) for row in rows for cell in row if cell is not None]
