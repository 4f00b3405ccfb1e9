"""A payout run to take along: a spreadsheet, a page that prints, and how far its sending got.

Looking is enough for all three. Every figure is read from the run's own rows, the hash with them.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import View

from billing import payouts
from billing.models import PayoutRun
from billing.states import PayoutRunState
from kernel.backoffice.exports import decimal_amount, safe_cell
from kernel.display import NOTHING, money_html, state_words

HEADINGS = (
    "Run",
    "Payout",
    "Mentor",
    "Payee",
    "Status",
    "Transfer",
    "What came of it",
    "Amount",
    "Currency",
    "Hash of the run",
)


class RunView(View):
    """A view of one run for whoever may look at runs."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("billing.view_payoutrun"):
            raise PermissionDenied
        rows = PayoutRun.objects.select_related("built_by", "frozen_by", "approved_by")
        self.run = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class RunSheetView(RunView):
    """The run as CSV: a line for each payout, and one for the total."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        text = io.StringIO()
        writer = csv.writer(text)
        for row in sheet(payouts.preview(run_id=self.run.pk)):
            writer.writerow([safe_cell(cell) for cell in row])
        name = f"{self.run.public_id}.csv"
        return HttpResponse(
            text.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def sheet(content: payouts.Preview) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a run's spreadsheet: headings, payouts by name, the total."""
    run = content.run
    yield HEADINGS
    for payout in content.included:
        yield (
            run.public_id,
            payout.public_id,
            payout.mentor.user.name,
            payout.account.gateway_account_id or "",
            payout.state,
            payout.gateway_transfer_id or "",
            payout.failure_code,
            decimal_amount(payout.amount_minor, payout.currency),
            payout.currency,
            run.content_hash,
        )
    total = decimal_amount(content.total_minor, run.currency)
    count = len(content.included)
    counted = f"{count} payout{'' if count == 1 else 's'}"
    signed = (total, run.currency, run.content_hash)
    yield (run.public_id, "Total", counted, "", run.state, "", "", *signed)


class RunPrintView(RunView):
    """The run on paper: who is paid what, who is not and why, totals, hash, who signed."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        content = payouts.preview(run_id=self.run.pk)
        context = {
            "run": self.run,
            "state": state_words(self.run.state),
            "included": [(payout, money_html(payout.amount_minor, payout.currency))
                         for payout in content.included],
            "excluded": [(one, money_html(one.amount_minor, one.currency))
                         for one in content.excluded],
            "count": len(content.included),
            "total": money_html(content.total_minor, self.run.currency),
            "nothing": NOTHING,
        }  # fmt: skip
        return render(request, "backoffice/payout_run_print.html", context)


class RunProgressView(RunView):
    """How far the sending got, as a few numbers: for the script of the run's screen."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        answer = JsonResponse(progress_of(self.run))
        answer["Cache-Control"] = "no-store"
        return answer


def progress_of(run: PayoutRun) -> dict[str, Any]:
    """Return how many payouts were answered for or still wait, and what the run waits for."""
    sent = payouts.progress(run_id=run.pk)
    return {
        "state": sent.run.state,
        "going": sent.run.state in (PayoutRunState.APPROVED, PayoutRunState.SENDING),
        "count": sent.paid + sent.failed + sent.waiting,
        "answered": sent.paid + sent.failed,
        "failed": sent.failed,
        "waiting": sent.waiting,
        "waits_for": sent.run.waits_for,
    }
