"""Tables of figures that know what they hold: written once for people, once for spreadsheets.

A cell is text, a whole number, or one of the figures below; None is a figure that does not
exist (a share of nothing). Both ways of writing round alike, so a file says what its screen says.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.writer.excel import ExcelWriter

from kernel.backoffice.exports import decimal_amount, safe_cell
from kernel.display import NOTHING, money_text
from kernel.money import exponent


@dataclass(frozen=True, slots=True)
class Amount:
    """Minor units of a currency; `url` opens what the amount is made of."""

    minor: int
    currency: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, in per cent with one digit; there is none of a whole that is not positive.

    `shade` paints the cell by its size behind the number, whose unit the table's title has.
    """

    part: int
    whole: int
    shade: bool = False

    @property
    def percent(self) -> Decimal | None:
        if self.whole <= 0:
            return None
        exact = Decimal(100 * self.part) / self.whole
        return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Hours:
    """A length of time, kept in minutes and shown in hours with one digit."""

    minutes: int

    @property
    def hours(self) -> Decimal:
        return (Decimal(self.minutes) / 60).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


type Cell = str | int | Amount | Share | Hours | None


@dataclass(frozen=True, slots=True)
class Row:
    """`key` names the row in files where its label is words; `tone` is sum, end or nothing."""

    label: str
    cells: Sequence[Cell]
    key: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table whose first column names the rows; headings say the units."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Row] = field(default_factory=list)


def shown(cell: Cell) -> object:
    """Write a cell for people."""
    match cell:
        case Amount(minor, currency, url):
            words = money_text(minor, currency, code=False)
            return format_html('<a href="{}">{}</a>', url, words) if url and minor else words
        case Share():
            return _share(cell)
        case Hours():
            return f"{cell.hours:,} h".replace("-", "−")
        case None:
            return NOTHING
        case int():
            return f"{cell:,}"
        case _:
            return cell


def percent_words(share: Share) -> str:
    """Return such as `15.0 %`, or a dash."""
    percent = share.percent
    return NOTHING if percent is None else f"{percent:,} %".replace("-", "−")


def _share(share: Share) -> SafeString | str:
    percent = share.percent
    if not share.shade or percent is None:
        return percent_words(share)
    step = min(5, -(-int(percent) // 20))
    return format_html('<span class="cf-shade cf-shade--{}">{}</span>', step, f"{percent:,}")


def exported(cell: Cell) -> object:
    """Write a cell for a spreadsheet: a number without its unit, which the heading has."""
    match cell:
        case Amount(minor, currency, _):
            return decimal_amount(minor, currency)
        case Share():
            return cell.percent
        case Hours():
            return cell.hours
        case _:
            return safe_cell(cell)


def csv_text(facts: Sequence[tuple[str, str]], tables: Sequence[Table]) -> str:
    """Return the facts, one a row, then each table behind an empty row."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([safe_cell(cell) for cell in fact] for fact in facts)
    for table in tables:
        writer.writerow(())
        writer.writerow((table.title,))
        writer.writerow(table.headings)
        for row in table.rows:
            writer.writerow((safe_cell(row.key or row.label), *map(exported, row.cells)))
    return out.getvalue()


# Note [The same file]: a workbook carries the hour of its writing in three places (its
# properties, twice, and each part of its archive). All are set to one instant, so that the same
# figures are the same bytes, whenever the file is made.
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def workbook_bytes(facts: Sequence[tuple[str, str]], tables: Sequence[Table]) -> bytes:
    """Return a workbook with a sheet for each table, and the facts on the last one."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _ALWAYS
    bold = Font(bold=True)
    for table in tables:
        sheet = book.create_sheet(table.title.translate(_NOT_IN_A_NAME)[:31])
        sheet.freeze_panes = "B2"
        sheet.column_dimensions["A"].width = 26
        headings = [WriteOnlyCell(sheet, value=heading) for heading in table.headings]
        for heading in headings:
            heading.font = bold
        sheet.append(headings)
        for row in table.rows:
            cells = [WriteOnlyCell(sheet, value=exported(cell)) for cell in row.cells]
            for cell, of in zip(cells, row.cells, strict=True):
                cell.number_format = _form(of)
            sheet.append([safe_cell(row.key or row.label), *cells])
    about = book.create_sheet("About")
    about.column_dimensions["A"].width = 18
    for fact in facts:
        about.append([safe_cell(cell) for cell in fact])
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()
    return _at_one_instant(written)


_NOT_IN_A_NAME = {ord(one): " " for one in "[]:*?/\\"}


def _form(cell: Cell) -> str:
    if isinstance(cell, Amount):
        digits = exponent(cell.currency)
        return "#,##0" + (f".{'0' * digits}" if digits else "")
    return "#,##0.0" if isinstance(cell, Share | Hours) else "General"


def _at_one_instant(written: BytesIO) -> bytes:
    out = BytesIO()
    with ZipFile(written) as archive, ZipFile(out, "w", ZIP_DEFLATED) as again:
        for name in archive.namelist():
            part = ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
            part.compress_type = ZIP_DEFLATED
            again.writestr(part, archive.read(name))
    return out.getvalue()
