"""A file says what its screen says, rounds alike, runs nothing, and is the same each time."""

import re
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook

from kernel.backoffice.sheets import (
    Amount,
    Cell,
    Hours,
    Row,
    Share,
    Table,
    csv_text,
    exported,
    shown,
    workbook_bytes,
)

TABLE = Table(
    "Sold: by month?",
    ["Month", "Sold, USD", "Rate, %"],
    [Row("March 2027", [Amount(-123_450, "USD"), Share(1, 3)], key="2027-03"),
     Row("=HYPERLINK(1)", [Amount(5, "JPY"), None], tone="end")],
)  # fmt: skip


def test_each_figure_is_written_for_people_and_for_spreadsheets() -> None:
    cells: list[Cell] = [
        Amount(-123_450, "USD"), Amount(1_250, "KWD"), Share(1, 3), Share(-1, 3), Share(1, 0),
        Share(5, -1), Hours(90), Hours(-3), None, 1_234,
    ]  # fmt: skip

    assert [str(shown(cell)) for cell in cells] == [
        "−$1,234.50", "KWD 1.250", "33.3 %", "−33.3 %", "–", "–", "1.5 h", "−0.1 h", "–", "1,234",
    ]  # fmt: skip
    assert [str(exported(cell)) for cell in cells] == [
        "-1234.50", "1.250", "33.3", "-33.3", "None", "None", "1.5", "-0.1", "None", "1234",
    ]  # fmt: skip


def test_halves_are_rounded_away_from_zero_in_both() -> None:
    assert str(shown(Share(125, 1000))) == "12.5 %"
    assert (str(shown(Share(1, 800))), exported(Share(1, 800))) == (
        "0.1 %",
        exported(Share(1, 1000)),
    )
    assert str(exported(Share(1, 2000))) == "0.1"  # 0.05


def test_a_shade_is_beside_its_number() -> None:
    assert shown(Share(1, 2, shade=True)) == '<span class="cf-shade cf-shade--3">50.0</span>'
    assert shown(Share(0, 2, shade=True)) == '<span class="cf-shade cf-shade--0">0.0</span>'
    assert shown(Share(9, 2, shade=True)) == '<span class="cf-shade cf-shade--5">450.0</span>'


def test_a_file_of_rows_holds_numbers_and_no_formula() -> None:
    assert csv_text([("Report", "@GMV")], [TABLE]).splitlines() == [
        "Report,'@GMV",
        "",
        "Sold: by month?",
        'Month,"Sold, USD","Rate, %"',
        "2027-03,-1234.50,33.3",
        "'=HYPERLINK(1),5,",
    ]


def test_a_workbook_is_read_as_what_was_written() -> None:
    book = load_workbook(BytesIO(workbook_bytes([("Report", "=GMV")], [TABLE])))

    assert book.sheetnames == ["Sold  by month ", "About"]
    assert [[cell.value for cell in row] for row in book.worksheets[0]] == [
        ["Month", "Sold, USD", "Rate, %"],
        ["2027-03", -1234.5, 33.3],
        ["'=HYPERLINK(1)", 5, None],
    ]
    assert book.worksheets[0]["B2"].number_format == "#,##0.00"
    assert book.worksheets[0]["B3"].number_format == "#,##0"
    assert [[cell.value for cell in row] for row in book["About"]] == [["Report", "'=GMV"]]


def instants(archive: bytes) -> set[str]:
    """Return the days on which a workbook says that it, or a part of it, was written."""
    with ZipFile(BytesIO(archive)) as parts:
        core = parts.read("docProps/core.xml").decode()
        days = {"{:04}-{:02}-{:02}".format(*one.date_time) for one in parts.infolist()}
    return days | set(re.findall(r"\d{4}-\d\d-\d\d(?=T)", core))


def test_a_workbook_names_no_hour_of_its_writing() -> None:
    """So the same figures are the same bytes, whenever the file is made."""
    assert instants(workbook_bytes([("Report", "GMV")], [TABLE])) == {"2000-01-01"}

    # The negative control: openpyxl's own way of saving.
    book, held = Workbook(), BytesIO()
    book.save(held)
    assert f"{datetime.now(UTC):%Y-%m-%d}" in instants(held.getvalue())
