"""Every report of finance, in the order of the menu, and where it is found."""

from django.urls import URLPattern, path

from billing.backoffice.report_owed import AgesReport, BalancesReport
from billing.backoffice.report_profit import FeesReport, ProfitReport
from billing.backoffice.report_view import ReportView

REPORTS = (
    BalancesReport,
    ProfitReport,
    FeesReport,
    AgesReport,
)
ReportView.listed[:] = REPORTS
URLS: list[URLPattern] = [
    path(f"finance-reports/{report.slug}/", report.as_view(), name=f"report_{report.slug}")
    for report in REPORTS
]
