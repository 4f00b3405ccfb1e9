"""Trust, in the back office: reviews, and what people report of reviews and of messages."""

from typing import ClassVar

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from kernel.backoffice.today import add_personal_queue
from messaging.backoffice.report_dialogs import DecideReportView, LiftBlockView
from messaging.backoffice.reports import ReportViewSet, reports_to_decide
from scheduling.backoffice.review_reports import ReviewReportViewSet
from scheduling.backoffice.reviews import ReviewViewSet


class TrustGroup(ViewSetGroup):  # type: ignore[misc]
    menu_label = "Trust"
    menu_icon = "openquote"
    menu_order = 540
    items: ClassVar = (ReviewViewSet, ReviewReportViewSet, ReportViewSet)


add_personal_queue("messaging.view_report", reports_to_decide, order=31)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_trust() -> TrustGroup:
    return TrustGroup()


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_deciding() -> list[URLPattern]:
    decide, lift = DecideReportView.as_view(), LiftBlockView.as_view()
    return [
        path("message-reports/<uuid:pk>/decide/", decide, name="decide_message_report"),
        path("message-reports/<uuid:pk>/lift/", lift, name="lift_staff_block"),
    ]
