"""Evidence at Stripe, behind the port. https://docs.stripe.com/disputes/api

Documents are uploaded first and named by their ids; Stripe takes 150,000 characters of text and
4.5 MB of documents for one dispute. Sources: the pages "Respond to disputes" and "File upload".
"""

from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

from billing.gateways.base import DisputeSnapshot
from billing.gateways.evidence import Document, Evidence, Slot
from billing.gateways.stripe_calls import StripeCalls
from billing.gateways.stripe_objects import read_dispute
from kernel.ids import public_id

if TYPE_CHECKING:
    from stripe.params import DisputeUpdateParamsEvidence

# A field's text; all fields together have 150,000.
_LONGEST = 20_000


class StripeEvidence(StripeCalls):
    """The part of the adapter that answers disputes."""

    def submit_evidence(
        self, *, dispute_id: str, answer_id: UUID, evidence: Evidence
    ) -> DisputeSnapshot:
        """Upload the documents, then update the Dispute with `submit`."""
        files = {document.slot: self._upload(document) for document in evidence.documents}
        fields = _fields(evidence, files)
        dispute = self._write(
            "answer a dispute",
            lambda: self._client.v1.disputes.update(
                dispute_id,
                {
                    "evidence": fields,
                    "metadata": {"answer_id": public_id("ans", answer_id)},
                    "submit": True,
                },
                {"idempotency_key": f"answer:{answer_id}"},
            ),
        )
        return read_dispute(dispute)

    def _upload(self, document: Document) -> str:
        content = BytesIO(document.content)
        content.name = document.name  # the SDK sends it as the part's file name
        made = self._write(
            "upload a document",
            lambda: self._client.v1.files.create(
                {"purpose": "dispute_evidence", "file": content},
                {"idempotency_key": f"document:{document.id}"},
            ),
        )
        return made.id


def _fields(evidence: Evidence, files: dict[Slot, str]) -> "DisputeUpdateParamsEvidence":
    fields: DisputeUpdateParamsEvidence = {
        "customer_name": evidence.client_name,
        "customer_email_address": evidence.client_email,
        "product_description": evidence.service[:_LONGEST],
        "service_date": evidence.service_date.isoformat(),
        "access_activity_log": evidence.record[:_LONGEST],
        "refund_policy_disclosure": evidence.policy[:_LONGEST],
        "uncategorized_text": evidence.statement[:_LONGEST],
    }
    if Slot.RECORD in files:
        fields["service_documentation"] = files[Slot.RECORD]
    if Slot.COMMUNICATION in files:
        fields["customer_communication"] = files[Slot.COMMUNICATION]
    if Slot.OTHER in files:
        fields["uncategorized_file"] = files[Slot.OTHER]
    return fields
