"""Endpoints and deliveries as they travel; a secret is only in the answer that made it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, Instant, Out, PlainText
from webhooks.kinds import Kind
from webhooks.messages import body_of
from webhooks.models import DESCRIPTION_LENGTH, URL_LENGTH, Attempt, Delivery, Endpoint

EndpointStatus = Literal["enabled", "disabled"]
DeliveryStatus = Literal["waiting", "delivered", "failed", "missed"]
DisabledReason = Literal["by_owner", "by_staff", "gone", "failing", "unreadable"]
Url = Annotated[
    PlainText,
    Field(
        min_length=1,
        max_length=URL_LENGTH,
        description="https, port 443, on the public network.",
        examples=["https://hooks.example.org/counterfoil"],
    ),
]
Description = Annotated[PlainText, Field(max_length=DESCRIPTION_LENGTH)]
KindName = Annotated[
    str, Field(max_length=40, json_schema_extra={"enum": [kind.value for kind in Kind]})
]
Kinds = Annotated[
    list[KindName],
    Field(
        max_length=len(Kind),
        description="The events that are sent, such as `session.confirmed`; empty: all of them.",
        examples=[["session.confirmed", "session.cancelled"]],
    ),
]


class EndpointRequest(Body):
    """An address that is to be told what happens."""

    url: Url
    description: Description = ""
    kinds: Kinds = Field(default_factory=list)


class EndpointChange(Body):
    """What is to be different; what is left out stays."""

    url: Url | None = None
    description: Description | None = None
    kinds: Kinds | None = None
    status: EndpointStatus | None = None


class EndpointOut(Out):
    """An endpoint and how it stands."""

    id: str
    url: str
    description: str
    kinds: Annotated[list[KindName], Field(description="Empty: all events.")]
    status: EndpointStatus
    disabled_at: datetime | None
    disabled_reason: Annotated[
        DisabledReason | None,
        Field(description="`gone`: it answered 410; `failing`: nothing arrived for five days."),
    ]
    failing_since: Annotated[
        datetime | None, Field(description="The first failure since the last success.")
    ]
    previous_secret_until: Annotated[
        datetime | None, Field(description="Until when the secret before this one signs too.")
    ]
    created_at: datetime

    @classmethod
    def facts(cls, endpoint: Endpoint, now: datetime) -> dict[str, Any]:
        until = endpoint.previous_until
        return {
            "id": endpoint.public_id,
            "url": endpoint.url,
            "description": endpoint.description,
            "kinds": endpoint.kinds,
            "status": endpoint.status,
            "disabled_at": endpoint.disabled_at,
            "disabled_reason": endpoint.disabled_reason or None,
            "failing_since": endpoint.failing_since,
            "previous_secret_until": until if until is not None and until > now else None,
            "created_at": endpoint.created_at,
        }

    @classmethod
    def of(cls, endpoint: Endpoint, *, now: datetime) -> "EndpointOut":
        return cls(**cls.facts(endpoint, now))


class EndpointWithSecret(EndpointOut):
    """An endpoint with the secret that was just made. It is never shown again."""

    secret: Annotated[str, Field(description="`whsec_…`: what signatures are verified with.")]

    @classmethod
    def made(cls, endpoint: Endpoint, secret: str, *, now: datetime) -> "EndpointWithSecret":
        return cls(**cls.facts(endpoint, now), secret=secret)


class EndpointList(Out):
    """The own endpoints, the newest first; ten are the most."""

    items: list[EndpointOut]


class DeliveryQuery(BaseModel):
    """Which deliveries are listed."""

    status: DeliveryStatus | None = None
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class DeliveryOut(Out):
    """One event on its way to one endpoint. `missed`: the endpoint was disabled."""

    id: str
    endpoint_id: str
    event_id: Annotated[str, Field(description="What is sent as `webhook-id`.")]
    kind: str
    object_id: str
    status: DeliveryStatus
    attempts: Annotated[int, Field(description="How many calls were made.")]
    created_at: datetime
    next_attempt_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def facts(cls, delivery: Delivery) -> dict[str, Any]:
        waits = delivery.ended_at is None
        return {
            "id": delivery.public_id,
            "endpoint_id": delivery.endpoint.public_id,
            "event_id": delivery.event.public_id,
            "kind": delivery.event.kind,
            "object_id": delivery.event.object_id,
            "status": delivery.state,
            "attempts": delivery.attempts,
            "created_at": delivery.created_at,
            "next_attempt_at": delivery.due_at if waits else None,
            "ended_at": delivery.ended_at,
        }

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        """Return the shape; load the delivery with its event and endpoint."""
        return cls(**cls.facts(delivery))


class DeliveryPage(Out):
    """Deliveries, the newest first."""

    items: list[DeliveryOut]
    next: str | None
    prev: str | None


class AttemptOut(Out):
    """One call: what came back, or why nothing did."""

    number: int
    at: datetime
    succeeded: bool
    status_code: int | None
    duration_ms: int
    error: str | None
    body: Annotated[str, Field(description="The first two kilobytes of the answer.")]

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptOut":
        return cls(
            number=attempt.number,
            at=attempt.at,
            succeeded=attempt.succeeded,
            status_code=attempt.status_code,
            duration_ms=attempt.duration_ms,
            error=attempt.error or None,
            body=attempt.body,
        )


class DeliveryWithLog(DeliveryOut):
    """A delivery, what is sent, and its last hundred attempts, the newest first."""

    payload: Annotated[dict[str, Any], Field(description="The body that is sent.")]
    log: list[AttemptOut]

    @classmethod
    def read(cls, delivery: Delivery, log: Sequence[Attempt]) -> "DeliveryWithLog":
        return cls(
            **cls.facts(delivery),
            payload=json.loads(body_of(delivery.event)),
            log=[AttemptOut.of(one) for one in log],
        )


class ReplayRequest(Body):
    """From when on what was not delivered is sent again."""

    since: Annotated[Instant, Field(description="Events that happened at or after it.")]


class ReplayOut(Out):
    """How many deliveries are on their way again."""

    replayed: int
