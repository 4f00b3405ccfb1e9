"""The demo's people: their addresses, and the refusal to go public with any of them.

Their password and second factor are printed for everybody to read.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db.models.functions import Lower

from accounts.models import User

PASSWORD = "counterfoil-demo"  # noqa: S105 - public on purpose
TOTP_SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 - public on purpose
APPLICANT = "applicant@example.com"
ADDRESSES = tuple(
    f"{name}@example.com"
    for name in (
        "client",
        "client2",
        "mentor",
        "mentor2",
        "applicant",
        "editor",
        "curator",
        "curator2",
        "support",
        "finance",
        "approver",
        "auditor",
        "admin",
    )
)


def people_present() -> list[str]:
    """Return the addresses of demo people in the database, in order."""
    return list(
        User.objects.alias(lower_email=Lower("email"))
        .filter(lower_email__in=ADDRESSES)
        .order_by("email")
        .values_list("email", flat=True)
    )


def refuse_in_production() -> None:
    """Raise ImproperlyConfigured where a production process finds demo people (see wsgi.py)."""
    if not settings.DEMO and (present := people_present()):
        raise ImproperlyConfigured(_complaint(present))


def check_no_demo_people(*, databases: Any = None, **_options: Any) -> list[CheckMessage]:
    """Report demo people outside the demo (`manage.py check --deploy --database default`)."""
    if settings.DEMO or not databases:
        return []
    present = people_present()
    return [Error(_complaint(present), id="accounts.E001")] if present else []


def _complaint(present: list[str]) -> str:
    return (
        f"This database holds people of the demo, whose password is public: {', '.join(present)}. "
        f"Deactivating is not enough; remove them, or point DATABASE_URL at a database of your own."
    )
