"""Write an answer to a dispute down, and send it: once, whatever is cut short in between.

The answer is committed with its words and documents before the gateway hears of it. What the
bank makes of it comes back like everything else, through `payments.settle`.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from billing import payments, refunds
from billing.evidence.document import record_pdf
from billing.evidence.record import SessionRecord, record_of
from billing.gateways.base import (
    DisputeStatus,
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
)
from billing.gateways.evidence import Document, Evidence, Slot
from billing.gateways.registry import gateway
from billing.models import AnswerDocument, Dispute, DisputeAnswer
from billing.states import DisputeState
from kernel import audit, clock
from kernel.errors import Invalid, NotFound, Refusal
from kernel.tasks import enqueue, task

logger = logging.getLogger(__name__)

ANSWERABLE = (DisputeState.NEEDS_RESPONSE, DisputeState.INQUIRY_NEEDS_RESPONSE)
LONGEST_STATEMENT = 20_000
# Stripe takes 4.5 MB for one dispute, PayPal 10 MB a file: the smaller holds everywhere.
LARGEST_BYTES = 4_500_000
_MAGIC = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
_SUFFIX = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
# Gateways keep idempotency keys for a day; past this age we look before we send again.
KEY_LIFETIME = timedelta(hours=23)
# Longer than a sender takes, however slow the gateway is: two looks and the order.
LEASE = timedelta(minutes=5)
SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 50


class NotAnswerable(Refusal):
    """The dispute waits for no answer: it was given, it is too late, or the bank has decided."""

    code = "dispute_not_answerable"


class AlreadyAnswered(Refusal):
    """An answer is on its way, or with the bank."""

    code = "dispute_already_answered"


class BadDocument(Invalid):
    """A document is no PDF, JPEG or PNG, or all of them together are too large."""

    code = "bad_document"


@dataclass(frozen=True, slots=True)
class Upload:
    """A document that a person adds; what it is, its first bytes say."""

    slot: Slot
    name: str
    content: bytes


def answer(
    *, dispute_id: UUID, by: str, statement: str, uploads: Sequence[Upload] = (), now: datetime
) -> DisputeAnswer:
    """Write the answer down with the session's record as it stands, and promise its sending.

    The record is read and drawn first; then one transaction under the payment's lock. The order to
    the gateway goes out after it. `by` is the public id of the person.
    Raises NotFound, Invalid (nothing said), BadDocument, NotAnswerable, AlreadyAnswered.
    """
    said = statement.strip()
    if not said:
        raise Invalid("Say in your words why the payment is right.", pointer="/statement")
    if len(said) > LONGEST_STATEMENT:
        raise Invalid(f"A bank reads {LONGEST_STATEMENT:,} characters.", pointer="/statement")
    dispute = _found(dispute_id)
    record = record_of(dispute)
    documents = _documents(dispute, record, uploads, now)
    with transaction.atomic():
        refunds.lock_payment(dispute.payment_id)
        dispute.refresh_from_db(fields=["state", "due_by"])
        _refuse_unless_answerable(dispute, now)
        row = DisputeAnswer.objects.create(
            dispute=dispute,
            client_name=record.client_name[:200],
            client_email=record.client_email,
            service=record.service[:500],
            service_date=record.service_date,
            record=record.text,
            policy=record.policy,
            statement=said,
            created_by=by,
            created_at=now,
        )
        AnswerDocument.objects.bulk_create(_rows(row, documents))
        audit.record(
            actor=by,
            action="dispute.answered",
            object_type="dispute",
            object_id=dispute.public_id,
            data={"answer": row.public_id, "documents": len(documents)},
        )
        enqueue(send_answer, answer_id=str(row.pk), dedupe_key=str(row.pk))
    return row


def send(*, answer_id: UUID, now: datetime) -> DisputeAnswer:
    """Send the answer to the bank, or find that it is there, and settle the payment.

    Call it outside any transaction; safe to repeat, also at once: see Note [One sender]. A
    gateway's definite no is written down, and another answer may follow.
    Raises GatewayUnavailable (to be retried).
    """
    row = DisputeAnswer.objects.select_related("dispute__payment").get(pk=answer_id)
    if not _claim(row, now=now):
        return row
    dispute = row.dispute
    port = gateway(dispute.payment.gateway)
    failure = ""
    try:
        if not _arrived(row, now=now):
            port.submit_evidence(
                dispute_id=dispute.gateway_dispute_id, answer_id=row.pk, evidence=_evidence(row)
            )
    except GatewayRefused as refusal:
        # Whoever sent it before us may have been heard, and PayPal keeps no key of ours.
        if row.claims == 1 or not _is_with_the_bank(row):
            logger.warning("answer %s was refused: %s", row.public_id, refusal.detail)
            failure = refusal.detail[:300]
    except GatewayUnknownOutcome:
        raise  # it may have arrived: the lease is left to run out
    except GatewayUnavailable:
        _let_go(row)
        raise
    row = _end(answer_id, failure=failure, now=now)
    payments.settle(payment_id=dispute.payment_id, now=now)
    return row


@task
def send_answer(*, answer_id: str) -> None:
    """Job: `send`, at the clock's time."""
    send(answer_id=UUID(answer_id), now=clock.now())


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Send every answer that has waited for `older_than`; return how many were sent.

    Ends at the first gateway that does not answer: the next sweep comes in a minute.
    """
    waiting = DisputeAnswer.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        submitted_at=None,
        failed_at=None,
        created_at__lte=now - older_than,
    )
    done = 0
    for answer_id in list(
        waiting.order_by("created_at", "pk").values_list("pk", flat=True)[:SWEEP_BATCH]
    ):
        try:
            send(answer_id=answer_id, now=now)
        except GatewayUnavailable as error:
            logger.warning("sweep: answer %s: %s", answer_id, error)
            break
        except Exception:
            logger.exception("answer %s could not be sent; the next sweep tries again", answer_id)
        else:
            done += 1
    return done


# Note [One sender]: job and sweep may meet, and PayPal takes no key with evidence, so an answer is
# claimed for a while in a transaction of its own before the gateway is called. A sender that ends
# says what became of it, or lets go. One that dies leaves its lease: when that is over, the next
# looks for our id in what PayPal shows, or repeats Stripe's keys, and sends what is not there.
def _claim(row: DisputeAnswer, *, now: datetime) -> bool:
    """Take the answer for `LEASE`; say whether it is ours to send."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    waiting = DisputeAnswer.objects.filter(free, pk=row.pk, submitted_at=None, failed_at=None)
    taken = waiting.update(claimed_until=now + LEASE, claims=F("claims") + 1)
    row.refresh_from_db(fields=["claimed_until", "claims", "submitted_at", "failed_at"])
    return bool(taken)


