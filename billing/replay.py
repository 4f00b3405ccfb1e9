"""Replay what a gateway told: look at its object now, show what that would change, apply it.

An event is a hint, as when it came first: what is applied is what the gateway says *now*. `look`
asks and reads only; `apply` writes, in the caller's transaction, and asks nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from billing import payments, payout_accounts, payouts, refunds, surplus, treasury
from billing.gateways.base import IntentSnapshot
from billing.gateways.payees import PayeeSnapshot, TransferSnapshot
from billing.gateways.treasury import GatewayPayout as SentToBank
from billing.models import GatewayEvent, GatewayPayout, Payment, Payout, PayoutAccount, Surplus
from billing.states import GatewayEventEvent
from billing.webhooks import Found, close, goes_to_our_bank, subject_of
from kernel import audit
from kernel.errors import NotFound

NOT_OURS = "not_ours"
UNKNOWN_THERE = "unknown_there"


@dataclass(frozen=True, slots=True)
class Sight:
    """What an event speaks of (payment, payout, account; or nothing of ours), as it is there.

    Money on its way to our bank (`to_bank`) has no row here before it was heard of.
    """

    event_id: UUID
    kind: str
    subject_id: UUID | None
    seen: IntentSnapshot | TransferSnapshot | PayeeSnapshot | SentToBank | None
    gateway: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One value of one of our rows, before and after."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to, and what it changed; nothing where all was known."""

    event: GatewayEvent
    outcome: str
    changes: tuple[Change, ...]


def look(*, event_id: UUID) -> Sight:
    """Fetch what the event speaks of. Call it outside any transaction; it writes nothing.

    Raises: NotFound, GatewayUnavailable, GatewayRefused.
    """
    event = GatewayEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound(f"There is no gateway event {event_id}.")
    if goes_to_our_bank(event):
        sent = treasury.look(gateway=event.gateway, gateway_payout_id=event.object_id)
        return Sight(event_id, "to_bank", None, sent, event.gateway)
    match subject_of(event):
        case ("payment", payment_id):
            return Sight(event_id, "payment", payment_id, _look_at_payment(payment_id, event))
        case ("payout", payout_id):
            return Sight(event_id, "payout", payout_id, payouts.look(payout_id=payout_id))
        case ("account", account_id):
            sight = payout_accounts.look(account_id=account_id)
            return Sight(event_id, "account", account_id, sight)
    return Sight(event_id, "", None, None)


def _look_at_payment(payment_id: UUID, event: GatewayEvent) -> IntentSnapshot | None:
    """Fetch the payment's intent; or another charge that names it, which goes back."""
    rows = Surplus.objects.filter(payment=payment_id)
    named = rows.filter(Q(intent_id=event.intent_id) | Q(charge_id=event.charge_id)).first()
    if named is not None:
        return surplus.look(payment_id=payment_id, intent_id=named.intent_id).seen
    return payments.look(payment_id=payment_id, hint=event.intent_id or None)


def apply(sight: Sight, *, by: str, now: datetime) -> Replayed:
    """Apply what was seen, close the event where it still waits or failed, note who did it.

    Expects the caller's transaction. `by` is the public id of the person. Raises what applying
    raises: PayoutContradicted, RowBusy.
    """
    before = _values(sight)
    found = _applied(sight, now=now)
    after = _values(sight)
    strange = sight.subject_id is None and sight.kind != "to_bank"
    move = GatewayEventEvent.IGNORE if strange else GatewayEventEvent.FINISH
    was = GatewayEvent.objects.values_list("state", flat=True).get(pk=sight.event_id)
    event = close(sight.event_id, move, now=now, found=found)
    changes = [
        Change(what, before.get(what, ""), value)
        for what, value in after.items()
        if before.get(what, "") != value
    ]
    if was != event.state:
        changes.append(Change(f"Event {event.event_id}", was, event.state))
    audit.record(
        actor=by,
        action="gateway_event.replayed",
        object_type="gateway_event",
        object_id=event.public_id,
        data={
            "outcome": found.outcome,
            "changes": [[change.what, change.before, change.after] for change in changes],
        },
    )
    return Replayed(event, found.outcome, tuple(changes))


def _applied(sight: Sight, *, now: datetime) -> Found:
    match sight:
        case Sight(subject_id=UUID() as payment_id, seen=IntentSnapshot() as intent):
            settled = payments.apply_sight(payment_id, intent, now=now)
            surplus.observe(refunds.lock_payment(payment_id), intent, now=now)
            return Found(settled.outcome, payment_id=payment_id)
        case Sight(subject_id=UUID() as payout_id, seen=TransferSnapshot() as transfer):
            state = payouts.apply(payout_id, transfer, now=now).state
            return Found(state, payout_id=payout_id)
        case Sight(subject_id=UUID() as account_id, seen=PayeeSnapshot() as payee):
            return Found(payout_accounts.apply_sight(account_id, payee, now=now).state)
        case Sight(seen=SentToBank() as sent):
            return Found(treasury.apply(gateway=sight.gateway, seen=sent, now=now).state)
        case Sight(subject_id=None):
            return Found(NOT_OURS)
    found = {f"{sight.kind}_id": sight.subject_id} if sight.kind != "account" else {}
    return Found(UNKNOWN_THERE, **found)


def _values(sight: Sight) -> Mapping[str, str]:
    """Return what our rows say of the subject, by the words that people read."""
    match sight:
        case Sight(kind="payment", subject_id=UUID() as payment_id):
            return _payment_values(payment_id)
        case Sight(kind="payout", subject_id=UUID() as payout_id):
            payout = Payout.objects.get(pk=payout_id)
            return {
                f"Payout {payout.public_id}": payout.state,
                "Transfer": payout.gateway_transfer_id or "",
            }
        case Sight(kind="account", subject_id=UUID() as account_id):
            account = PayoutAccount.objects.get(pk=account_id)
            return {
                f"Payout account {account.public_id}": account.state,
                "Asked for": account.asked_for,
            }
        case Sight(seen=SentToBank() as sent):
            rows = GatewayPayout.objects.filter(gateway=sight.gateway, gateway_payout_id=sent.id)
            return {f"Payout to the bank {row.public_id}": row.state for row in rows}
    return {}


def _payment_values(payment_id: UUID) -> Mapping[str, str]:
    payment = Payment.objects.select_related("purchase__session").get(pk=payment_id)
    session = payment.purchase.session
    values = {
        f"Payment {payment.public_id}": payment.state,
        **({f"Session {session.public_id}": session.state} if session else {}),
        "Charge": payment.gateway_charge_id or "",
        "Failure": payment.failure_code,
    }
    for number, refund in enumerate(payment.refunds.order_by("created_at", "pk"), start=1):
        values[f"Refund {number} of the payment"] = refund.state
    for number, row in enumerate(payment.surpluses.order_by("created_at", "pk"), start=1):
        values[f"Way back {number} of what was not asked for"] = row.state
    for dispute in payment.disputes.order_by("opened_at", "pk"):
        values[f"Dispute {dispute.gateway_dispute_id}"] = dispute.state
    return values
