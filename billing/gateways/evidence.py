"""The port's fourth part: our answer to a dispute, in words and documents.

`base.Gateway` includes it. What the documents say is not the gateway's concern; which slot of its
form takes which is the adapter's.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from billing.gateways.base import DisputeSnapshot


class Slot(StrEnum):
    """What a document shows. An answer has one of each at the most."""

    RECORD = "record"  # the session's own record: booked, paid, held
    COMMUNICATION = "communication"  # what client and mentor wrote to each other
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF, JPEG or PNG. `id` is our row's and makes the upload's key."""

    id: UUID
    slot: Slot
    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a bank is told about a session that its client says was not as agreed.

    `statement` is what a person wrote; `record` tells the session's history, line by line;
    `policy` is the cancellation policy that the client agreed to, in words.
    """

    client_name: str
    client_email: str
    service: str
    service_date: date
    record: str
    policy: str
    statement: str
    documents: tuple[Document, ...] = ()


class EvidenceGateway(Protocol):
    """What every gateway that lets a dispute be answered does. The rules of `base.Gateway` hold."""

    def submit_evidence(
        self, *, dispute_id: str, answer_id: UUID, evidence: Evidence
    ) -> "DisputeSnapshot":
        """Send documents and words to the bank, under the key `answer:<id>`, and look again.

        A bank hears one answer: there is no second thought. Each document goes under a key of its
        own (`document:<id>`), so that a repeated call sends nothing twice.
        """
