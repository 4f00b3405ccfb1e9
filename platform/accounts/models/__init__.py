"""The tables of people and of their sign-ins."""

from accounts.models.addresses import EmailChange
from accounts.models.applications import Application, ApplicationStep, ApplicationTick
from accounts.models.people import (
    Category,
    Client,
    Language,
    Mentor,
    User,
    UserManager,
    validate_time_zone,
)
from accounts.models.privacy import Erasure, PersonalExport
from accounts.models.signin import (
    Ceremony,
    EmailCode,
    RefreshFamily,
    RefreshToken,
)
from accounts.models.suspensions import Suspension

__all__ = [
    "Application",
    "ApplicationStep",
    "ApplicationTick",
    "Category",
    "Ceremony",
    "Client",
    "EmailChange",
    "EmailCode",
    "Erasure",
    "Language",
    "Mentor",
    "PersonalExport",
    "RefreshFamily",
    "RefreshToken",
    "Suspension",
    "User",
    "UserManager",
    "validate_time_zone",
]
