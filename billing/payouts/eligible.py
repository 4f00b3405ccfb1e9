"""Who can be paid now, and why not the others. Reading only; a fixed number of queries.

A mentor's available balance is what their lines of 2120 make that no live payout has taken. The
entries of payouts themselves are no such lines: approved and failed, or approved and reassigned,
cancel out, and otherwise the lines are taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Sum

from accounts.models import Mentor, Suspension
from billing import refunds
from billing.ledger.chart import Code, key
from billing.ledger.payout_posting import SOURCE
from billing.models import (
    Line,
    Payment,
    PayoutAccount,
    PayoutExclusion,
    PayoutHold,
    PayoutLine,
    PayoutMinimum,
    PayoutRun,
)
from billing.states import PayoutAccountState, PayoutRunState
from kernel.money import Money

Reason = PayoutExclusion.Reason
PREPARED = (PayoutRunState.DRAFT, PayoutRunState.FROZEN)


@dataclass(frozen=True, slots=True)
class Due:
    """A mentor's available money: ledger lines as (id, amount), credits negative.

    `disputed_minor` more is theirs of sales whose money a bank holds; it is in no line here.
    """

    mentor_id: UUID
    lines: tuple[tuple[int, int], ...]
    disputed_minor: int = 0

    @property
    def amount_minor(self) -> int:
        """What the mentor would get; negative where the mentor owes."""
        return -sum(amount for _, amount in self.lines)


@dataclass(frozen=True, slots=True)
class No:
    """Why a mentor is not paid, and what of it."""

    reason: Reason
    detail: str


HELD_BY_A_BANK = No(
    Reason.DISPUTED,
    "A client's bank holds the money of these sales; their share waits for its decision.",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about the mentors of a run, read once."""

    currency: str
    minimum_minor: int
    now: datetime
    accounts: dict[UUID, PayoutAccount]
    holds: dict[UUID, str]
    failed_refunds: dict[UUID, str]

    def objection(self, *, mentor_id: UUID, amount_minor: int) -> No | None:
        """Return why the mentor cannot be paid this amount, the weightiest reason first."""
        if amount_minor < 0:
            owed = Money(-amount_minor, self.currency)
            return No(Reason.NEGATIVE, f"Owes {owed}; the next earnings are set off against it.")
        if mentor_id in self.holds:
            return No(Reason.ON_HOLD, self.holds[mentor_id])
        if mentor_id in self.failed_refunds:
            return No(
                Reason.REFUND_FAILED,
                f"Refund {self.failed_refunds[mentor_id]} failed and its money is here again; "
                "give it anew first, or say why it is owed no more.",
            )
        account = self.accounts.get(mentor_id)
        if account is None or account.state != PayoutAccountState.ACTIVE:
            return No(Reason.NO_ACCOUNT, _account_words(account))
        if account.currency != self.currency:
            return No(Reason.NO_ACCOUNT, f"Their account takes {account.currency} only.")
        if account.usable_from is not None and account.usable_from > self.now:
            begins = account.usable_from.astimezone(UTC)
            return No(
                Reason.COOL_OFF,
                f"They changed their account; it is paid from {begins:%Y-%m-%d %H:%M} UTC on.",
            )
        if amount_minor < self.minimum_minor:
            least = Money(self.minimum_minor, self.currency)
            return No(Reason.BELOW_MINIMUM, f"Less than {least}; it waits for the next run.")
        return None


# Note [Disputed shares]: while a bank holds the money of a sale, the mentor's share of it is not
# paid out, be it available already: paid, it would have to be fetched back from the mentor when the
# dispute is lost. The rest of their money is no part of that quarrel and is paid. Where a purchase
# owes (its share was paid out before and refunded in part), the debt counts, disputed or not.
def due(*, currency: str, of: UUID | None = None) -> list[Due]:
    """Return every mentor's available money in one currency; those at zero are left out.

    For the mentor `of` alone, what a run that is not approved yet has taken counts as well: it is
    in 2120 until then, and whatever stands against the money stops that run. Two queries.
    """
    taken = PayoutLine.objects.filter(line=OuterRef("pk"), live=True)
    lines_of = Line.objects.all()
    if of is not None:
        taken = taken.exclude(payout__run__state__in=PREPARED)
        lines_of = lines_of.filter(mentor=of)
    rows = (
        lines_of.filter(account=key(Code.MENTOR_AVAILABLE, currency=currency))
        .exclude(entry__source_type=SOURCE)
        .filter(~Exists(taken))
        .order_by("mentor_id", "pk")
        .values_list("mentor_id", "purchase_id", "pk", "amount_minor")
    )
    held = _held_by_banks(currency=currency)
    lines: dict[UUID, list[tuple[int, int]]] = {}
    shares: dict[UUID, dict[UUID, list[tuple[int, int]]]] = {}
    for mentor_id, purchase_id, line_id, amount in rows:
        of_mentor = lines.setdefault(mentor_id, [])
        if purchase_id in held:
            of_mentor = shares.setdefault(mentor_id, {}).setdefault(purchase_id, [])
        of_mentor.append((line_id, amount))
    found = [_due(mentor_id, own, shares.get(mentor_id, {})) for mentor_id, own in lines.items()]
    return [one for one in found if one.amount_minor or one.disputed_minor]


