"""Moving a purchase's parts on: commission earned (2200 → 4010), share available (2110 → 2120).

Set-wise and idempotent: which purchases are due is read from the sessions and the clock, each
is locked, what is left of it is read from its lines, and one statement posts all. Nothing here
decides when to look; `billing.earnings` does on schedule, `billing.refunds` for one purchase.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    Expression,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from billing.ledger import entries, owed, posting, reserved
from billing.ledger.chart import Code
from billing.models import Line, Payment, Purchase, Refund, Unwinding
from billing.states import LIVE_REFUND_STATES, PaymentState
from scheduling.models import Incident, Session
from scheduling.states import IncidentKind, Side, State

BATCH = 500

_COMPLETED = Q(session__state__in=[State.COMPLETED, State.REVIEWED])
# A cancellation of a session that was paid in time, which returned less than everything.
_CANCELLED_WITH_A_KEPT_AMOUNT = Q(
    session__state=State.CANCELLED,
    session__confirmed_at__isnull=False,
    session__refund_bps__lt=10_000,
)
EARNED = _COMPLETED | _CANCELLED_WITH_A_KEPT_AMOUNT
_ENDED_WITHOUT_EARNING = Q(session__state__in=[State.CANCELLED, State.EXPIRED]) & ~EARNED
_ENDED_AT = Coalesce("session__completed_at", "session__cancelled_at")
_OVER_AT = Coalesce(_ENDED_AT, "session__expired_at")
# The hold begins with the session's end, however late somebody decided on it.
_HELD_FROM = Least(_ENDED_AT, "session__ends_at")


def to_recognise() -> QuerySet[Purchase]:
    """Purchases whose commission is earned and still deferred."""
    captured = Payment.objects.filter(purchase=OuterRef("pk"), state=PaymentState.SUCCEEDED)
    paid = Exists(captured) | Q(settled_at__isnull=False)
    return Purchase.objects.filter(EARNED, paid, recognised_at=None)


def to_release(*, now: datetime, dispute_window: timedelta) -> QuerySet[Purchase]:
    """Purchases whose hold is over, and those where nothing was kept and the mentor owes.

    While a dispute holds the money the mentor's share stays on hold, until the client has what is
    owed after it, and while the staff have not decided on what was reported of the session
    (docs/adr/0029).
    """
    borne_by_mentor = Refund.objects.filter(
        payment__purchase=OuterRef("pk"),
        bearer=Refund.Bearer.MENTOR,
        state__in=LIVE_REFUND_STATES,
    )
    unwound = Unwinding.objects.filter(purchase=OuterRef("pk"), bearer=Refund.Bearer.MENTOR)
    disputed = Payment.objects.filter(purchase=OuterRef("pk"), held_by_dispute=True)
    hold_over = Q(recognised_at__isnull=False) & Q(held_from__lte=now - dispute_window)
    in_debt = (
        _ENDED_WITHOUT_EARNING
        & (Exists(borne_by_mentor) | Exists(unwound))
        & Q(owed_by_mentor__gt=0)
    )
    owing = owed.owed_back().filter(purchase=OuterRef("pk"))
    # That the mentor did not come, or had to end it, is every seat's of a group.
    of_all = Q(session__meeting=OuterRef("session__meeting")) & (
        Q(kind=IncidentKind.EMERGENCY) | Q(kind=IncidentKind.ABSENCE, side=Side.CLIENT)
    )
    reported = Incident.objects.open().filter(Q(session=OuterRef("session")) | of_all)
    pending = (
        Line.objects.filter(purchase=OuterRef("pk"), account__code=Code.MENTOR_PENDING)
        .order_by()
        .values("purchase")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    return (
        Purchase.objects.filter(
            ~Exists(disputed), ~Exists(owing), ~Exists(reported), released_at=None
        )
        .annotate(held_from=_HELD_FROM, owed_by_mentor=pending)
        .filter(hold_over | in_debt)
    )


def recognise(due: QuerySet[Purchase], *, now: datetime) -> int:
    """Recognise up to BATCH of the purchases in `due` that nobody else holds; return how many.

    Expects a transaction. An entry is dated by the end of the session, not by this run.
    """
    purchases = _lock(due)
    deferred = _left(purchases, code=Code.DEFERRED_COMMISSION)
    entries.post_all(
        [
            posting.recognised(
                subject=entries.subject_of(purchase=purchase, gateway=""),
                deferred_minor=deferred.get(purchase.pk, 0),
                at=ended_at,
            )
            for purchase, ended_at in purchases
        ],
        posted_at=now,
    )
    Purchase.objects.filter(pk__in=[purchase.pk for purchase, _ in purchases]).update(
        recognised_at=now
    )
    return len(purchases)


def release(due: QuerySet[Purchase], *, now: datetime, dispute_window: timedelta) -> int:
    """Release up to BATCH of the purchases in `due` that nobody else holds; return how many.

    Expects a transaction. Dated by the end of the hold (or of the session, where somebody
    ended it later), or by the cancellation for a debt. What
    the rules keep back of a share goes into the reserve at once.
    """
    hold_over = Greatest(
        ExpressionWrapper(_HELD_FROM + Value(dispute_window), output_field=DateTimeField()),
        _ENDED_AT,
    )
    purchases = _lock(
        due.filter(session__in=_sessions_of(due)),
        at=Case(When(recognised_at__isnull=False, then=hold_over), default=_OVER_AT),
    )
    pending = _left(purchases, code=Code.MENTOR_PENDING)
    shares = [(purchase, -pending.get(purchase.pk, 0), at) for purchase, at in purchases]
    entries.post_all(
        [
            posting.released(
                subject=entries.subject_of(purchase=purchase, gateway=""),
                pending_minor=-share,
                at=at,
            )
            for purchase, share, at in shares
        ],
        posted_at=now,
    )
    reserved.begin(shares, now=now)
    Purchase.objects.filter(pk__in=[purchase.pk for purchase, _ in purchases]).update(
        released_at=now
    )
    return len(purchases)


def _sessions_of(due: QuerySet[Purchase]) -> list[UUID]:
    """Lock the sessions of a batch, as a report does, skipping what another transaction has.

    `due` is asked again behind these locks: a report that was made meanwhile is seen, and one that
    comes later finds the share released.
    """
    wanted = due.order_by("pk").values_list("session_id", flat=True)[:BATCH]
    rows = Session.objects.select_for_update(skip_locked=True, no_key=True)
    return list(rows.filter(pk__in=list(wanted)).order_by("pk").values_list("pk", flat=True))


def _lock(due: QuerySet[Purchase], *, at: Expression = _OVER_AT) -> list[tuple[Purchase, datetime]]:
    """Lock a batch, oldest first, skipping what another transaction works on; with their `at`."""
    rows = (
        due.annotate(at=at).order_by("pk").select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    return [(purchase, purchase.at) for purchase in rows]


def _left(purchases: Iterable[tuple[Purchase, datetime]], *, code: Code) -> dict[UUID, int]:
    """Return the balance of each purchase in one account; read after the locks were taken."""
    lines = Line.objects.filter(
        purchase__in=[purchase.pk for purchase, _ in purchases], account__code=code
    )
    sums = lines.order_by().values("purchase").annotate(total=Sum("amount_minor"))
    return {row["purchase"]: row["total"] for row in sums}
