"""What is done to many rows at once: guarded, and to what somebody ticked.

Wagtail's `BulkAction` asks for no permission unless a subclass does, and "select all" hands it
every row of the listing, those that a filter hides as well. No bulk action reaches a business row
or a person: what is done to those is done one by one, by their operations.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

WORKED_ON = {"add", "change", "delete", "publish", "lock", "unlock", "bulk_delete"}


class GuardedBulkAction(BulkAction):  # type: ignore[misc]
    """What every bulk action of ours subclasses: it names the permission that each row asks for."""

    permission_required: str

    def check_perm(self, obj: Model) -> bool:
        policy = policy_registry.get_by_type(type(obj))
        user, action = self.request.user, self.permission_required
        return bool(policy.user_has_permission_for_instance(user, action, obj))

    def get_all_objects_in_listing_query(self, parent_id: object) -> Any:  # noqa: ARG002
        raise PermissionDenied


def objection(request: HttpRequest, *, app_label: str, model_name: str, action: str) -> str:
    """Return why this bulk action is refused to who asks, in words; empty where it is not."""
    found = bulk_action_registry.get_bulk_action_class(app_label, model_name, action)
    if found is None:
        return ""  # the view says that there is none
    model = apps.get_model(app_label, model_name)
    if not issubclass(model, (Page, get_image_model(), get_document_model())):
        what = "people" if model is get_user_model() else "these rows"
        return f"Nothing was changed, because records refer to {what}; change them one by one."
    if not asks_each_row(found):
        return f"Nothing was changed: “{found.display_name}” asks for no permission of its own."
    if not policy_registry.get_by_type(model).user_has_any_permission(request.user, WORKED_ON):
        return "Sorry, you do not have permission to access this area."
    if "all" in {*request.GET.getlist("id"), *request.POST.getlist("id")}:
        return (
            "Nothing was changed, because “select all” takes what a filter hides as well. "
            "Tick the rows that you mean."
        )
    return ""


def asks_each_row(action: type[BulkAction]) -> bool:
    """Say if the action has an answer of its own to whether a row may be acted on."""
    return bool(action.check_perm is not BulkAction.check_perm)
