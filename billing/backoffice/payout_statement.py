"""A payout's statement to take along or to send to its mentor: as CSV, and as a page that prints.

Both are the payout's own ledger lines, which the database holds to be its sum. Looking is enough.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.generic import View

from billing import statements
from billing.models import Payout
from billing.statements import StatementLine
from kernel.backoffice.exports import decimal_amount, safe_cell
from kernel.display import NOTHING, money_html, state_words

HEADINGS = (
    "Payout",
    "When (UTC)",
    "What",
    "Sale",
    "Price",
    "Gateway fee",
    "Commission",
    "Went back before",
    "Amount",
    "Currency",
)


class StatementView(View):
    """A view of one payout that is a statement, for whoever may look at payouts."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("billing.view_payout"):
            raise PermissionDenied
        rows = Payout.objects.filter(state__in=statements.SHOWN)
        self.payout = get_object_or_404(
            rows.select_related("mentor__user", "account", "run"), pk=kwargs["pk"]
        )
        return super().dispatch(request, *args, **kwargs)


class StatementSheetView(StatementView):
    """The statement as CSV: a line for each movement, and one for the total."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        text = io.StringIO()
        writer = csv.writer(text)
        for row in sheet(self.payout, statements.lines_of_payout(self.payout)):
            writer.writerow([safe_cell(cell) for cell in row])
        name = f"statement-{self.payout.public_id}.csv"
        return HttpResponse(
            text.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def sheet(payout: Payout, lines: Sequence[StatementLine]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a statement: headings, movements, and the total, which is their sum."""
    yield HEADINGS
    for line in lines:
        yield (
            payout.public_id,
            f"{line.at:%Y-%m-%d %H:%M:%S}",
            state_words(line.what),
            line.purchase.reference if line.purchase else "",
            *_parts(line),
            decimal_amount(line.amount_minor, line.currency),
            line.currency,
        )
    total = decimal_amount(sum(line.amount_minor for line in lines), payout.currency)
    yield (payout.public_id, "", "Total", "", "", "", "", "", total, payout.currency)


def _parts(line: StatementLine) -> Sequence[object]:
    """Return price, fee, commission and what went back of a sale: less the last three = amount."""
    if line.sale is None:
        return ("", "", "", "")
    bought = line.sale.purchase
    minors = (
        bought.price_minor,
        bought.fee_minor,
        bought.commission_minor,
        line.sale.went_back_minor,
    )
    return [decimal_amount(minor, line.currency) for minor in minors]


class StatementPrintView(StatementView):
    """The statement on paper: what the payout is made of, line by line, and its sum."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        payout = self.payout
        lines = statements.lines_of_payout(payout)
        total = sum(line.amount_minor for line in lines)
        context = {
            "payout": payout,
            "state": state_words(payout.state),
            "lines": [_printed(line) for line in lines],
            "count": len(lines),
            "total": money_html(total, payout.currency),
            "nothing": NOTHING,
        }
        return render(request, "backoffice/payout_statement_print.html", context)


def _printed(line: StatementLine) -> dict[str, object]:
    parts: Sequence[object] = ("", "", "", "")
    if line.sale is not None:
        bought = line.sale.purchase
        back = line.sale.went_back_minor
        parts = (
            money_html(bought.price_minor, line.currency),
            money_html(bought.fee_minor, line.currency),
            money_html(bought.commission_minor, line.currency),
            money_html(back, line.currency) if back else NOTHING,
        )
    return {
        "at": line.at,
        "what": state_words(line.what),
        "sale": line.purchase.reference if line.purchase else NOTHING,
        "parts": parts,
        "amount": money_html(line.amount_minor, line.currency),
    }
