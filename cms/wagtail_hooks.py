"""What content adds to the back office: the mentors' menu, their queue, their public pages."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.models import AbstractPage, Page
from wagtail.permissions import register_permission_policy

from accounts.category_list import CategoryViewSet
from accounts.mentor_list import MentorViewSet
from accounts.models import Application, Mentor
from cms.application_dialogs import CheckView, CommentView, DecideView
from cms.application_list import ApplicationViewSet, applications_to_look_at, leads
from cms.audit_list import AuditLog, AuditView
from cms.drafts import Drafts, may_publish
from cms.featuring_dialog import FeatureView
from cms.featuring_dialog import lead as lead_to_featuring
from cms.guarding import choosable_pages
from cms.legal_list import LegalVersionViewSet
from cms.models import MentorProfilePage
from cms.models.moderation import objection
from cms.own_pages import OwnPagePolicy
from cms.portraits import portrait_data_url
from cms.profile_list import ProfileListViewSet, profile_changes
from kernel.backoffice.components import Lines
from kernel.backoffice.contributions import add_leads, add_sections
from kernel.backoffice.today import add_queue
from kernel.display import state_html


def page_of_mentor(mentor: Mentor, user: Any) -> Sequence[Component]:
    """Add the public page to a mentor's screen; the link to edit it for those who may."""
    pages = MentorProfilePage.objects.filter(mentor=mentor)
    return [
        Lines(
            title="Public page",
            headings=["Title", "Status", "Headline"],
            rows=[
                (
                    _title(page, user),
                    state_html(page.status_string, tone="success" if page.live else "quiet"),
                    page.headline,
                )
                for page in pages
            ],
            empty="This mentor has no page yet.",
        )
    ]


def _title(page: MentorProfilePage, user: Any) -> str:
    if not page.permissions_for_user(user).can_edit():
        return str(page.title)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return format_html('<a href="{}">{}</a>', url, page.title)


class MentorsGroup(ViewSetGroup):  # type: ignore[misc]
    menu_label = "Mentors"
    menu_icon = "group"
    menu_order = 510
    items = (ProfileListViewSet, ApplicationViewSet, MentorViewSet, CategoryViewSet)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_mentors() -> MentorsGroup:
    return MentorsGroup()


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_legal_versions() -> LegalVersionViewSet:
    return LegalVersionViewSet()


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def today_item() -> MenuItem:
    """The way back to what waits, first in the menu."""
    return MenuItem("Today", reverse("wagtailadmin_home"), name="today", icon_name="home", order=1)


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def add_drafts(request: HttpRequest, panels: list[Component]) -> None:
    if may_publish(request.user):
        panels.append(Drafts(request.user))


@hooks.register("construct_page_chooser_queryset")  # type: ignore[untyped-decorator]
def choosable(pages: Any, request: HttpRequest) -> Any:
    """Offer what the public sees and what the person works on; nobody else's drafts."""
    return pages.filter(pk__in=choosable_pages(request.user).values("pk"))


register_permission_policy(AbstractPage, OwnPagePolicy())
add_sections(Mentor, page_of_mentor)
add_leads(Application, leads)
add_leads(Mentor, lead_to_featuring)
add_queue("accounts.view_application", applications_to_look_at, order=20)
add_queue("accounts.view_mentor", profile_changes, order=25)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_vetting() -> list[URLPattern]:
    return [
        path(
            "applications/<uuid:pk>/check/<slug:check>/",
            CheckView.as_view(),
            name="check_application",
        ),
        path("mentor-list/<uuid:pk>/feature/", FeatureView.as_view(), name="feature_mentor"),
        path("applications/<uuid:pk>/decide/", DecideView.as_view(), name="decide_application"),
        path("applications/<uuid:pk>/comment/", CommentView.as_view(), name="comment_application"),
    ]


@hooks.register("before_edit_page")  # type: ignore[untyped-decorator]
def say_what_waits(request: HttpRequest, page: Page) -> None:
    """Lead to what would change, and tell a curator why the review's buttons are not there."""
    if request.method != "GET" or not isinstance(page, MentorProfilePage):
        return
    if not page.workflow_in_progress:
        return
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", "latest"])
    ways = [messages.button(compare, "See what would change")] if page.live else []
    if said := objection(page, request.user):
        messages.warning(request, said, buttons=ways)
    elif ways:
        messages.info(request, "This change waits for a decision.", buttons=ways)


@hooks.register("get_avatar_url")  # type: ignore[untyped-decorator]
def drawn_avatar(user: Any, _size: int) -> str | None:
    """Draw a member of staff who has uploaded no picture; Wagtail would show a grey silhouette.

    Of what the program itself has done, `user` is None: that carries the mark.
    """
    if user is None or user.is_anonymous:
        return static("brand/icon.svg")
    profile = getattr(user, "wagtail_userprofile", None)
    return None if profile is not None and profile.avatar else portrait_data_url(str(user.name))


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_audit_log() -> list[URLPattern]:
    return [path("audit/", AuditView.as_view(), name="audit_log")]


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def audit_log() -> MenuItem:
    return AuditLog()
