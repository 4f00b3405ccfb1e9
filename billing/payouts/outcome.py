"""What became of a payout: fetch what the gateway says now, apply it under the lock.

Send, webhook, sweep and reconciliation all end here. Facts that are there already change
nothing, so it may run any number of times, in any order, beside itself.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from billing import announcements
from billing.gateways.payees import TransferSnapshot, TransferStatus
from billing.gateways.registry import gateway as gateway_named
from billing.ledger import entries, payout_posting
from billing.models import Payout, PayoutAccount, PayoutRun
from billing.payouts.found import moved, payout_of
from billing.states import (
    PAYOUT,
    PAYOUT_IN_TRANSIT_STATES,
    PayoutAccountState,
    PayoutEvent,
    PayoutRunEvent,
    PayoutRunState,
    PayoutState,
)
from kernel import audit, clock, written
from kernel.display import money_text
from kernel.errors import Refusal
from kernel.tasks import task
from notifications.outbox import put_email


class PayoutContradicted(Refusal):
    """The gateway says of a payout what our history rules out; a person has to look."""

    code = "payout_contradicted"


class NotReassignable(Refusal):
    """The money did not come back, or it has nowhere better to go yet."""

    code = "payout_not_reassignable"


def settle(*, payout_id: UUID, now: datetime) -> Payout:
    """Bring a payout to what the gateway says now; nothing is ordered here.

    In order: fetch (outside any transaction); in one transaction: lock, transition, ledger entry,
    the mentor's e-mail, and the end of the run where this was its last. Raises: NotFound,
    PayoutContradicted, GatewayUnavailable, GatewayRefused.
    """
    payout = payout_of(payout_id)
    seen = look(payout_id=payout_id)
    return payout if seen is None else apply(payout_id, seen, now=now)


def look(*, payout_id: UUID) -> TransferSnapshot | None:
    """Return what the gateway shows of the payout's transfer now; None where there is none.

    Reads only; one that was never ordered is not asked about. Raises: NotFound,
    GatewayUnavailable, GatewayRefused.
    """
    payout = payout_of(payout_id)
    if payout.state in (PayoutState.CREATED, PayoutState.DISCARDED):
        return None
    port = gateway_named(payout.run.gateway)
    if payout.gateway_transfer_id is not None:
        return port.fetch_transfer(transfer_id=payout.gateway_transfer_id)
    return port.find_transfer(payout_id=payout_id)


@task
def settle_payout(*, payout_id: str) -> None:
    """Job: `settle`, at the clock's time."""
    settle(payout_id=UUID(payout_id), now=clock.now())


def find_for(
    *, gateway: str, payout_hint: UUID | None = None, transfer_id: str | None = None
) -> UUID | None:
    """Return the id of the payout that a gateway's transfer belongs to, or None: not ours.

    Our id in the metadata comes first (it is there before we know any of theirs).
    """
    ours = Payout.objects.filter(run__gateway=gateway)
    for condition in (
        Q(pk=payout_hint) if payout_hint else None,
        Q(gateway_transfer_id=transfer_id) if transfer_id else None,
    ):
        if condition is not None:
            found = ours.filter(condition).values_list("pk", flat=True).first()
            if found is not None:
                return found
    return None


def apply(payout_id: UUID, seen: TransferSnapshot, *, now: datetime) -> Payout:
    """Apply what was seen of a payout's transfer, in one transaction of its own."""
    with transaction.atomic():
        payout = payout_of(payout_id, lock=True)
        _refuse_contradictions(payout, seen)
        if payout.gateway_transfer_id is None:
            payout.gateway_transfer_id = seen.id
            payout.save(update_fields=["gateway_transfer_id"])
        match seen.status:
            case TransferStatus.PENDING:
                _advance(payout, PayoutEvent.SEND)
            case TransferStatus.PAID:
                _pay(payout, at=seen.created_at, now=now)
                _book_fee(payout, seen, now=now)
            case TransferStatus.RETURNED:
                _pay(payout, at=seen.created_at, now=now)
                _book_fee(payout, seen, now=now)
                _return(payout, at=seen.returned_at or now, now=now)
                _book_fee_returned(payout, seen, now=now)
            case TransferStatus.FAILED:
                _fail(payout, code=seen.failure_code or "failed", now=now)
    finish_run(payout.run_id, now=now)
    return payout


