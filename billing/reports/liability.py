"""What is owed to mentors at the end of each day or month of a span: the ledger's own balances."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from accounts.scopes import EVERYBODY, Scope, of_mentors
from billing.ledger.chart import Code
from billing.reports.owed import PAYABLE
from kernel.spans import Span

# Part 0 is all that was booked before the span.
_MOVED = f"""
    SELECT width_bucket(booked_at, %(bounds)s::timestamptz[]) AS part,
        account.code, -sum(amount_minor)::bigint
    FROM billing_ledgeraccount account
        JOIN billing_line line ON line.account_id = account.key
        JOIN billing_entry entry ON entry.id = line.entry_id
    WHERE account.code = ANY(%(codes)s) AND account.currency = %(currency)s
      AND booked_at < %(until)s
      AND (%(as_of)s::timestamptz IS NULL OR posted_at < %(as_of)s)
      AND {of_mentors("line.mentor_id")}
    GROUP BY 1, 2
"""  # noqa: S608 - constants


def at_end_of_each(
    *, span: Span, currency: str, as_of: datetime | None = None, scope: Scope = EVERYBODY
) -> list[Mapping[Code, int]]:
    """Return what each payable account holds at the end of each part (minor units); one query.

    A negative amount is owed by mentors. `as_of` counts what was posted before it.
    """
    values = {
        "bounds": span.bounds,
        "until": span.until,
        "codes": [str(code) for code in PAYABLE],
        "currency": currency,
        "as_of": as_of,
        **scope.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, values)
        moved = {(part, Code(code)): minor for part, code, minor in cursor.fetchall()}
    balance = {code: moved.get((0, code), 0) for code in PAYABLE}
    found: list[Mapping[Code, int]] = []
    for number in range(1, len(span.parts) + 1):
        balance = {code: balance[code] + moved.get((number, code), 0) for code in PAYABLE}
        found.append(balance)
    return found
