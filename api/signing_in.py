"""What the operations that sign people in share: the device, the answer, the cookie."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts import roles, second_factor, tokens
from accounts.models import Language, User
from accounts.principals import Principal
from accounts.sources import source_of
from accounts.tokens import Device, Tokens
from api import refresh_cookie
from api.schemas.users import MentorOfUser, SignedInOut, TokenOut, UserOut
from kernel import clock


def device_of(request: HttpRequest, channel: str) -> Device:
    """Return what a sign-in is made from."""
    return Device(
        source=source_of(request),
        user_agent=request.headers.get("User-Agent", "").replace("\x00", ""),
        channel=channel,
    )


def principal_in(request: HttpRequest) -> Principal:
    """Return who asks and through which sign-in; only for operations that demand one."""
    return cast("Principal", request.principal)  # type: ignore[attr-defined]


def handed_out(answer: Tokens) -> TokenOut:
    """Return the tokens as the body shows them; the refresh token to mobile apps alone."""
    return TokenOut(**_token_fields(answer))


def signed_in(request: HttpRequest, response: HttpResponse, answer: Tokens) -> SignedInOut:
    """Return the tokens and whose they are, and set a browser's cookie."""
    if answer.family.channel == tokens.Channel.BROWSER:
        refresh_cookie.put(request, response, answer, clock.now())
    return SignedInOut(**_token_fields(answer), user=user_out(answer.user))


def user_out(user: User) -> UserOut:
    """Return a person as they see themselves."""
    mentor = getattr(user, "mentor", None)
    return UserOut(
        id=user.public_id,
        email=user.email,
        name=user.name,
        role=roles.role_of(user).value,
        time_zone=user.time_zone,
        language="de" if user.language == Language.GERMAN else "en",
        can_book=hasattr(user, "client"),
        mfa_enabled=second_factor.is_set_up(user=user),
        created_at=user.date_joined,
        mentor=MentorOfUser(id=mentor.public_id, slug=mentor.slug, status=mentor.status)
        if mentor
        else None,
    )


def _token_fields(answer: Tokens) -> dict[str, Any]:
    mobile = answer.family.channel == tokens.Channel.MOBILE
    return {
        "token": answer.access,
        "expires_in": int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
        "refresh_token": answer.refresh if mobile else None,
    }
