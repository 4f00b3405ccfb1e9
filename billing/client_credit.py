"""Move a client's credit: grant, spend, return. Each in the caller's transaction, once by its key.

The balance is kept by a trigger and never goes below zero; whoever takes locks it first. What
has no entry of its own (spent, refunded) is a line of the entry that tells of the purchase.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from accounts.models import Client
from billing.ledger import entries, posting
from billing.models import ClientCredit, CreditMovement, Payment, Purchase
from billing.states import LIVE_PAYMENT_STATES, PaymentState
from kernel import audit
from kernel.errors import Invalid
from kernel.money import Money

Kind = CreditMovement.Kind
SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 500


def balance(*, client: Client, currency: str, lock: bool = False) -> int:
    """Return what a client has to spend, in minor units; with `lock` nobody else spends it."""
    rows = ClientCredit.objects.select_for_update() if lock else ClientCredit.objects.all()
    found = rows.filter(client=client, currency=currency).first()
    return found.balance_minor if found else 0


def balances(*, client: Client) -> list[ClientCredit]:
    """Return what a client has to spend, by currency."""
    return list(ClientCredit.objects.filter(client=client).order_by("currency"))


def statement(*, client: Client) -> tuple[list[ClientCredit], list[CreditMovement]]:
    """Return a client's balances, and the newest hundred movements."""
    movements = CreditMovement.objects.filter(client=client).order_by("-created_at", "-pk")
    return balances(client=client), list(movements[:100])


def grant(
    *,
    client: Client,
    amount: Money,
    by: str,
    reason: str,
    key: str,
    now: datetime,
    kind: CreditMovement.Kind = Kind.GOODWILL,
    purchase: Purchase | None = None,
) -> CreditMovement:
    """Give a client credit: Dr 5060 (goodwill) or 5070 (a referral) / Cr 2500. Once by its key.

    `purchase` is the one whose credit it stands in for, and is set off against when that returns.
    Raises Invalid for an amount of nothing, and for goodwill without a reason.
    """
    if amount.amount_minor <= 0:
        raise Invalid("Say how much credit to give.", pointer="/amount")
    if not reason.strip():
        raise Invalid("Say why: it stays with the credit.", pointer="/reason")
    with transaction.atomic():
        known = CreditMovement.objects.filter(key=key).first()
        if known is not None:
            return known
        movement = CreditMovement.objects.create(
            client=client,
            currency=amount.currency,
            amount_minor=amount.amount_minor,
            kind=kind,
            purchase=purchase,
            key=key,
            by=by,
            reason=reason.strip()[:500],
            created_at=now,
        )
        entries.post(
            posting.credit_granted(
                movement_id=movement.pk,
                amount_minor=movement.amount_minor,
                currency=movement.currency,
                is_reward=kind == Kind.REFERRAL,
                at=now,
            ),
            posted_at=now,
        )
        audit.record(
            actor=by,
            action=f"credit.{kind.value}",
            object_type="client",
            object_id=str(client.pk),
            data={"amount": amount.amount_minor, "currency": amount.currency, "reason": reason},
        )
    return movement


def spend(*, purchase: Purchase, now: datetime, again: bool = False) -> None:
    """Take a purchase's credit at its checkout; `again` where an unpaid hold had returned it."""
    if purchase.credit_minor:
        _move(
            purchase,
            -purchase.credit_minor,
            Kind.SPENT,
            key=f"{'spent-late' if again else 'spent'}:{purchase.pk}",
            now=now,
        )


