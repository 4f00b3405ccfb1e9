"""Answering a dispute: from the session's own record, with a person's words and documents."""

from billing.evidence.answers import (
    LEASE,
    AlreadyAnswered,
    BadDocument,
    NotAnswerable,
    Upload,
    answer,
    send,
    sweep,
)
from billing.evidence.record import SessionRecord, record_of

__all__ = [
    "LEASE",
    "AlreadyAnswered",
    "BadDocument",
    "NotAnswerable",
    "SessionRecord",
    "Upload",
    "answer",
    "record_of",
    "send",
    "sweep",
]
