"""The tables of people, of their sign-ins and of the guesses counted against them."""

from accounts.models.people import Client, Mentor, User, UserManager, validate_time_zone
from accounts.models.signin import (
    AttemptCount,
    EmailCode,
    RefreshFamily,
    RefreshToken,
)

__all__ = [
    "AttemptCount",
    "Client",
    "EmailCode",
    "Mentor",
    "RefreshFamily",
    "RefreshToken",
    "User",
    "UserManager",
    "validate_time_zone",
]
