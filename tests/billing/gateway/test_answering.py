"""Our answer to a dispute: written down as it is sent, sent once, and heard by the bank."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from PIL import Image

from billing import disputes, evidence
from billing.gateways.base import GatewayUnavailable
from billing.gateways.evidence import Slot
from billing.models import AnswerDocument, Dispute, DisputeAnswer, Payment
from kernel.errors import Invalid
from kernel.models import AuditEntry
from tests.billing.gateway.journey import NOW, confirmed, work
from tests.billing.gateway.test_disputes import decide, open_dispute
from tests.standin import StandIn

SAID = "Ada held the hour that was booked. The client took part from the first minute."


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "PNG")
    return content.getvalue()


def disputed(standin: StandIn, **what: Any) -> tuple[Payment, Dispute]:
    payment = confirmed(standin)
    disputes.settle(gateway="stripe", dispute_id=open_dispute(standin, payment, **what), now=NOW)
    return payment, Dispute.objects.get()


def answer(dispute: Dispute, **what: Any) -> DisputeAnswer:
    given: dict[str, Any] = {"statement": SAID, "by": "usr_finance", "now": NOW} | what
    return evidence.answer(dispute_id=dispute.pk, **given)


def there(standin: StandIn, dispute: Dispute) -> Any:
    return standin.stripe.v1.disputes.retrieve(dispute.gateway_dispute_id)


def test_the_bank_gets_words_record_and_documents_of_the_session(standin: StandIn) -> None:
    payment, dispute = disputed(standin)

    row = answer(dispute, uploads=[evidence.Upload(Slot.COMMUNICATION, "chat.png", picture())])
    work()

    row.refresh_from_db()
    dispute.refresh_from_db()
    assert row.submitted_at is not None
    assert dispute.state == "under_review"
    told = there(standin, dispute).evidence
    session = payment.purchase.booked
    assert told.uncategorized_text == SAID
    assert told.customer_email_address == payment.purchase.client.user.email
    assert told.service_date == session.starts_at.date().isoformat()
    assert f"Reference {session.public_id}." in told.product_description
    assert "$100.00 USD were paid" in told.access_activity_log
    record = standin.stripe.v1.files.retrieve(told.service_documentation)
    written = row.documents.get(slot="record")
    assert (record.filename, record.size) == (f"{session.public_id}.pdf", len(written.content))
    assert bytes(written.content).startswith(b"%PDF-")
    communication = standin.stripe.v1.files.retrieve(told.customer_communication)
    assert (communication.type, communication.size) == ("png", len(picture()))
    assert AuditEntry.objects.filter(action="dispute.answered").count() == 1


def test_the_bank_decides_after_the_answer(standin: StandIn) -> None:
    _, dispute = disputed(standin)
    answer(dispute)
    work()
    decide(standin, dispute.gateway_dispute_id, "won")

    disputes.settle(gateway="stripe", dispute_id=dispute.gateway_dispute_id, now=NOW)

    dispute.refresh_from_db()
    assert dispute.state == "won"


@pytest.mark.parametrize("path", ["/v1/files", "/v1/disputes"])
def test_an_answer_cut_short_is_sent_once(standin: StandIn, path: str) -> None:
    _, dispute = disputed(standin)
    row = answer(dispute)
    standin.fault("error_after", path=path, times=None)
    with pytest.raises(GatewayUnavailable):
        evidence.send(answer_id=row.pk, now=NOW)
    standin.control("DELETE", "faults")

    for now in (NOW, NOW + evidence.LEASE, NOW + evidence.LEASE):
        evidence.send(answer_id=row.pk, now=now)

    row.refresh_from_db()
    assert row.submitted_at is not None
    assert there(standin, dispute).evidence_details.submission_count == 1


def test_a_gateway_that_is_silent_is_asked_again_by_the_sweep(standin: StandIn) -> None:
    _, dispute = disputed(standin)
    row = answer(dispute)
    standin.fault("error_before", path="/v1/files", times=None)
    assert evidence.sweep(now=NOW + timedelta(minutes=2)) == 0
    standin.control("DELETE", "faults")

    assert evidence.sweep(now=NOW + timedelta(minutes=3)) == 0  # it may have heard us after all
    assert evidence.sweep(now=NOW + timedelta(minutes=2) + evidence.LEASE) == 1

    row.refresh_from_db()
    assert row.submitted_at is not None


def test_a_second_answer_is_refused(standin: StandIn) -> None:
    _, dispute = disputed(standin)
    answer(dispute)

    with pytest.raises(evidence.AlreadyAnswered, match="a bank hears one answer"):
        answer(dispute)

    assert DisputeAnswer.objects.count() == 1


def test_a_dispute_that_was_answered_at_the_gateway_is_written_down_as_refused(
    standin: StandIn,
) -> None:
    _, dispute = disputed(standin)
    row = answer(dispute)
    standin.stripe.v1.disputes.update(
        dispute.gateway_dispute_id, {"evidence": {"uncategorized_text": "There."}}
    )

    work()

    row.refresh_from_db()
    dispute.refresh_from_db()
    assert row.failed_at is not None
    assert "under_review" in row.failure
    assert dispute.state == "under_review"
    with pytest.raises(evidence.NotAnswerable):
        answer(dispute)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_decided_dispute_takes_no_answer(standin: StandIn, outcome: str) -> None:
    _, dispute = disputed(standin)
    decide(standin, dispute.gateway_dispute_id, outcome)
    disputes.settle(gateway="stripe", dispute_id=dispute.gateway_dispute_id, now=NOW)

    with pytest.raises(evidence.NotAnswerable, match=outcome):
        answer(dispute)


def test_too_late_is_said(standin: StandIn) -> None:
    _, dispute = disputed(standin)

    with pytest.raises(evidence.NotAnswerable, match="was due"):
        answer(dispute, now=NOW + timedelta(days=10))


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (b"<svg onload=alert(1)>", "no PDF, JPEG or PNG"),
        (b"%PDF-" + bytes(5_000_000), "MB together"),
    ],
)
def test_a_document_that_banks_do_not_take_is_refused(
    standin: StandIn, upload: bytes, says: str
) -> None:
    _, dispute = disputed(standin)

    with pytest.raises(evidence.BadDocument, match=says):
        answer(dispute, uploads=[evidence.Upload(Slot.OTHER, "x.pdf", upload)])

    assert (DisputeAnswer.objects.count(), AnswerDocument.objects.count()) == (0, 0)


def test_an_answer_says_something(standin: StandIn) -> None:
    _, dispute = disputed(standin)

    with pytest.raises(Invalid):
        answer(dispute, statement=" \n ")


def test_what_was_sent_is_history(standin: StandIn) -> None:
    _, dispute = disputed(standin)
    row = answer(dispute)

    for change in (
        f"UPDATE billing_disputeanswer SET statement = 'x' WHERE id = '{row.pk}'",
        "UPDATE billing_answerdocument SET sha256 = 'x'",
        "DELETE FROM billing_answerdocument",
        "DELETE FROM billing_disputeanswer",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