def _let_go(row: DisputeAnswer) -> None:
    """Give our claim back: nothing has happened at the gateway."""
    ours = DisputeAnswer.objects.filter(pk=row.pk, claims=row.claims)
    ours.update(claimed_until=None, claims=F("claims") - 1)


def _found(dispute_id: UUID) -> Dispute:
    rows = Dispute.objects.select_related(
        "payment__purchase__client__user",
        "payment__purchase__mentor__user",
        "payment__purchase__session__session_type",
        "payment__purchase__package__offer__session_type__policy",
    )
    dispute = rows.filter(pk=dispute_id).first()
    if dispute is None:
        raise NotFound(f"There is no dispute {dispute_id}.")
    return dispute


def _refuse_unless_answerable(dispute: Dispute, now: datetime) -> None:
    standing = dispute.answers.filter(failed_at=None).first()
    if standing is not None:
        raise AlreadyAnswered(
            f"Dispute {dispute.public_id} was answered {standing.created_at:%Y-%m-%d %H:%M} UTC; "
            "a bank hears one answer. Wait for its decision."
        )
    if dispute.state not in ANSWERABLE:
        raise NotAnswerable(
            f"Dispute {dispute.public_id} is {dispute.state.replace('_', ' ')}: it waits for no "
            "answer. Look at it again to see what the bank said."
        )
    if dispute.due_by is not None and dispute.due_by <= now:
        raise NotAnswerable(
            f"The answer to dispute {dispute.public_id} was due "
            f"{dispute.due_by:%Y-%m-%d %H:%M} UTC; the bank takes none any more."
        )


