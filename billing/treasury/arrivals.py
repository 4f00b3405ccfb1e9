"""Which bank line is the arrival of which payout: by an exact key, or because a person says so.

The keys are the gateway's reference and its id, looked for in what the line says (banks change
case and spacing). A reference may be a text that stands in many lines, so it counts only with the
payout's own amount. An amount and a day alone pair strangers, so they only ever suggest.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from billing.models import BankLine, BankMatch, GatewayPayout
from billing.treasury.outcome import arrive
from kernel.errors import Refusal

SHORTEST = 6  # a reference that is shorter could stand in any line
WINDOW = timedelta(days=7)
# A payout arrives between the day before it was sent (a bank's own clock) and this long after the
# day that was promised: banks and gateways use a reference again after some years.
LATE = timedelta(days=60)

_EXACT = """
WITH line AS (
    SELECT l.id, regexp_replace(upper(concat_ws(' ', l.text, l.reference)), '[^A-Z0-9]', '', 'g')
               AS said, l.booked_on, sign(l.amount_minor) AS way, l.amount_minor, l.currency
    FROM billing_bankline l
    WHERE NOT EXISTS (SELECT FROM billing_bankmatch m WHERE m.line_id = l.id)
), payout AS (
    SELECT p.id, regexp_replace(upper(p.gateway_payout_id), '[^A-Z0-9]', '', 'g') AS number,
           regexp_replace(upper(p.reference), '[^A-Z0-9]', '', 'g') AS reference,
           least((p.sent_at AT TIME ZONE 'UTC')::date, p.arrives_on) - 1 AS earliest,
           p.arrives_on + %(late)s AS latest, sign(p.amount_minor) AS way,
           p.amount_minor, p.currency
    FROM billing_gatewaypayout p
    WHERE p.failed_at IS NULL
      AND NOT EXISTS (SELECT FROM billing_bankmatch m WHERE m.payout_id = p.id)
), pair AS (
    SELECT line.id AS line, payout.id AS payout,
        CASE WHEN position(payout.number IN line.said) > 0 THEN 'id' ELSE 'reference' END AS by,
        count(*) OVER (PARTITION BY line.id) AS payouts,
        count(*) OVER (PARTITION BY payout.id) AS lines
    FROM line JOIN payout
      ON line.way = payout.way AND line.booked_on BETWEEN payout.earliest AND payout.latest
     AND ((length(payout.number) >= %(shortest)s AND position(payout.number IN line.said) > 0)
      OR (length(payout.reference) >= %(shortest)s
          AND (line.amount_minor, line.currency) = (payout.amount_minor, payout.currency)
          AND position(payout.reference IN line.said) > 0))
)
SELECT line, payout, by FROM pair WHERE payouts = 1 AND lines = 1 ORDER BY line
"""


class AlreadyMatched(Refusal):
    """The line or the payout belongs to another one."""

    code = "already_matched"


class CannotMatch(Refusal):
    """The line cannot be the arrival of this payout."""

    code = "cannot_match"


def match_lines(*, now: datetime) -> int:
    """Pair every line that names exactly one payout with it; return how many.

    The arrival is booked where amount and currency agree; where not, reconciliation lists it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        hold_bank()
        cursor.execute(_EXACT, {"shortest": SHORTEST, "late": LATE.days})
        pairs = cursor.fetchall()
        for line_id, payout_id, by in pairs:
            _pair(BankLine.objects.get(pk=line_id), payout_id, by=by, now=now)
    return len(pairs)


def match_by_hand(*, line_id: UUID, payout_id: UUID, now: datetime) -> BankMatch:
    """Say that this line is that payout; in the caller's transaction.

    Raises AlreadyMatched, CannotMatch.
    """
    hold_bank()
    line = BankLine.objects.select_for_update().get(pk=line_id)
    may_match(line=line, payout=GatewayPayout.objects.select_for_update().get(pk=payout_id))
    return _pair(line, payout_id, by=BankMatch.By.PERSON, now=now)


def may_match(*, line: BankLine, payout: GatewayPayout) -> None:
    """Refuse a pair that cannot be one. Raises AlreadyMatched, CannotMatch."""
    taken = BankMatch.objects.filter(line=line) | BankMatch.objects.filter(payout=payout)
    if taken.exists():
        raise AlreadyMatched("The line or the payout is matched already. Look at the list again.")
    if payout.failed_at is not None:
        raise CannotMatch("This payout came to nothing at the gateway: no line is its arrival.")
    if line.currency != payout.currency:
        raise CannotMatch(
            f"The line is in {line.currency} and the payout in {payout.currency}: it is another's."
        )
    if (line.amount_minor > 0) != (payout.amount_minor > 0):
        raise CannotMatch("One of them came in and the other went out: they are not one movement.")


def hold_bank() -> None:
    """Have whoever else matches lines of the bank wait until the transaction ends.

    Two imports may hold lines that name the same payout, and a person may match a third.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('billing: bank', 0))")


def suggestions(*, line: BankLine) -> QuerySet[GatewayPayout]:
    """Return the payouts of the line's amount that were to arrive about then: for a person."""
    return GatewayPayout.objects.filter(
        match=None,
        failed_at=None,
        currency=line.currency,
        amount_minor=line.amount_minor,
        arrives_on__range=(line.booked_on - WINDOW, line.booked_on + timedelta(days=1)),
    ).order_by("arrives_on", "pk")


def _pair(line: BankLine, payout_id: UUID, *, by: str, now: datetime) -> BankMatch:
    payout = GatewayPayout.objects.select_for_update().get(pk=payout_id)
    match = BankMatch.objects.create(line=line, payout=payout, by=by, matched_at=now)
    if (line.amount_minor, line.currency) == (payout.amount_minor, payout.currency):
        arrive(payout, at=day(line.booked_on), now=now)
    return match


def day(booked_on: date) -> datetime:
    """Return the instant that stands for a bank's day: it names no hour."""
    return datetime.combine(booked_on, time(), UTC)
