"""The kinds of events that endpoints may ask for. Names and words alone: who tells them is above.

A kind is never renamed; a new one is added here, where it is told (`emitting.emit`), and to the
schemas of the API (`api/schemas/webhook_events.py`).
"""

from enum import StrEnum


class Kind(StrEnum):
    """What an endpoint may ask for; the values are the `type` of what is sent."""

    SESSION_HELD = "session.held"
    SESSION_CONFIRMED = "session.confirmed"
    SESSION_RESCHEDULED = "session.rescheduled"
    SESSION_CANCELLED = "session.cancelled"
    SESSION_COMPLETED = "session.completed"
    SESSION_EXPIRED = "session.expired"
    SESSION_REVIEWED = "session.reviewed"
    PAYMENT_SUCCEEDED = "payment.succeeded"
    PAYMENT_REFUNDED = "payment.refunded"
    PAYOUT_PAID = "payout.paid"
    MESSAGE_CREATED = "message.created"


# Sent by hand to one endpoint, whatever it asks for.
TEST = "endpoint.test"
