"""Where the screens of the books are found: reports, costs, periods, the journal's export."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.views.generic import View
from wagtail.admin.menu import MenuItem

from billing.backoffice import reports
from billing.backoffice.costs import CostPaperView, EnterCostView, ReverseCostView
from billing.backoffice.periods import ClosePeriodView, ProposePeriodView, month_words
from billing.backoffice.report_view import MAY_SEE
from billing.ledger import export, seals
from billing.models import PeriodClose
from kernel import clock
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.errors import Refusal


class FinanceReports(MenuItem):  # type: ignore[misc]
    """The way to the reports, for those who see the ledger."""

    def __init__(self) -> None:
        super().__init__(
            "Finance", reverse("report_balances"), name="finance-reports", icon_name="cf-card",
            order=10,
        )  # fmt: skip

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_SEE))


class JournalView(View):
    """The whole journal as a file, streamed; a day of the past is sealed first."""

    def get(self, request: HttpRequest, form: str) -> HttpResponseBase:
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        day = request.GET.get("as_of", "")
        try:
            as_of = seals.end_of(day) if day else None
            pieces = export.export_journal(form=form, as_of=as_of, now=clock.now())
        except (Refusal, ValueError) as refused:
            return HttpResponse(str(refused), status=409, content_type="text/plain")
        name = export.journal_file_name(form, as_of=as_of)
        return StreamingHttpResponse(
            pieces,
            content_type=f"{export.FORMATS[form]}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def periods_to_close(now: datetime) -> Queue:
    """Periods that were proposed and wait for another person."""
    waiting = PeriodClose.objects.filter(approved_at=None, withdrawn_at=None)
    return Queue(
        label="periods to close",
        count=waiting.count(),
        rows=[
            Waiting(
                title=month_words(period),
                url=reverse("periods:inspect", args=[period.pk]),
                detail=f"proposed by {period.proposed_by.name}",
                aside=age_words(now - period.proposed_at),
                since=period.proposed_at,
            )
            for period in waiting.select_related("proposed_by").order_by("until")[: rows_wanted()]
        ],
        url=reverse("periods:index"),
        empty="No month waits to be closed.",
        kind="periods",
        act="Close it",
    )


_DIALOGS: list[tuple[str, Any, str]] = [
    ("costs/enter/", EnterCostView, "enter_cost"),
    ("costs/<uuid:pk>/reverse/", ReverseCostView, "reverse_cost"),
    ("costs/<uuid:pk>/paper/", CostPaperView, "cost_paper"),
    ("periods/propose/", ProposePeriodView, "propose_period"),
    ("periods/<uuid:pk>/close/", ClosePeriodView, "close_period"),
]
URLS: list[URLPattern] = [
    *reports.URLS,
    *(path(f"journal/{form}/", JournalView.as_view(), {"form": form}, name=f"journal_{form}")
      for form in export.FORMATS),
    *(path(address, view.as_view(), name=name) for address, view, name in _DIALOGS),
]  # fmt: skip
