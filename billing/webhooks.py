"""Webhooks: check, write down, answer; look into it afterwards.

An event is a hint that an object has news. What the news is, `settle` fetches from the gateway,
so a late, doubled or reordered event does no harm, and a lost one is made up by the sweep.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from psycopg.types.json import Jsonb

from billing import payments, payout_accounts, payouts, surplus, treasury
from billing.gateways.base import GatewayUnavailable, GatewayUnknownOutcome
from billing.gateways.registry import gateway as gateway_named
from billing.models import GatewayEvent
from billing.states import GATEWAY_EVENT, GatewayEventEvent, GatewayEventState
from kernel import clock
from kernel.errors import Kind, Refusal
from kernel.ids import public_id, uuid7
from kernel.prepared import execute
from kernel.tasks import enqueue, task

logger = logging.getLogger(__name__)

# Objects that have to do with a payment. Everything else a gateway tells is ignored.
OBJECTS = frozenset({"payment_intent", "charge", "refund", "dispute"})
MAX_ATTEMPTS = 20
SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 500
GIVE_UP_AFTER = 3

# The ORM is left here for a measured reason (benchmarks/webhooks.py): sixteen deliveries at once
# share two processors, and most of what an answer cost was the ORM and the errors of duplicates.
_TAKE = """
INSERT INTO billing_gatewayevent (
    id, gateway, event_id, type, object_type, object_id, intent_id, charge_id,
    payment_hint, payout_hint, payload, created_at, received_at, state, attempts, outcome, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'received', 0, '', '')
ON CONFLICT (gateway, event_id) DO NOTHING
RETURNING id
"""
_KNOWN = "SELECT id FROM billing_gatewayevent WHERE gateway = $1 AND event_id = $2"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a webhook: which row it is, and whether it was there before."""

    event: str
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What an event turned out to speak of, and settle's word for what it did."""

    outcome: str
    payment_id: UUID | None = None
    payout_id: UUID | None = None


