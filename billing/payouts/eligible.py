"""Who can be paid now, and why not the others. Reading only; a fixed number of queries.

A mentor's available balance is what their lines of 2120 make that no live payout has taken. The
entries of payouts themselves are no such lines: approved and failed, or approved and reassigned,
cancel out, and otherwise the lines are taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Sum

from accounts.models import Mentor
from billing import refunds
from billing.ledger.chart import Code, key
from billing.ledger.payout_posting import SOURCE
from billing.models import (
    Line,
    PayoutAccount,
    PayoutExclusion,
    PayoutHold,
    PayoutLine,
)
from billing.states import PayoutAccountState
from kernel.money import Money

Reason = PayoutExclusion.Reason


@dataclass(frozen=True, slots=True)
class Due:
    """A mentor's available money: ledger lines as (id, amount), credits negative."""

    mentor_id: UUID
    lines: tuple[tuple[int, int], ...]

    @property
    def amount_minor(self) -> int:
        """What the mentor would get; negative where the mentor owes."""
        return -sum(amount for _, amount in self.lines)


@dataclass(frozen=True, slots=True)
class No:
    """Why a mentor is not paid, and what of it."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about the mentors of a run, read once."""

    currency: str
    minimum_minor: int
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
        if amount_minor < self.minimum_minor:
            least = Money(self.minimum_minor, self.currency)
            return No(Reason.BELOW_MINIMUM, f"Less than {least}; it waits for the next run.")
        return None


def due(*, currency: str) -> list[Due]:
    """Return every mentor's available money in one currency; those at zero are left out."""
    taken = PayoutLine.objects.filter(line=OuterRef("pk"), live=True)
    rows = (
        Line.objects.filter(account=key(Code.MENTOR_AVAILABLE, currency=currency))
        .exclude(entry__source_type=SOURCE)
        .filter(~Exists(taken))
        .order_by("mentor_id", "pk")
        .values_list("mentor_id", "pk", "amount_minor")
    )
    lines: dict[UUID, list[tuple[int, int]]] = {}
    for mentor_id, line_id, amount in rows:
        if mentor_id is not None:  # always: a CHECK says that a line of 2120 names its mentor
            lines.setdefault(mentor_id, []).append((line_id, amount))
    found = [Due(mentor_id, tuple(of_mentor)) for mentor_id, of_mentor in lines.items()]
    return [one for one in found if one.amount_minor]


def facts(*, mentor_ids: Iterable[UUID], gateway: str, currency: str, minimum_minor: int) -> Facts:
    """Read what decides about these mentors: accounts, holds, refunds that failed; four queries."""
    mentors = list(mentor_ids)
    accounts = PayoutAccount.objects.filter(mentor__in=mentors, gateway=gateway)
    standing = PayoutHold.objects.filter(mentor__in=mentors, lifted_at=None)
    suspended = Mentor.objects.filter(pk__in=mentors, status=Mentor.Status.SUSPENDED)
    holds = dict.fromkeys(suspended.values_list("pk", flat=True), "The mentor is suspended.")
    return Facts(
        currency=currency,
        minimum_minor=minimum_minor,
        accounts={
            account.mentor_id: account
            for account in accounts.exclude(state=PayoutAccountState.CLOSED)
        },
        holds=holds | dict(standing.values_list("mentor_id", "reason")),
        failed_refunds=_failed_refunds(mentors, currency=currency),
    )


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