# Note [Spent before its refund failed]: a refund returns credit at once, the client spends it, and
# the refund fails. Nobody goes below zero, so the platform bears what is missing, as goodwill that
# names the purchase. Where the same credit returns later (the refund is given anew, a dispute is
# lost), the client has had that part: it is set off, and the goodwill goes out of 5060 again. So
# of one purchase a client gets no more than its credit, however often refunds fail, and 5060 holds
# what was truly lost: what was spent beyond what returned.
def give_back(*, purchase: Purchase, amount_minor: int, key: str, now: datetime) -> None:
    """Return credit by a refund, a lost dispute or an unwinding; `key` names it.

    Expects the purchase locked. What goodwill stood in for is set off: Dr 2500 / Cr 5060.
    """
    if not amount_minor:
        return
    _move(purchase, amount_minor, Kind.REFUNDED, key=key, now=now)
    stood_in = CreditMovement.objects.filter(
        purchase=purchase, kind__in=[Kind.GOODWILL, Kind.SET_OFF]
    ).aggregate(total=Sum("amount_minor"))
    again = min(stood_in["total"] or 0, amount_minor)
    if again:
        movement = _move(purchase, -again, Kind.SET_OFF, key=f"{key}:set-off", now=now)
        entries.post(
            posting.credit_set_off(
                movement_id=movement.pk, amount_minor=again, currency=movement.currency, at=now
            ),
            posted_at=now,
        )


def take_back(*, purchase: Purchase, amount_minor: int, key: str, now: datetime) -> None:
    """Take credit back with what had returned it and failed.

    Expects the purchase locked. What the client spent meanwhile the platform bears, as goodwill.
    """
    if not amount_minor:
        return
    has = balance(client=purchase.client, currency=purchase.currency, lock=True)
    if has < amount_minor:
        grant(
            client=purchase.client,
            amount=Money(amount_minor - has, purchase.currency),
            by="system",
            reason="Spent before the refund that returned it failed.",
            key=f"{key}:spent",
            purchase=purchase,
            now=now,
        )
    _move(purchase, -amount_minor, Kind.TAKEN_BACK, key=key, now=now)


def reserved(purchase: Purchase) -> int:
    """Return what a checkout of the purchase holds of the client's credit."""
    moved = CreditMovement.objects.filter(
        purchase=purchase, kind__in=[Kind.SPENT, Kind.RETURNED]
    ).aggregate(total=Sum("amount_minor"))
    return -(moved["total"] or 0)


def can_be_spent(purchase: Purchase) -> bool:
    """Say whether a purchase has its credit, or can take it again."""
    has = reserved(purchase)
    if has >= purchase.credit_minor:
        return True
    wanted = purchase.credit_minor - has
    return balance(client=purchase.client, currency=purchase.currency, lock=True) >= wanted


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Return the credit of checkouts that came to nothing; return how many there were.

    Nothing of such a purchase can be paid any more: the hold is over, its payments are too.
    """
    payments = Payment.objects.filter(
        purchase=OuterRef("pk"), state__in=[*LIVE_PAYMENT_STATES, PaymentState.SUCCEEDED]
    )
    returned = CreditMovement.objects.filter(purchase=OuterRef("pk"), kind=Kind.RETURNED)
    over = Purchase.objects.filter(
        ~Exists(payments),
        ~Exists(returned),
        credit_minor__gt=0,
        settled_at=None,
        session__live=False,
        created_at__lte=now - older_than,
    )
    done = 0
    for purchase_id in list(over.order_by("pk").values_list("pk", flat=True)[:SWEEP_BATCH]):
        with transaction.atomic():
            # The look comes after the lock, in a statement of its own: while one statement waited
            # for its row, `settle` may have taken the money, which changes another table.
            rows = Purchase.objects.select_for_update(skip_locked=True)
            locked = rows.filter(pk=purchase_id).first()
            purchase = over.filter(pk=purchase_id).first() if locked else None
            if purchase is not None:
                key = f"returned:{purchase.pk}"
                _move(purchase, purchase.credit_minor, Kind.RETURNED, key=key, now=now)
                done += 1
    return done


def _move(
    purchase: Purchase, amount_minor: int, kind: CreditMovement.Kind, *, key: str, now: datetime
) -> CreditMovement:
    return CreditMovement.objects.create(
        client_id=purchase.client_id,
        currency=purchase.currency,
        amount_minor=amount_minor,
        kind=kind,
        purchase=purchase,
        key=key,
        by="system",
        created_at=now,
    )
