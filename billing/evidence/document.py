"""A session's or package's record as one PDF page or more, for a bank. Facts in, bytes out."""

from datetime import datetime
from pathlib import Path

from django.contrib.staticfiles import finders
from fpdf import FPDF

from billing.evidence.record import SessionRecord

INK = (28, 27, 25)
QUIET = (107, 101, 92)
LABEL_MM, LINE_MM = 46, 6


def record_pdf(record: SessionRecord, *, dispute_reference: str, at: datetime) -> bytes:
    """Return the record as a PDF. The same record and instant give the same bytes."""
    page = _page(at)
    page.set_font("serif", size=20)
    page.multi_cell(0, 10, f"Record of {record.what} {record.session_reference}", new_x="LMARGIN")
    page.set_font("sans", size=10)
    page.set_text_color(*QUIET)
    page.multi_cell(
        0,
        LINE_MM,
        f"For dispute {dispute_reference}. Drawn up {at:%Y-%m-%d %H:%M} UTC from the "
        "platform's own records.",
        new_x="LMARGIN",
    )
    page.set_text_color(*INK)
    page.ln(4)
    for label, value in (
        ("Client", f"{record.client_name}, {record.client_email}"),
        ("Mentor", record.mentor_name),
        ("Service", record.service),
        ("Paid", f"{record.paid}, charge {record.charge}"),
        ("Cancellation", record.policy),
    ):
        _row(page, label, value)
    page.ln(4)
    page.set_font("serif", size=14)
    page.cell(0, 9, "What happened", new_x="LMARGIN", new_y="NEXT")
    page.set_font("sans", size=10)
    for when, what in record.lines:
        _row(page, f"{when:%Y-%m-%d %H:%M} UTC", f"{what}.")
    return bytes(page.output())


def _page(at: datetime) -> FPDF:
    page = FPDF(format="A4")
    page.set_creation_date(at)
    page.set_margins(22, 24)
    page.set_auto_page_break(True, margin=22)
    for family, name in (("sans", "inter"), ("serif", "source-serif-4")):
        page.add_font(family, fname=_font(f"{name}-latin"))
        page.add_font(f"{family}-ext", fname=_font(f"{name}-latin-ext"))
    page.set_fallback_fonts(["sans-ext", "serif-ext"])
    page.add_page()
    page.set_text_color(*INK)
    return page


def _row(page: FPDF, label: str, value: str) -> None:
    page.set_text_color(*QUIET)
    page.cell(LABEL_MM, LINE_MM, label)
    page.set_text_color(*INK)
    page.multi_cell(0, LINE_MM, value, align="L", new_x="LMARGIN", new_y="NEXT")


def _font(name: str) -> Path:
    found = finders.find(f"fonts/{name}.woff2")
    if found is None:
        raise FileNotFoundError(f"static/fonts/{name}.woff2")
    return Path(found)
