"""Who may look. Nobody may change: a business row is written by an operation, never by a form."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy


class ReadOnlyPolicy(ModelPermissionPolicy):  # type: ignore[misc]
    """Grants "view" to those who hold the model's view permission; refuses all else to all.

    Superusers are no exception: `add`, `change` and `delete` do not exist here.
    """

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(super().user_has_permission(user, "view"))

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[AbstractBaseUser]:
        users: QuerySet[AbstractBaseUser] = super().users_with_any_permission(["view"])
        return users if "view" in set(actions) else users.none()
