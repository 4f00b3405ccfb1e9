"""The groups of people and what they are called. Knows no page and no table of other floors.

Which lists a group may see is said where the lists are (`cms.permissions`), through `grant`.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission

if TYPE_CHECKING:
    from accounts.models import User

CONTENT_EDITOR = "Content editor"
MENTOR_CURATOR = "Mentor curator"
SUPPORT = "Support"
FINANCE_PREPARER = "Finance preparer"
FINANCE_APPROVER = "Finance approver"
AUDITOR = "Auditor"
MENTOR = "Mentor"
# Nobody is in it until a curator or an administrator says so (ADR 40).
MENTOR_IN_CMS = "Mentor in the CMS"

STAFF_GROUPS = (
    CONTENT_EDITOR,
    MENTOR_CURATOR,
    SUPPORT,
    FINANCE_PREPARER,
    FINANCE_APPROVER,
    AUDITOR,
)
ENTER_BACK_OFFICE = "wagtailadmin.access_admin"
_GUEST = "_is_guest_of_the_back_office"


class Role(StrEnum):
    """What the API calls a person; a mentor may be a client too, the mentor's side wins."""

    CLIENT = "client"
    MENTOR = "mentor"
    STAFF = "staff"


def role_of(user: "User") -> Role:
    """Return the person's role as the API shows it (two queries where nothing is loaded)."""
    if hasattr(user, "mentor"):
        return Role.MENTOR
    return Role.STAFF if user.is_staff else Role.CLIENT


def add_to_group(*, user: "User", group: str) -> None:
    """Put the person into the named group (made anew if lost), in the caller's transaction."""
    user.groups.add(Group.objects.get_or_create(name=group)[0])


def is_guest(user: Any) -> bool:
    """Return whether the back office is open to the person for the own page alone.

    A mentor who was let in and works in no group of the staff; one query for each person read.
    """
    if user.is_anonymous or user.is_superuser:
        return False
    known: bool | None = getattr(user, _GUEST, None)
    if known is None:
        names = set(user.groups.values_list("name", flat=True))
        known = MENTOR_IN_CMS in names and not names.intersection(STAFF_GROUPS)
        setattr(user, _GUEST, known)
    return known


def grant(group: str, permissions: Iterable[str]) -> None:
    """Give the group each `app_label.codename`; what it has already stays.

    Raises LookupError, naming it, for a permission that does not exist (yet).
    """
    found = []
    for name in permissions:
        app_label, _, codename = name.partition(".")
        permission = Permission.objects.filter(
            content_type__app_label=app_label, codename=codename
        ).first()
        if permission is None:
            raise LookupError(f"There is no permission {name}.")
        found.append(permission)
    Group.objects.get(name=group).permissions.add(*found)
