"""Reserves in the books: what is kept of each share, moved between 2120 and 2130.

A reserve by rule is always the rule's part of what the mentor still has of the purchase. It is set
when the share becomes available and set again when a refund or a lost dispute has changed it, so
that the end does not depend on which came first. Expects the caller's transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from billing.fees import WHOLE_BPS
from billing.ledger import entries
from billing.ledger.chart import Code, key
from billing.ledger.posting import Draft, DraftLine
from billing.models import Line, Purchase, Reserve, ReserveMove, ReserveRule
from kernel.money import divide_half_even

SOURCE = "reserve"
BATCH = 500
Kind = ReserveMove.Kind


def begin(released: Sequence[tuple[Purchase, int, datetime]], *, now: datetime) -> None:
    """Keep back what the rules say of shares that have just become available.

    `released` is (purchase, its share, when it became available); the rule is that of the instant.
    """
    if not released:
        return
    rules = ReserveRule.objects.begun(
        currencies={purchase.currency for purchase, _, _ in released},
        until=max(at for _, _, at in released),
    )
    kept = []
    for purchase, share, at in released:
        rule = _rule_for(purchase, rules, at=at)
        if rule is not None and rule.rate_bps and share > 0:
            reserve = Reserve(
                mentor_id=purchase.mentor_id,
                currency=purchase.currency,
                purchase=purchase,
                rule=rule,
                begun_at=at,
                ends_at=at + timedelta(days=rule.hold_days),
            )
            kept.append((reserve, share, at))
    Reserve.objects.bulk_create([reserve for reserve, _, _ in kept])
    move([_set(reserve, share, at=at) for reserve, share, at in kept], now=now)


def changed() -> QuerySet[Reserve]:
    """Reserves by rule whose mentor has more or less of the purchase than when they were set."""
    has = (
        Line.objects.filter(
            purchase=OuterRef("purchase"),
            account__code__in=[Code.MENTOR_AVAILABLE, Code.MENTOR_RESERVE],
        )
        .order_by()
        .values("purchase")
        .annotate(total=-Sum("amount_minor"))
        .values("total")
    )
    share = Coalesce(Subquery(has), Value(0), output_field=BigIntegerField())
    standing = Reserve.objects.filter(released_at=None, purchase__isnull=False)
    return standing.annotate(share=share).exclude(share=F("basis_minor"))


def follow(*, now: datetime) -> int:
    """Set up to BATCH changed reserves to what the rule says of the present share; say how many."""
    rows = list(_lock(changed().select_related("rule")))
    move([_set(reserve, reserve.share, at=now) for reserve in rows], now=now)  # type: ignore[attr-defined]
    return len(rows)


def end(*, now: datetime) -> int:
    """Let up to BATCH reserves go whose days are over, dated by the end of them; say how many."""
    over = _lock(Reserve.objects.filter(released_at=None, ends_at__lte=now))
    moves = []
    for reserve in over:
        at = reserve.ends_at or now
        moves.append(_move(reserve, -reserve.amount_minor, at=at))
        reserve.released_at = at
    move(moves, now=now)
    return len(over)


type Moved = tuple[Reserve, ReserveMove | None]


def move(moves: Iterable[Moved], *, now: datetime) -> None:
    """Write the moves, their entries (2120 ↔ 2130), and what the reserves hold after them."""
    rows = list(moves)
    made = [(reserve, one) for reserve, one in rows if one is not None]
    ReserveMove.objects.bulk_create([one for _, one in made])
    Reserve.objects.bulk_update(
        [reserve for reserve, _ in rows], ["amount_minor", "basis_minor", "released_at"]
    )
    entries.post_all([_draft(reserve, one) for reserve, one in made], posted_at=now)


def by_hand(reserve: Reserve, change_minor: int, *, at: datetime) -> Moved:
    """Return the move that puts so much into a reserve, or takes it out where it is negative."""
    return _move(reserve, change_minor, at=at)


def _set(reserve: Reserve, share_minor: int, *, at: datetime) -> Moved:
    rate = reserve.rule.rate_bps if reserve.rule else 0
    target = divide_half_even(max(0, share_minor) * rate, WHOLE_BPS)
    reserve.basis_minor = share_minor
    return _move(reserve, target - reserve.amount_minor, at=at)


def _move(reserve: Reserve, change_minor: int, *, at: datetime) -> Moved:
    if not change_minor:
        return reserve, None
    kind = Kind.TAKEN if change_minor > 0 else Kind.RELEASED
    reserve.amount_minor += change_minor
    return reserve, ReserveMove(reserve=reserve, kind=kind, amount_minor=abs(change_minor), at=at)


def _draft(reserve: Reserve, one: ReserveMove) -> Draft:
    """Taken: Dr 2120 x / Cr 2130 x. Released: the reverse."""
    amount = one.amount_minor if one.kind == Kind.TAKEN else -one.amount_minor

    def line(code: Code, amount_minor: int) -> DraftLine:
        account = key(code, currency=reserve.currency)
        purchase_id: UUID | None = reserve.purchase_id
        return DraftLine(account, reserve.mentor_id, purchase_id, amount_minor, reserve.currency)

    return Draft(
        kind=str(one.kind),
        source_type=SOURCE,
        source_id=str(one.pk),
        occurred_at=one.at,
        lines=(line(Code.MENTOR_AVAILABLE, amount), line(Code.MENTOR_RESERVE, -amount)),
    )


def _rule_for(purchase: Purchase, rules: list[ReserveRule], *, at: datetime) -> ReserveRule | None:
    """Return the mentor's own rule, else that for everybody; of equals the newest begun one."""
    begun = [
        rule
        for rule in rules
        if rule.governs(mentor_id=purchase.mentor_id, currency=purchase.currency, at=at)
    ]
    own = (rule for rule in begun if rule.mentor_id is not None)
    return next(own, next(iter(begun), None))


def _lock(rows: QuerySet[Reserve]) -> list[Reserve]:
    """Lock a batch, the oldest first; what another transaction works on is left to it."""
    locked = rows.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    return list(locked[:BATCH])
