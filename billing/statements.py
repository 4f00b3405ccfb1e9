"""What a mentor has earned, line by line: each line of available money, and what it is made of.

A payout's statement is the payout's own ledger lines, which the database holds to be its sum. A
sale shows its three exact parts: price − fee − commission − what went back = the line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Sum

from accounts.models import Mentor
from billing.ledger.balances import MentorBalance, mentor_balances
from billing.ledger.chart import Code
from billing.ledger.payout_posting import SOURCE as PAYOUT
from billing.models import Entry, Line, Payout, Purchase
from billing.payouts import Outlook, outlook
from billing.states import PayoutState

# What a line of available money is, by the source and the kind of its entry.
WHATS = {
    ("purchase", "released"): "sale",
    ("payment", "captured"): "sale",
    ("refund", "created"): "refund",
    ("refund", "reversed"): "refund_came_back",
    ("dispute_loss", "lost"): "dispute_lost",
    ("dispute_loss", "reversed"): "dispute_won",
    ("reserve", "taken"): "reserve_taken",
    ("reserve", "released"): "reserve_released",
    ("package_expiry", "expired"): "package_expired",
    ("write_off", "written_off"): "debt_written_off",
    ("write_off_recovery", "recovered"): "debt_recovered",
    ("revived_payout", "revived"): "paid_before",
    ("revived_payout", "reassigned"): "came_back",
}
OTHER = "other"
# A payout that nobody has approved yet, or that was given up, is nobody's statement.
SHOWN = (
    PayoutState.APPROVED,
    PayoutState.SENT,
    PayoutState.PAID,
    PayoutState.CLEARED,
    PayoutState.FAILED,
    PayoutState.RETURNED,
    PayoutState.REASSIGNED,
)


# What has reached the mentor.
PAID = (PayoutState.PAID, PayoutState.CLEARED)


@dataclass(frozen=True, slots=True)
class Sale:
    """The parts of a sale; `went_back_minor` of the share left it before it was available."""

    purchase: Purchase
    went_back_minor: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of available money, from the mentor's side: what they get is positive."""

    at: datetime
    what: str
    amount_minor: int
    currency: str
    purchase: Purchase | None
    sale: Sale | None


@dataclass(frozen=True, slots=True)
class Earnings:
    """A mentor's money in one currency, what was paid out of it so far, and what comes next."""

    balance: MentorBalance
    paid_minor: int
    following: Outlook


def earnings(*, mentor_id: UUID, now: datetime) -> list[Earnings]:
    """Return what a mentor has, was paid and is paid next, by currency.

    Three queries, and those of `payouts.outlook`.
    """
    paid = dict(
        Payout.objects.filter(mentor=mentor_id, state__in=PAID)
        .order_by()
        .values_list("currency")
        .annotate(Sum("amount_minor"))
    )
    balances = mentor_balances(mentor_id=mentor_id)
    following = outlook(
        mentor_id=mentor_id, currencies=[balance.currency for balance in balances], now=now
    )
    return [
        Earnings(balance, paid.get(balance.currency, 0), then)
        for balance, then in zip(balances, following, strict=True)
    ]


def next_payout_on(*, now: datetime) -> date:
    """Return the next day of the month on which mentors are paid (settings)."""
    today, day = now.date(), settings.PAYOUT_DAY
    if today.day < day:
        return today.replace(day=day)
    later = today.replace(day=1, month=today.month % 12 + 1, year=today.year + today.month // 12)
    return later.replace(day=day)


def entries_of(*, mentor: Mentor) -> QuerySet[Entry]:
    """Return the entries that moved a mentor's available money, but for payouts themselves."""
    return Entry.objects.filter(
        lines__mentor=mentor, lines__account__code=Code.MENTOR_AVAILABLE
    ).exclude(source_type=PAYOUT)


def lines_of_entries(entries: Iterable[Entry], *, mentor: Mentor) -> list[StatementLine]:
    """Return the mentor's line of each entry, in the order given; one query."""
    wanted = list(entries)
    rows = Line.objects.filter(entry__in=wanted, mentor=mentor, account__code=Code.MENTOR_AVAILABLE)
    by_entry = {line.entry_id: line for line in _with_their_sale(rows)}
    return [_line(by_entry[entry.pk]) for entry in wanted]


def payouts_of(*, mentor: Mentor) -> QuerySet[Payout]:
    """Return the payouts that a mentor has a statement of."""
    return Payout.objects.filter(mentor=mentor, state__in=SHOWN).select_related("account")


def lines_of_payout(payout: Payout) -> list[StatementLine]:
    """Return what a payout is made of, the oldest first; its amount is their sum. One query."""
    rows = Line.objects.filter(pk__in=payout.lines.values("line_id"))
    return [_line(line) for line in _with_their_sale(rows).order_by("entry__occurred_at", "pk")]


def _with_their_sale(rows: QuerySet[Line]) -> QuerySet[Line]:
    return rows.select_related("entry", "purchase__session__session_type")


def _line(line: Line) -> StatementLine:
    what = WHATS.get((line.entry.source_type, line.entry.kind), OTHER)
    sale = None
    if what == "sale" and line.purchase is not None:
        sale = Sale(line.purchase, line.purchase.mentor_minor + line.amount_minor)
    return StatementLine(
        at=line.entry.occurred_at,
        what=what,
        amount_minor=-line.amount_minor,
        currency=line.currency,
        purchase=line.purchase,
        sale=sale,
    )