def receive(*, gateway: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Receipt:
    """Check a webhook's signature over its raw body and store it; the work is a job.

    One short transaction and no call: the row, unique by (gateway, event id), and the job. A
    duplicate is answered like the first and starts nothing.
    Raises: UnknownGateway, BadSignature; then nothing was written.
    """
    message = gateway_named(gateway).verify_webhook(body=body, headers=headers, now=now)
    row = uuid7()
    with transaction.atomic():
        new = execute(
            _TAKE,
            (
                *(row, gateway, message.event_id, message.type),
                *(message.object_type, message.object_id),
                *(message.intent_id or "", message.charge_id or ""),
                *(message.payment_id, message.payout_id),
                *(Jsonb(dict(message.payload)), message.created_at, now),
            ),
        )
        if new is not None:
            enqueue(process_event, event_id=str(row), dedupe_key=str(row))
            return Receipt(event=public_id("evt", row), duplicate=False)
        # Written down before, or by a twin that this one has waited for.
        [known] = execute(_KNOWN, (gateway, message.event_id))
    return Receipt(event=public_id("evt", known), duplicate=True)


def process(*, event_id: UUID, now: datetime) -> GatewayEvent:
    """Settle what the event speaks of, and write down what became of it.

    Outside any transaction. Safe to repeat: a finished event is left alone, a failed one is
    tried again. Rows that others hold, and a gateway that is silent, leave the event waiting
    and raise, so that the job comes again; nothing is acknowledged and dropped.

    Raises: whatever `settle` raises, after it was noted on the row.
    """
    event = GatewayEvent.objects.get(pk=event_id)
    if event.state in (GatewayEventState.DONE, GatewayEventState.IGNORED):
        return event
    settle = _settler_of(event, now=now)
    if settle is None:
        return close(event_id, GatewayEventEvent.IGNORE, now=now, found=Found("not_ours"))
    GatewayEvent.objects.filter(pk=event_id).update(attempts=F("attempts") + 1)
    try:
        found = settle()
    except Exception as error:
        _note(event_id, error, now=now)
        raise
    return close(event_id, GatewayEventEvent.FINISH, now=now, found=found)


@task
def process_event(*, event_id: str) -> None:
    """Job: `process`, at the clock's time."""
    process(event_id=UUID(event_id), now=clock.now())


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Process every event that still waits and is older than `older_than`; return how many.

    What a job lost, or gave up on, is found here. One bad event does not stop the others, a
    gateway that does not answer three times running does.
    """
    waiting = GatewayEvent.objects.filter(
        state=GatewayEventState.RECEIVED, received_at__lte=now - older_than
    )
    ordered = waiting.order_by("received_at", "id").values_list("pk", flat=True)
    tried = silent = 0
    for event_id in list(ordered[:SWEEP_BATCH]):
        tried += 1
        try:
            process(event_id=event_id, now=now)
        except GatewayUnavailable as error:
            logger.warning("sweep: event %s: %s", event_id, error)
            # One whose write is replayed with its error is answered: that is no silence.
            silent += not isinstance(error, GatewayUnknownOutcome)
            if silent >= GIVE_UP_AFTER:
                break
        except Refusal as refusal:
            logger.warning("sweep: event %s: %s", event_id, refusal)
        except Exception:
            logger.exception("sweep: event %s could not be processed", event_id)
        else:
            silent = 0
    return tried


def subject_of(event: GatewayEvent) -> tuple[str, UUID] | None:
    """Return what the event speaks of: (payout, account or payment, our id); None: not ours."""
    found: UUID | None = None
    match event.object_type:
        case "transfer":
            kind = "payout"
            found = payouts.find_for(
                gateway=event.gateway, payout_hint=event.payout_hint, transfer_id=event.object_id
            )
        case "account":
            kind = "account"
            found = payout_accounts.find_for(gateway=event.gateway, payee_id=event.object_id)
        case other if other in OBJECTS:
            kind = "payment"
            found = payments.find_for(
                gateway=event.gateway,
                payment_hint=event.payment_hint,
                intent_id=event.intent_id or None,
                charge_id=event.charge_id or None,
            ) or surplus.find_for(
                gateway=event.gateway, intent_id=event.intent_id, charge_id=event.charge_id
            )
        case _:
            return None
    return None if found is None else (kind, found)


def goes_to_our_bank(event: GatewayEvent) -> bool:
    """Say whether the event speaks of money on its way to the platform's own bank.

    A mentor's own payout, which Stripe tells the platform with the account's name, is theirs.
    """
    return event.object_type == "payout" and not event.payload.get("account")


def _settler_of(event: GatewayEvent, *, now: datetime) -> Callable[[], Found] | None:
    """Return the call that settles what the event speaks of; None where that is not ours."""
    if goes_to_our_bank(event):
        return partial(_book_to_bank, event.gateway, event.object_id, now=now)
    match subject_of(event):
        case ("payout", payout_id):
            return partial(_settle_payout, payout_id, now=now)
        case ("account", account_id):
            return partial(_refresh_account, account_id, now=now)
        case ("payment", payment_id):
            return partial(_settle_payment, payment_id, event, now=now)
    return None


def _settle_payment(payment_id: UUID, event: GatewayEvent, *, now: datetime) -> Found:
    settled = payments.settle(payment_id=payment_id, now=now, intent_id=event.intent_id or None)
    payment = settled.payment
    own = {"", payment.gateway_intent_id, payment.gateway_charge_id}
    if not {event.intent_id, event.charge_id} <= own:  # another charge that names the payment
        surplus.settle(payment_id=payment_id, now=now)
    return Found(settled.outcome, payment_id=payment_id)


def _settle_payout(payout_id: UUID, *, now: datetime) -> Found:
    return Found(payouts.settle(payout_id=payout_id, now=now).state, payout_id=payout_id)


def _book_to_bank(gateway: str, gateway_payout_id: str, *, now: datetime) -> Found:
    sent = treasury.settle(gateway=gateway, gateway_payout_id=gateway_payout_id, now=now)
    return Found(sent.state)


def _refresh_account(account_id: UUID, *, now: datetime) -> Found:
    return Found(payout_accounts.refresh(account_id=account_id, now=now).state)


def close(event_id: UUID, move: GatewayEventEvent, *, now: datetime, found: Found) -> GatewayEvent:
    """Move the event on; a twin that was faster has said the same."""
    with transaction.atomic():
        event = GatewayEvent.objects.select_for_update().get(pk=event_id)
        if GATEWAY_EVENT.allows(GatewayEventState(event.state), move):
            event.transition(move)
            event.outcome = found.outcome
            event.error = ""
            event.processed_at = now
            event.payment_id = found.payment_id
            event.payout_id = found.payout_id
            event.save(
                update_fields=["state", "outcome", "error", "processed_at", "payment", "payout"]
            )
        return event


def _note(event_id: UUID, error: Exception, *, now: datetime) -> None:
    """Write down why it did not work; after enough attempts leave the event to a person.

    A gateway that is silent, or a row that others hold, says nothing against the event: however
    long that lasts, it stays waiting.
    """
    with transaction.atomic():
        event = GatewayEvent.objects.select_for_update().get(pk=event_id)
        event.error = f"{type(error).__name__}: {error}"[:500]
        passes = isinstance(error, Refusal) and error.kind is Kind.UNAVAILABLE
        given_up = event.attempts >= MAX_ATTEMPTS and not passes
        if given_up and GATEWAY_EVENT.allows(
            GatewayEventState(event.state), GatewayEventEvent.FAIL
        ):
            event.transition(GatewayEventEvent.FAIL)
            event.processed_at = now
        event.save(update_fields=["state", "error", "processed_at"])
