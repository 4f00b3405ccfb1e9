"""Trust, in the back office: reviews, and what people report of reviews and of messages."""

from typing import ClassVar

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from scheduling.backoffice.review_reports import ReviewReportViewSet
from scheduling.backoffice.reviews import ReviewViewSet


class TrustGroup(ViewSetGroup):  # type: ignore[misc]
    menu_label = "Trust"
    menu_icon = "openquote"
    menu_order = 540
    items: ClassVar = (ReviewViewSet, ReviewReportViewSet)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_trust() -> TrustGroup:
    return TrustGroup()
