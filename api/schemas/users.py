"""What goes in and comes out of the operations on people."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Body, Out, PlainText, TimeZoneName

Email = Annotated[PlainText, Field(min_length=3, max_length=254, examples=["ada@example.com"])]
Password = Annotated[PlainText, Field(min_length=1, max_length=128)]
Name = Annotated[PlainText, Field(min_length=1, max_length=120, examples=["Ada Lovelace"])]
Zone = Annotated[TimeZoneName, PlainText, Field(examples=["Europe/London"])]
Code = Annotated[PlainText, Field(min_length=1, max_length=32, examples=["ABCD-EFGH"])]
RefreshSecret = Annotated[PlainText, Field(min_length=1, max_length=200)]
Channel = Annotated[
    Literal["browser", "mobile"],
    Field(
        description="Where the refresh token goes: an HttpOnly cookie (browser), or the body "
        "(mobile apps, which keep it in the system's keystore)."
    ),
]


Language = Literal["en", "de"]


class RegisterIn(Body):
    """What a newcomer says of themselves."""

    email: Email
    password: Password
    name: Name
    role: Literal["client", "mentor"]
    time_zone: Zone
    language: Annotated[Language, Field(description="What we write to them in.")] = "en"
    agrees_to: Annotated[
        list[str],
        Field(
            default_factory=list,
            max_length=20,
            description="`id`s of `to_agree` of `GET /api/content/navigation` that were shown.",
        ),
    ]


class RegisterOut(Out):
    """The same for every address: whether it is known is told by mail alone."""

    status: Literal["mail_sent"]


class VerifyIn(Body):
    """The code from the mail."""

    email: Email
    code: Code
    channel: Channel = "browser"


class LoginIn(Body):
    """An address and its password."""

    email: Email
    password: Password
    channel: Channel = "browser"


class LoginMfaIn(Body):
    """The second step: the token of the first, and a code of the authenticator app."""

    mfa_token: Annotated[PlainText, Field(min_length=1, max_length=400)]
    code: Code
    channel: Channel = "browser"


class RefreshIn(Body):
    """Mobile apps send the refresh token here; browsers send the cookie and no body."""

    refresh_token: RefreshSecret | None = None


class PasswordForgotIn(Body):
    """The address that a reset is asked for."""

    email: Email


class PasswordResetIn(Body):
    """The code from the mail, and the new password."""

    email: Email
    code: Code
    password: Password


class PasswordChangeIn(Body):
    """The present password proves that it is still the same person."""

    current_password: Password
    new_password: Password


class ProfilePatch(Body):
    """What a person may change; what is left out stays."""

    name: Name | None = None
    time_zone: Zone | None = None
    language: Language | None = None


class MentorOfUser(Out):
    """The mentor's side of a person."""

    id: str
    slug: Annotated[str, Field(description="The name of the public page.")]
    status: Literal["applied", "live", "suspended"]


class UserOut(Out):
    """A person, as they see themselves."""

    id: str
    email: str
    name: str
    role: Literal["client", "mentor", "staff"]
    time_zone: Annotated[str, Field(description="IANA zone.")]
    language: Annotated[Language, Field(description="What we write to them in.")]
    can_book: Annotated[bool, Field(description="Whether the person may book as a client.")]
    mfa_enabled: bool
    created_at: datetime
    mentor: MentorOfUser | None


class TokenOut(Out):
    """An access token; the refresh token is in the cookie, or here for mobile apps."""

    token: Annotated[str, Field(description="Send as `Authorization: Bearer …`.")]
    expires_in: Annotated[int, Field(description="Seconds until the access token runs out.")]
    refresh_token: Annotated[str | None, Field(description="For mobile apps alone; else null.")]


class SignedInOut(TokenOut):
    """An access token and whose it is."""

    user: UserOut


class SignInOut(Out):
    """One device that is signed in."""

    id: str
    channel: Literal["browser", "mobile"]
    user_agent: str
    browser: Annotated[str, Field(description="Read from `user_agent`; empty if it is not known.")]
    system: Annotated[str, Field(description="Read from `user_agent`; empty if it is not known.")]
    source: Annotated[str, Field(description="The network address it was begun from.")]
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: Annotated[bool, Field(description="Whether this call comes from it.")]


class SignInsOut(Out):
    """A page of devices, the newest first."""

    items: list[SignInOut]
    next: str | None
    prev: str | None
