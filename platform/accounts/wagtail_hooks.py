"""What accounts add to the back office: one field for the own name; people are kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.account import BaseSettingsPanel, NameEmailSettingsPanel

from accounts.category_list import AddCategoryView, PlaceMentorView, RenameCategoryView
from accounts.models import User
from accounts.privacy_dialogs import CarryOutErasureView, FindPersonView, LookAfterPersonView
from accounts.privacy_list import ErasureViewSet, erasures_to_do
from accounts.staff_forms import NameForm
from kernel.backoffice.today import add_queue


class NamePanel(BaseSettingsPanel):  # type: ignore[misc]
    """The name and the time zone of the person at work."""

    name = "name"
    title = "Name and time zone"
    order = 100
    form_class = NameForm


def _never(_panel: NameEmailSettingsPanel) -> bool:
    return False


# Wagtail has no hook that takes a panel away; its own asks for a first and a last name.
NameEmailSettingsPanel.is_active = _never


@hooks.register("register_account_settings_panel")  # type: ignore[untyped-decorator]
def name_panel(request: HttpRequest, user: User, profile: Any) -> NamePanel:
    """Add our panel to the account page."""
    return NamePanel(request, user, profile)


@hooks.register("before_delete_user")  # type: ignore[untyped-decorator]
def keep_the_person(request: HttpRequest, user: User) -> HttpResponse:
    """Keep people: what they booked and paid refers to them. They are deactivated instead."""
    messages.error(request, f"{user} is not deleted, because records refer to people; deactivate.")
    return redirect("wagtailusers_users:edit", user.pk)


@hooks.register("before_bulk_action")  # type: ignore[untyped-decorator]
def change_people_one_by_one(
    request: HttpRequest, _action_type: str, objects: list[Any], _action: Any
) -> HttpResponse | None:
    """Refuse every action on many people: "select all" in a filtered list takes all of them."""
    if not any(isinstance(item, User) for item in objects):
        return None
    messages.error(
        request, "Nobody was changed, because records refer to people; change them one by one."
    )
    return redirect("wagtailusers_users:index")


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_categories() -> list[URLPattern]:
    return [
        path("categories/add/", AddCategoryView.as_view(), name="add_category"),
        path("categories/<uuid:pk>/rename/", RenameCategoryView.as_view(), name="rename_category"),
        path("mentor-list/<uuid:pk>/category/", PlaceMentorView.as_view(), name="place_mentor"),
    ]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_privacy() -> list[URLPattern]:
    look, done = LookAfterPersonView.as_view(), CarryOutErasureView.as_view()
    return [
        path("erasures/person/", FindPersonView.as_view(), name="find_person"),
        path("erasures/person/<uuid:pk>/", look, name="look_after_person"),
        path("erasures/<uuid:pk>/carry-out/", done, name="carry_out_erasure"),
    ]


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_erasures() -> ErasureViewSet:
    return ErasureViewSet()


add_queue("accounts.view_erasure", erasures_to_do, order=35)
