"""Who calls: the bearer token of a request becomes `request.user`, or the call is refused."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts import tokens
from accounts.models import User
from kernel import clock


class BearerAuth(HttpBearer):
    """Ask for an access token; `request.user` and `request.principal` name its person.

    The token's signature, its claims and the state of its sign-in are checked at every
    request, so that logout, a changed password and deactivation hold from the next one on.
    """

    openapi_bearerFormat = "JWT"  # noqa: N815 - the name that OpenAPI gives it

    def __call__(self, request: HttpRequest) -> Any:
        """Return the person, or None where no bearer token is sent."""
        # django-ninja's own would make `request.headers` of all headers first, for this one.
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.authenticate(request, token) if scheme.lower() == "bearer" else None

    def authenticate(self, request: HttpRequest, token: str) -> User:
        principal = tokens.verify_access(token=token, now=clock.now())
        request.user = principal.user
        request.principal = principal  # type: ignore[attr-defined]
        return principal.user


class OptionalBearerAuth(BearerAuth):
    """Take a token where one is sent (a bad one is refused) and a visitor where none is."""

    def __call__(self, request: HttpRequest) -> Any:
        if "HTTP_AUTHORIZATION" not in request.META:
            request.user = AnonymousUser()
            return request.user
        return super().__call__(request)
