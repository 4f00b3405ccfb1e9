"""Every report of the market, in the order of the menu, and where it is found."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.views.generic import RedirectView
from wagtail.admin.menu import MenuItem

from billing.backoffice.market_hours import UtilisationReport
from billing.backoffice.market_liability import LiabilityReport
from billing.backoffice.market_people import CancellationsReport, RetentionReport
from billing.backoffice.market_sales import GmvReport, RefundRateReport, TakeRateReport
from billing.backoffice.market_view import MarketReport

REPORTS = (
    GmvReport,
    TakeRateReport,
    RefundRateReport,
    LiabilityReport,
    RetentionReport,
    UtilisationReport,
    CancellationsReport,
)
MarketReport.listed[:] = REPORTS
# Where two of them stood before, among the reports of finance.
MOVED = {"market": GmvReport, "liability": LiabilityReport}


def first_of_them(request: HttpRequest) -> HttpResponse:
    """Lead to the first report that the person sees."""
    seen = (report.url() for report in REPORTS if report.seen_by(request.user))
    if (first := next(seen, None)) is None:
        raise PermissionDenied
    return redirect(first)


URLS: list[URLPattern] = [
    path("market-reports/", first_of_them, name="market_reports"),
    *(
        path(f"market-reports/{report.slug}/", report.as_view(), name=f"market_{report.slug}")
        for report in REPORTS
    ),
    *(
        path(
            f"finance-reports/{slug}/",
            RedirectView.as_view(url=reverse_lazy(f"market_{report.slug}"), query_string=True),
        )
        for slug, report in MOVED.items()
    ),
]


class MarketReports(MenuItem):  # type: ignore[misc]
    """The way to the reports, for those who see one of them."""

    def __init__(self) -> None:
        super().__init__(
            "Market", reverse("market_reports"), name="market-reports", icon_name="cf-card", order=5
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return any(report.seen_by(request.user) for report in REPORTS)
