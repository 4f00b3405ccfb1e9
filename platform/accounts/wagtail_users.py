"""Tell Wagtail's user pages to use our viewset: our people have one name and a time zone."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):  # type: ignore[misc]
    user_viewset = "accounts.viewsets.UserViewSet"
