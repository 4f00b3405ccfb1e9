"""The tables of `messaging`: what people write to each other, and what keeps them safe there."""

from messaging.models.safety import Block, Report
from messaging.models.talk import (
    TEXT_LENGTH,
    Conversation,
    Delivery,
    Digest,
    Inbox,
    Message,
    ReadMark,
    StreamTicket,
)

__all__ = [
    "TEXT_LENGTH",
    "Block",
    "Conversation",
    "Delivery",
    "Digest",
    "Inbox",
    "Message",
    "ReadMark",
    "Report",
    "StreamTicket",
]
