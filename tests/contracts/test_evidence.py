"""An answer to a dispute, as every gateway takes it."""

from datetime import date

import pytest

from billing.gateways.base import DisputeStatus, GatewayRefused
from billing.gateways.evidence import Document, Evidence, Slot
from kernel.ids import uuid7
from tests.contracts.conftest import Ground
from tests.contracts.test_gateways import paid

PDF = b"%PDF-1.4\n%%EOF\n"
EVIDENCE = Evidence(
    client_name="Łukasz Ñandú",
    client_email="client@example.com",
    service="Mock interview: 60 minutes with Ada",
    service_date=date(2026, 11, 2),
    record="2026-11-02 14:05 UTC  The session began.",
    policy="Full refund until 24 h before, then 50 % back until the start.",
    statement="The session was held as agreed.",
    documents=(
        Document(uuid7(), Slot.RECORD, "record.pdf", "application/pdf", PDF),
        Document(uuid7(), Slot.COMMUNICATION, "chat.pdf", "application/pdf", PDF),
    ),
)


def test_an_answer_brings_the_dispute_before_the_bank(ground: Ground) -> None:
    dispute_id = ground.dispute(paid(ground, uuid7()).id)

    answered = ground.port.submit_evidence(
        dispute_id=dispute_id, answer_id=uuid7(), evidence=EVIDENCE
    )

    assert (answered.id, answered.status) == (dispute_id, DisputeStatus.UNDER_REVIEW)


def test_a_repeated_answer_is_the_same_answer(ground: Ground) -> None:
    dispute_id = ground.dispute(paid(ground, uuid7()).id)
    answer_id = uuid7()
    first = ground.port.submit_evidence(
        dispute_id=dispute_id, answer_id=answer_id, evidence=EVIDENCE
    )

    again = ground.port.submit_evidence(
        dispute_id=dispute_id, answer_id=answer_id, evidence=EVIDENCE
    )

    assert again == first


def test_a_decided_dispute_takes_no_answer(ground: Ground) -> None:
    dispute_id = ground.dispute(paid(ground, uuid7()).id)
    ground.decide(dispute_id, "lost")

    with pytest.raises(GatewayRefused):
        ground.port.submit_evidence(dispute_id=dispute_id, answer_id=uuid7(), evidence=EVIDENCE)
