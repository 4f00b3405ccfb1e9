"""Who asks: the signed-in person behind a request, and the role they ask in."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest

from accounts.models import Client, Mentor, User
from accounts.principals import Principal
from kernel.errors import Forbidden


def user_of(request: HttpRequest) -> User:
    """Return the signed-in person; only for operations that demand one."""
    return cast("User", request.user)


def principal_of(request: HttpRequest) -> str:
    """Return the public id under which keys, limits and cursors are kept."""
    return user_of(request).public_id


def client_of(request: HttpRequest) -> Client:
    """Return the person as a client; raise Forbidden for one who is none."""
    client: Client | None = getattr(user_of(request), "client", None)
    if client is None:
        raise Forbidden("Only a client may do this. Sign in with a client's account.")
    return client


def mentor_of(request: HttpRequest) -> Mentor:
    """Return the person as a mentor; raise Forbidden for one who is none."""
    mentor: Mentor | None = getattr(user_of(request), "mentor", None)
    if mentor is None:
        raise Forbidden("Only a mentor may do this. Sign in with a mentor's account.")
    return mentor


def sign_in_of(request: HttpRequest) -> UUID:
    """Return the sign-in whose token the request carries; only for operations that demand one."""
    return cast("Principal", request.principal).family_id  # type: ignore[attr-defined]