def refuse(payout_id: UUID, *, reason: str, now: datetime) -> Payout:
    """The gateway has said no to the order: the money is the mentor's available money again."""
    with transaction.atomic():
        payout = payout_of(payout_id, lock=True)
        _fail(payout, code=reason or "refused", now=now)
    finish_run(payout.run_id, now=now)
    return payout


def clear(payout_id: UUID, *, now: datetime) -> Payout:
    """The return window is over: nobody asks about the payout any more."""
    with transaction.atomic():
        payout = payout_of(payout_id, lock=True)
        if _advance(payout, PayoutEvent.CLEAR):
            payout.cleared_at = now
            payout.save(update_fields=["cleared_at"])
    return payout


def reassign(*, payout_id: UUID, by: User, now: datetime) -> Payout:
    """Make returned money available again (2150 → 2120), once the mentor has a working account.

    The ledger lines are free again, and the next run pays them out. Raises NotFound,
    NotReassignable.
    """
    with transaction.atomic():
        payout = payout_of(payout_id, lock=True)
        if payout.state != PayoutState.RETURNED:
            raise NotReassignable(
                f"Payout {payout.public_id} is {payout.state}; only a returned one can be "
                "reassigned."
            )
        working = PayoutAccount.objects.filter(
            mentor=payout.mentor_id, gateway=payout.run.gateway, state=PayoutAccountState.ACTIVE
        )
        if not working.exists():
            raise NotReassignable(
                f"{payout.mentor.user.name} has no verified payout account. Have them finish the "
                "gateway's form first; the money is safe in the meantime."
            )
        _advance(payout, PayoutEvent.REASSIGN, reassigned_at=now)
        entries.post(
            payout_posting.reassigned(
                moved(payout, payout.run), at=now, revived=payout.revived_at is not None
            ),
            posted_at=now,
        )
        audit.record(
            actor=by.public_id,
            action="payout.reassigned",
            object_type="payout",
            object_id=payout.public_id,
            data={"amount_minor": payout.amount_minor, "currency": payout.currency},
        )
    return payout


def finish_run(run_id: UUID, *, now: datetime) -> None:
    """End a run whose payouts have all been answered for; one that goes on is left alone."""
    open_ = Payout.objects.filter(run=run_id, state__in=PAYOUT_IN_TRANSIT_STATES)
    if open_.exists():
        return
    with transaction.atomic():
        run = PayoutRun.objects.select_for_update().get(pk=run_id)
        if run.state == PayoutRunState.SENDING and not open_.exists():
            run.transition(PayoutRunEvent.FINISH)
            run.done_at = now
            run.waits_for, run.resumes_at = "", None
            run.save(update_fields=["state", "done_at", "waits_for", "resumes_at"])


def _refuse_contradictions(payout: Payout, seen: TransferSnapshot) -> None:
    """Raise where what was seen is not this payout, or is money that our books took back."""
    if (seen.amount_minor, seen.currency) != (payout.amount_minor, payout.currency):
        ours = written.amount(payout.amount_minor, payout.currency)
        raise PayoutContradicted(
            f"Payout {payout.public_id} is {ours} here and "
            f"{money_text(seen.amount_minor, seen.currency)} at the gateway. Compare both there."
        )
    if payout.gateway_transfer_id not in (None, seen.id):
        raise PayoutContradicted(
            f"Payout {payout.public_id} is {payout.gateway_transfer_id} at the gateway, which now "
            f"also shows {seen.id} for it. Compare both there."
        )
    if 0 < seen.returned_minor < seen.amount_minor:
        raise PayoutContradicted(
            f"Of payout {payout.public_id}, {money_text(seen.returned_minor, seen.currency)} came "
            "back, which is not all of it. Take the rest back at the gateway, and pay out anew."
        )
    never_ordered = payout.state in (PayoutState.DISCARDED, PayoutState.CREATED)
    undecided = payout.state == PayoutState.FAILED and seen.status is TransferStatus.PENDING
    if never_ordered or undecided:
        raise PayoutContradicted(
            f"Payout {payout.public_id} is {payout.state} here and {seen.status} at the gateway. "
            "Take the money back there, or it is paid twice."
        )


