"""What goes in and comes out of signing in with other sites."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Body, Out, PlainText
from api.schemas.second_factor import Ceremony
from api.schemas.users import Channel, Language, Zone

ProviderId = Literal["google", "apple", "github", "oidc"]


class ProviderOut(Out):
    """A site that people may sign in with."""

    id: ProviderId
    name: str


class ProvidersOut(Out):
    """All of them; none unless the installation names some."""

    items: list[ProviderOut]


class SocialBegunOut(Out):
    """Keep the ceremony in the tab's session storage, and send the person to the address."""

    ceremony: str
    authorization_url: str
    expires_in: Annotated[int, Field(description="Seconds until the person must be back.")]


class SocialAnswerIn(Body):
    """What the site sent the person back with, and the ceremony that this tab has kept."""

    ceremony: Ceremony
    state: Annotated[PlainText, Field(min_length=1, max_length=200)]
    code: Annotated[PlainText, Field(min_length=1, max_length=4000)]


class SocialFinishIn(SocialAnswerIn):
    """`role`, `time_zone` and `language` are for a person who has no account yet."""

    role: Literal["client", "mentor"] = "client"
    time_zone: Zone = "UTC"
    language: Annotated[Language, Field(description="What we write to them in.")] = "en"
    channel: Channel = "browser"


class ConnectionOut(Out):
    """A site that signs in to this account."""

    provider: str
    since: datetime


class ConnectionsOut(Out):
    """The connected sites, the oldest first."""

    items: list[ConnectionOut]
