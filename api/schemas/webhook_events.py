"""What webhooks carry, by the kind of event: the document's `webhooks`, and nothing that is served.

Thin: an id, where the object stands, and the few facts that decide whether a reader asks for more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from api.schemas.base import MoneyOut, Out
from api.schemas.sessions import PaymentStatus, SessionStatus
from webhooks.kinds import TEST, Kind


class SessionFacts(Out):
    """A session, as it stood then; `GET /api/sessions/{id}` has the rest."""

    id: str
    status: SessionStatus
    starts_at: datetime
    ends_at: datetime
    cancelled_by: Literal["client", "mentor", "platform", "system"] | None


class PaymentFacts(Out):
    """A payment, for a session or a package; `GET /api/payments/{id}` has the rest."""

    id: str
    status: PaymentStatus
    amount: MoneyOut
    gateway: str
    session_id: str | None
    package_id: str | None


class RefundFacts(Out):
    """What went back to the client."""

    id: str
    amount: MoneyOut


class RefundedPaymentFacts(PaymentFacts):
    """A payment and what went back of it this time."""

    refund: RefundFacts


class PayoutFacts(Out):
    """What a mentor was paid; `GET /api/mentors/me/statements/{id}` has the rest."""

    id: str
    status: Literal["paid"]
    amount: MoneyOut


class MessageFacts(Out):
    """That somebody wrote, and who; what they wrote is read in the conversation."""

    id: str
    status: Literal["sent"]
    conversation_id: str
    number: Annotated[int, Field(ge=1, description="Its place in the conversation.")]
    author: Literal["client", "mentor"]


class EndpointFacts(Out):
    """The endpoint that the test was sent to."""

    id: str
    status: Literal["enabled", "disabled"]


# (what its data is, what has happened)
EVENTS: Mapping[str, tuple[type[Out], str]] = {
    Kind.SESSION_HELD.value: (SessionFacts, "A client holds a time and has not paid yet."),
    Kind.SESSION_CONFIRMED.value: (SessionFacts, "A session is paid for and takes place."),
    Kind.SESSION_RESCHEDULED.value: (SessionFacts, "A session was moved to another time."),
    Kind.SESSION_CANCELLED.value: (SessionFacts, "A session was cancelled."),
    Kind.SESSION_COMPLETED.value: (SessionFacts, "A session is over."),
    Kind.SESSION_EXPIRED.value: (SessionFacts, "A hold was not paid in time, and is gone."),
    Kind.SESSION_REVIEWED.value: (SessionFacts, "A client reviewed a session."),
    Kind.PAYMENT_SUCCEEDED.value: (PaymentFacts, "The gateway holds a client's money."),
    Kind.PAYMENT_REFUNDED.value: (RefundedPaymentFacts, "Money went back to a client."),
    Kind.PAYOUT_PAID.value: (PayoutFacts, "A mentor was paid."),
    Kind.MESSAGE_CREATED.value: (MessageFacts, "Somebody wrote in a conversation."),
    TEST: (EndpointFacts, "Somebody had a test sent to this endpoint."),
}


def _message(kind: str) -> type[BaseModel]:
    """Return the schema of what is sent of a kind."""
    facts, happened = EVENTS[kind]
    name = "".join(part.capitalize() for part in kind.split(".")) + "Event"
    fields: dict[str, Any] = {
        "type": (Literal[kind], ...),
        "timestamp": (datetime, Field(description="When it happened.")),
        "data": (facts, ...),
    }
    return create_model(name, __base__=Out, __doc__=happened, **fields)


MESSAGES: Mapping[str, type[BaseModel]] = {kind: _message(kind) for kind in EVENTS}

_HEADERS = {
    "webhook-id": "The event's id: the same for each attempt and for a replay.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "`v1,` and the signature in base64; two of them while secrets rotate.",
}


def described(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the document's `webhooks`; the schemas that they refer to are added to `schemas`."""
    return {kind: {"post": _operation(kind, schemas)} for kind in EVENTS}


def _operation(kind: str, schemas: dict[str, Any]) -> dict[str, Any]:
    message = MESSAGES[kind]
    schema = message.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    for name, part in schema.pop("$defs", {}).items():
        schemas.setdefault(name, part)
    schemas[message.__name__] = schema
    return {
        "operationId": "webhook_" + kind.replace(".", "_"),
        "tags": ["webhooks"],
        "summary": EVENTS[kind][1],
        "description": "Sent to endpoints that ask for it, signed as Standard Webhooks has it.",
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": words,
                "schema": {"type": "string", "maxLength": 400, "pattern": "^[ -~]+$"},
            }
            for name, words in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": f"#/components/schemas/{message.__name__}"}}
            },
        },
        "responses": {
            "204": {"description": "Taken. Every 2xx is; what else comes is tried again."},
            "410": {"description": "Gone: the endpoint is disabled at once."},
            "429": {"description": "Too much: `Retry-After` is waited for."},
        },
        "security": [],
    }