def _kind(upload: Upload) -> str:
    for kind, magic in _MAGIC.items():
        if upload.content.startswith(magic):
            return kind
    raise BadDocument(
        f"{upload.name or 'The document'} is no PDF, JPEG or PNG. Save it as one of these.",
        pointer=f"/{upload.slot}",
    )


def _documents(
    dispute: Dispute, record: SessionRecord, uploads: Sequence[Upload], now: datetime
) -> list[tuple[Slot, str, str, bytes]]:
    """Return (slot, name, type, content) of the record, drawn, and of the uploads."""
    kinds = [_kind(upload) for upload in uploads]
    drawn = record_pdf(record, dispute_reference=dispute.gateway_dispute_id, at=now)
    named = [(Slot.RECORD, f"{record.session_reference}.pdf", "application/pdf", drawn)]
    for upload, kind in zip(uploads, kinds, strict=True):
        named.append((upload.slot, f"{upload.slot}.{_SUFFIX[kind]}", kind, upload.content))
    size = sum(len(content) for *_, content in named)
    if size > LARGEST_BYTES:
        raise BadDocument(
            f"The documents have {size / 1e6:.1f} MB together; a bank takes "
            f"{LARGEST_BYTES / 1e6:.1f} MB. Leave one out, or save it smaller."
        )
    return named


def _rows(
    row: DisputeAnswer, documents: Sequence[tuple[Slot, str, str, bytes]]
) -> Iterator[AnswerDocument]:
    for slot, name, kind, content in documents:
        yield AnswerDocument(
            answer=row,
            slot=slot,
            name=name,
            content_type=kind,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
        )


def _arrived(row: DisputeAnswer, *, now: datetime) -> bool:
    """Say whether the gateway has the answer though it has forgotten our keys."""
    return now - row.created_at > KEY_LIFETIME and _is_with_the_bank(row)


def _is_with_the_bank(row: DisputeAnswer) -> bool:
    """Ask the gateway whether the dispute has been answered."""
    seen = gateway(row.dispute.payment.gateway).fetch_dispute(
        dispute_id=row.dispute.gateway_dispute_id
    )
    return seen.status in (DisputeStatus.UNDER_REVIEW, DisputeStatus.INQUIRY_UNDER_REVIEW)


def _evidence(row: DisputeAnswer) -> Evidence:
    return Evidence(
        client_name=row.client_name,
        client_email=row.client_email,
        service=row.service,
        service_date=row.service_date,
        record=row.record,
        policy=row.policy,
        statement=row.statement,
        documents=tuple(
            Document(
                id=document.pk,
                slot=Slot(document.slot),
                name=document.name,
                content_type=document.content_type,
                content=bytes(document.content),
            )
            for document in row.documents.order_by("slot")
        ),
    )


def _end(answer_id: UUID, *, failure: str, now: datetime) -> DisputeAnswer:
    """Write down, once, what became of the answer."""
    with transaction.atomic():
        row = DisputeAnswer.objects.select_for_update(of=("self",)).get(pk=answer_id)
        if row.submitted_at is None and row.failed_at is None:
            if failure:
                row.failed_at, row.failure = now, failure
            else:
                row.submitted_at = now
            row.save(update_fields=["submitted_at", "failed_at", "failure"])
        return row
