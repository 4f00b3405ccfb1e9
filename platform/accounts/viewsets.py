"""The back office's pages on people."""

from typing import Any

from wagtail.users.views.users import UserViewSet as BaseUserViewSet

from accounts.staff_forms import UserCreationForm, UserEditForm


class UserViewSet(BaseUserViewSet):  # type: ignore[misc]
    """Wagtail's pages with our forms."""

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form that adds a person, or the one that changes one."""
        return UserEditForm if for_update else UserCreationForm
