"""Who may do what to which page: Wagtail's policy, and for a mentor let in the own page alone.

Wagtail's way to let somebody edit their own page is "add" on its parent. With that they find the
titles of everybody's drafts in the explorer, in the search and in the histories, and can add
pages. Here the group holds no page: who owns a profile may change it, and sees no other.
"""

from typing import Any

from django.contrib.auth.models import Permission
from wagtail.models import GroupPagePermission
from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts import roles
from cms.models import MentorProfilePage


class OwnPagePolicy(PagePermissionPolicy):  # type: ignore[misc]
    """What groups were given on pages; for guests (`roles.is_guest`) none of it, but the own page.

    Everything else that Wagtail asks (explorer, history, choosers of a parent, the buttons of a
    page) is answered by Wagtail from these.
    """

    def get_all_permissions_for_user(self, user: Any) -> Any:
        if not user.is_active or not roles.is_guest(user):
            return super().get_all_permissions_for_user(user)
        change = Permission(codename="change_page")
        return [
            GroupPagePermission(page=page.page_ptr, permission=change)
            for page in MentorProfilePage.objects.filter(mentor__user=user).select_related(
                "page_ptr"
            )
        ]
