"""What each account comes to: now, as of an instant, or within a span of days. Reading only.

The balances screen, the reports and the export of the journal all ask here.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from billing.ledger.chart import CHART, Kind, code_of, name_of


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """Both sides of one account (its key carries the currency)."""

    account: str
    debit_minor: int
    credit_minor: int
    lines: int

    @property
    def balance_minor(self) -> int:
        """Debit positive."""
        return self.debit_minor - self.credit_minor

    @property
    def code(self) -> str:
        return self.account[:4]

    @property
    def name(self) -> str:
        return name_of(self.account)

    @property
    def gateway(self) -> str:
        return self.account[5:-4]

    @property
    def currency(self) -> str:
        return self.account[-3:]

    @property
    def kind(self) -> Kind:
        return CHART[code_of(self.account)].kind


_SIDES = """
    coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0)::bigint AS debit,
    coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0)::bigint AS credit,
    count(*) AS lines
"""

_BETWEEN = f"""
    SELECT line.account_id, {_SIDES}
    FROM billing_line line JOIN billing_entry entry ON entry.id = line.entry_id
    WHERE (%(as_of)s::timestamptz IS NULL OR posted_at < %(as_of)s)
      AND (%(since)s::timestamptz IS NULL OR booked_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR booked_at < %(until)s)
    GROUP BY line.account_id ORDER BY line.account_id
"""  # noqa: S608 - constants

# What was closed is added up already; only what is booked after the last close is read. Not for
# an instant in the past: whoever closed a period may have done so after it.
_NOW = f"""
    WITH line AS (
        SELECT max(until) AS until FROM billing_periodclose WHERE approved_at IS NOT NULL
    ), part AS (
        SELECT account_id, debit_minor AS debit, credit_minor AS credit, lines
        FROM billing_periodtotal
        UNION ALL
        SELECT account_id, {_SIDES}
        FROM billing_line JOIN billing_entry entry ON entry.id = entry_id
        WHERE booked_at >= coalesce((SELECT until FROM line), '-infinity')
        GROUP BY account_id
    )
    SELECT account_id, sum(debit)::bigint, sum(credit)::bigint, sum(lines)::bigint
    FROM part GROUP BY account_id HAVING sum(lines) > 0 ORDER BY account_id
"""  # noqa: S608 - constants


def account_totals(
    *, as_of: datetime | None = None, since: datetime | None = None, until: datetime | None = None
) -> list[AccountTotal]:
    """Return every account that has lines posted before `as_of` and booked in [since, until)."""
    now = as_of is None and since is None and until is None
    with connection.cursor() as cursor:
        if now:
            cursor.execute(_NOW)
        else:
            cursor.execute(_BETWEEN, {"as_of": as_of, "since": since, "until": until})
        return [AccountTotal(*row) for row in cursor.fetchall()]