# Note [Paid after all]: a payout that failed here and was paid there has been paid: the gateway is
# the witness. Its money, which is available again and may be in another payout by now, is taken
# once more (2120 → 2140), as a debit like any other that the next payout sets off; so the mentor
# may end owing. The entry's source is not the payout: its entries are nobody's available money.
def _pay(payout: Payout, *, at: datetime, now: datetime) -> None:
    failed_at = payout.failed_at if payout.state == PayoutState.FAILED else None
    news: dict[str, object] = {"paid_at": at}
    if failed_at is not None:
        news["revived_at"] = max(failed_at, at)
    if _advance(payout, PayoutEvent.PAY, **news):
        if payout.revived_at is not None:
            revived = payout_posting.revived(moved(payout, payout.run), at=payout.revived_at)
            entries.post(revived, posted_at=now)
        entries.post(payout_posting.paid(moved(payout, payout.run), at=at), posted_at=now)
        _tell_mentor(payout)
        announcements.payout_paid(payout, at=now)


def _fail(payout: Payout, *, code: str, now: datetime) -> None:
    if _advance(payout, PayoutEvent.FAIL, failed_at=now, failure_code=code[:80]):
        entries.post(payout_posting.failed(moved(payout, payout.run), at=now), posted_at=now)


def _return(payout: Payout, *, at: datetime, now: datetime) -> None:
    if _advance(payout, PayoutEvent.RETURN, returned_at=at):
        entries.post(payout_posting.returned(moved(payout, payout.run), at=at), posted_at=now)


def _book_fee(payout: Payout, seen: TransferSnapshot, *, now: datetime) -> None:
    """Post, once, what the gateway took of us for the payout; it may say so after it paid."""
    if seen.fee_minor and not payout.fee_minor and payout.paid_at is not None:
        payout.fee_minor = seen.fee_minor
        payout.save(update_fields=["fee_minor"])
        draft = payout_posting.fee(
            moved(payout, payout.run), fee_minor=seen.fee_minor, at=payout.paid_at
        )
        entries.post(draft, posted_at=now)


def _book_fee_returned(payout: Payout, seen: TransferSnapshot, *, now: datetime) -> None:
    back = min(seen.fee_returned_minor, payout.fee_minor)
    if back and not payout.fee_returned_minor and payout.returned_at is not None:
        payout.fee_returned_minor = back
        payout.save(update_fields=["fee_returned_minor"])
        draft = payout_posting.fee_returned(
            moved(payout, payout.run), fee_minor=back, at=payout.returned_at
        )
        entries.post(draft, posted_at=now)


def _advance(payout: Payout, event: PayoutEvent, **facts: object) -> bool:
    """Move the payout and store the facts; return False where it is there already."""
    if not PAYOUT.allows(PayoutState(payout.state), event):
        return False
    payout.transition(event)
    for name, value in facts.items():
        setattr(payout, name, value)
    payout.save(update_fields=["state", *facts])
    return True


def _tell_mentor(payout: Payout) -> None:
    put_email(
        key=f"payout-paid:{payout.public_id}",
        template="payout_paid",
        to=payout.mentor.user.email,
        language=payout.mentor.user.language,
        context={
            "name": payout.mentor.user.name,
            "amount": written.amount(payout.amount_minor, payout.currency),
            "payout": payout.public_id,
            "count": payout.lines.count(),
        },
    )
