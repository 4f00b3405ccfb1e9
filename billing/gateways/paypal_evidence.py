"""Evidence at PayPal, behind the port: one request of several parts, words and files together.

PayPal keeps no request id for it, so an answer carries our id in its notes and is looked for before
it is sent again. Notes hold 2,000 characters, so the session's record goes in parts.
Source: https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_provide-evidence.
"""

from typing import Any
from uuid import UUID

from billing.gateways.base import DisputeSnapshot
from billing.gateways.evidence import Document, Evidence
from billing.gateways.paypal_client import segment
from billing.gateways.paypal_disputes import PayPalDisputes, read_dispute
from kernel.ids import public_id

type Json = dict[str, Any]

_LONGEST = 2_000


class PayPalEvidence(PayPalDisputes):
    """The part of the adapter that answers disputes."""

    def submit_evidence(
        self, *, dispute_id: str, answer_id: UUID, evidence: Evidence
    ) -> DisputeSnapshot:
        """Send words and documents, unless PayPal shows that it has them; look again."""
        answer = public_id("ans", answer_id)
        path = f"/v1/customer/disputes/{segment(dispute_id)}"
        dispute = self._client.get("fetch a dispute", path)
        if not _is_answered(dispute, answer):
            self._client.post_parts(
                "answer a dispute",
                f"{path}/provide-evidence",
                {"evidences": _evidences(evidence, answer)},
                [_file(document) for document in evidence.documents],
            )
            dispute = self._client.get("fetch a dispute", path)
        return read_dispute(dispute, intent_id=None)


def _is_answered(dispute: Json, answer: str) -> bool:
    return any(answer in str(one.get("notes", "")) for one in dispute.get("evidences") or [])


def _evidences(evidence: Evidence, answer: str) -> list[Json]:
    """Return what is said, each kind under PayPal's name for it; the first names our answer."""
    head = (
        f"Answer {answer}. {evidence.service}, held on {evidence.service_date.isoformat()} for "
        f"{evidence.client_name} ({evidence.client_email}). "
    )
    said = [
        ("OTHER", head + evidence.statement),
        ("PROOF_FOR_SOFTWARE_OR_SERVICE_DELIVERED", evidence.record),
        ("RETURN_POLICY", evidence.policy),
    ]
    return [
        {"evidence_type": kind, "notes": text[start : start + _LONGEST]}
        for kind, text in said
        for start in range(0, len(text), _LONGEST)
    ]


def _file(document: Document) -> tuple[str, bytes, str]:
    """Return a part: the name is made of our row's id, as PayPal takes few signs in one."""
    kind = document.content_type.rpartition("/")[2]
    return f"{document.slot.value}-{document.id}.{kind}", document.content, document.content_type