def _due(
    mentor_id: UUID,
    lines: list[tuple[int, int]],
    shares: dict[UUID, list[tuple[int, int]]],
) -> Due:
    """Put the shares of disputed purchases aside, and count what such a purchase owes."""
    disputed = 0
    for share in shares.values():
        held = -sum(amount for _, amount in share)
        if held > 0:
            disputed += held
        else:
            lines = sorted([*lines, *share])
    return Due(mentor_id, tuple(lines), disputed)


def disputed_since(*, run: PayoutRun) -> dict[UUID, int]:
    """Return, by mentor, what the run would pay of sales whose money a bank holds; one query."""
    rows = (
        PayoutLine.objects.filter(
            payout__run=run, line__purchase__in=_held_by_banks(currency=run.currency)
        )
        .order_by()
        .values("payout__mentor_id", "line__purchase")
        .annotate(minor=Sum("amount_minor"))
    )
    found: dict[UUID, int] = {}
    for row in rows:
        if row["minor"] < 0:
            mentor_id = row["payout__mentor_id"]
            found[mentor_id] = found.get(mentor_id, 0) - row["minor"]
    return found


def disputed_besides(*, mentor_ids: Iterable[UUID], currency: str) -> dict[UUID, int]:
    """Return, by mentor, what no payout has taken of sales whose money a bank holds; two queries.

    It is in 2120, and no payout may lean on it.
    """
    taken = PayoutLine.objects.filter(line=OuterRef("pk"), live=True)
    rows = (
        Line.objects.filter(
            ~Exists(taken),
            account=key(Code.MENTOR_AVAILABLE, currency=currency),
            mentor__in=list(mentor_ids),
            purchase__in=_held_by_banks(currency=currency),
        )
        .order_by()
        .values("mentor_id", "purchase_id")
        .annotate(minor=-Sum("amount_minor"))
    )
    found: dict[UUID, int] = {}
    for row in rows:
        if row["minor"] > 0:
            found[row["mentor_id"]] = found.get(row["mentor_id"], 0) + row["minor"]
    return found


def _held_by_banks(*, currency: str) -> set[UUID]:
    """Return the purchases whose money a dispute holds: always few."""
    held = Payment.objects.filter(held_by_dispute=True, currency=currency)
    return set(held.values_list("purchase_id", flat=True))


def facts(
    *,
    mentor_ids: Iterable[UUID],
    gateway: str,
    currency: str,
    minimum_minor: int,
    now: datetime,
) -> Facts:
    """Read what decides about these mentors: accounts, holds, refunds that failed; four queries."""
    mentors = list(mentor_ids)
    accounts = PayoutAccount.objects.filter(mentor__in=mentors, gateway=gateway)
    return Facts(
        currency=currency,
        minimum_minor=minimum_minor,
        now=now,
        accounts={
            account.mentor_id: account
            for account in accounts.exclude(state=PayoutAccountState.CLOSED)
        },
        holds=holds(mentor_ids=mentors),
        failed_refunds=_failed_refunds(mentors, currency=currency),
    )


def holds(*, mentor_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return why money of these mentors is kept back, by mentor; two queries."""
    mentors = list(mentor_ids)
    standing = PayoutHold.objects.filter(mentor__in=mentors, lifted_at=None)
    suspended = Mentor.objects.filter(pk__in=mentors, status=Mentor.Status.SUSPENDED).exclude(
        # Whoever was suspended by the staff is paid what was earned, unless they said otherwise.
        user__is_active=True,
        suspensions__in=Suspension.objects.filter(lifted_at=None, holds_payouts=False),
    )
    found = dict.fromkeys(suspended.values_list("pk", flat=True), "The mentor is suspended.")
    return found | dict(standing.values_list("mentor_id", "reason"))


def minimum(*, currency: str, now: datetime) -> int | None:
    """Return the least that is paid out in a currency; None where nobody has said one."""
    try:
        return PayoutMinimum.objects.in_force(currency=currency, at=now).minimum_minor
    except PayoutMinimum.DoesNotExist:
        return None


def balances(*, mentor_ids: Iterable[UUID], currency: str) -> dict[UUID, int]:
    """Return what 2120 holds for these mentors (positive: owed to them), payouts included."""
    rows = (
        Line.objects.filter(
            account=key(Code.MENTOR_AVAILABLE, currency=currency), mentor__in=list(mentor_ids)
        )
        .order_by()
        .values("mentor_id")
        .annotate(total=Sum("amount_minor"))
    )
    return {row["mentor_id"]: -row["total"] for row in rows}


# Note [Failed refunds]: the mentor's part of a refund that failed is back in 2120, while the
# client still waits for the money. Paid out, it would have to be fetched back from the mentor. So
# the mentor is not paid until somebody gave it anew, or wrote down why it is owed no more. Where
# the share was not released, it waits in 2110, out of every payout's reach.
def _failed_refunds(mentors: list[UUID], *, currency: str) -> dict[UUID, str]:
    """Return a failed refund, by mentor, that nobody has dealt with yet."""
    failed = refunds.stuck().filter(
        payment__purchase__mentor__in=mentors,
        payment__purchase__released_at__isnull=False,
        currency=currency,
        mentor_minor__gt=0,
    )
    rows = failed.select_related("payment__purchase").order_by("-created_at", "pk")
    return {refund.payment.purchase.mentor_id: refund.public_id for refund in rows}


def _account_words(account: PayoutAccount | None) -> str:
    if account is None:
        return "They have not opened an account yet."
    if account.state == PayoutAccountState.RESTRICTED:
        return f"The gateway asks them for: {account.asked_for[:250] or 'more details'}."
    return "They have not finished the gateway's form yet."
