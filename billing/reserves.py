"""Keep a part of what mentors have earned back for a while: by rule, or by hand with a reason.

What a rule keeps is taken in the transaction that makes the share available (`ledger.earned`), so
that no payout comes in between. The rest is here: follow refunds, let go in time, and by hand.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Mentor, User
from billing.ledger import entries, reserved
from billing.ledger.balances import mentor_balances
from billing.models import Reserve
from kernel import audit
from kernel.errors import Invalid, NotFound, Refusal
from kernel.money import Money


class TooLittleAvailable(Refusal):
    """A mentor's available money does not cover what is to be kept back."""

    code = "too_little_available"


class NotKeptByHand(Refusal):
    """The reserve follows a rule, or it is over: there is nothing to let go by hand."""

    code = "reserve_not_by_hand"


def follow(*, now: datetime) -> int:
    """Bring the reserves of purchases that were refunded or lost since to the rule's part.

    Returns how many. Each batch is a transaction; a second run finds nothing.
    """
    return _in_batches(reserved.follow, now)


def release(*, now: datetime) -> int:
    """Let every reserve go whose days are over at `now`; return how many."""
    return _in_batches(reserved.end, now)


def keep(
    *,
    mentor_id: UUID,
    amount_minor: int,
    currency: str,
    reason: str,
    by: User,
    now: datetime,
    until: datetime | None = None,
) -> Reserve:
    """Keep an amount of a mentor's available money back, until a day or until it is let go.

    Raises NotFound, Invalid (no amount, no reason, a past day), TooLittleAvailable.
    """
    if amount_minor <= 0 or not reason.strip():
        raise Invalid("Give an amount above zero and the reason why it is kept back.")
    if until is not None and until <= now:
        raise Invalid("The day on which it is let go has passed; choose a later one.")
    mentor = Mentor.objects.select_related("user").filter(pk=mentor_id).first()
    if mentor is None:
        raise NotFound(f"There is no mentor {mentor_id}.")
    with transaction.atomic():
        entries.lock_mentors([mentor_id])
        held = {row.currency: row.available_minor for row in mentor_balances(mentor_id=mentor_id)}
        left = held.get(currency, 0)
        if left < amount_minor:
            raise TooLittleAvailable(
                f"{mentor.user.name} has {Money(left, currency)} available, less than "
                f"{Money(amount_minor, currency)}. Keep less, or wait for the next sale."
            )
        reserve = Reserve.objects.create(
            mentor=mentor,
            currency=currency,
            reason=reason.strip()[:300],
            placed_by=by,
            begun_at=now,
            ends_at=until,
        )
        reserved.move([reserved.by_hand(reserve, amount_minor, at=now)], now=now)
        _write_down("kept", reserve, amount_minor, by=by)
    return reserve


def let_go(*, reserve_id: UUID, by: User, now: datetime) -> Reserve:
    """Make money that was kept back by hand available again. Raises NotFound, NotKeptByHand."""
    with transaction.atomic():
        reserve = Reserve.objects.select_for_update(of=("self",)).filter(pk=reserve_id).first()
        if reserve is None:
            raise NotFound(f"There is no reserve {reserve_id}.")
        if reserve.rule_id is not None or reserve.released_at is not None:
            raise NotKeptByHand(
                f"Reserve {reserve.public_id} follows a rule, or is over. A rule's reserve goes "
                "when its days are over."
            )
        amount = reserve.amount_minor
        moved = reserved.by_hand(reserve, -amount, at=now)
        reserve.released_at = now
        reserved.move([moved], now=now)
        _write_down("let_go", reserve, amount, by=by)
    return reserve


def _in_batches(step: Callable[..., int], now: datetime) -> int:
    total = 0
    while True:
        with transaction.atomic():
            done = step(now=now)
        total += done
        if done < reserved.BATCH:
            return total


def _write_down(what: str, reserve: Reserve, amount_minor: int, *, by: User) -> None:
    audit.record(
        actor=by.public_id,
        action=f"reserve.{what}",
        object_type="mentor",
        object_id=reserve.mentor.public_id,
        data={
            "reserve": reserve.public_id,
            "amount_minor": amount_minor,
            "currency": reserve.currency,
            "reason": reserve.reason,
        },
    )
