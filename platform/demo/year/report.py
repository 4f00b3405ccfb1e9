"""What a year holds, in numbers for people: read from the tables, nothing remembered."""

from collections.abc import Iterable, Iterator

from django.db import connection

from demo.year.breaks import Planted

COUNTS = {
    "mentors": "SELECT count(*) FROM accounts_mentor",
    "clients": "SELECT count(*) FROM accounts_client",
    "sessions": "SELECT count(*) FROM scheduling_session",
    "refunds": "SELECT count(*) FROM billing_refund",
    "disputes": "SELECT count(*) FROM billing_dispute",
    "payout runs": "SELECT count(*) FROM billing_payoutrun",
    "payouts": "SELECT count(*) FROM billing_payout",
    "reviews": "SELECT count(*) FROM scheduling_review",
    "messages": "SELECT count(*) FROM messaging_message",
    "goals": "SELECT count(*) FROM scheduling_goal",
    "gateway events": "SELECT count(*) FROM billing_gatewayevent",
    "e-mails": "SELECT count(*) FROM notifications_email",
    "ledger entries": "SELECT count(*) FROM billing_entry",
    "reconciliation runs": "SELECT count(*) FROM billing_reconciliationrun",
}
GROUPS = {
    "disputes": "SELECT state, count(*) FROM billing_dispute GROUP BY 1 ORDER BY 1",
    "payout runs": "SELECT state, count(*) FROM billing_payoutrun GROUP BY 1 ORDER BY 1",
    "payouts": "SELECT state, count(*) FROM billing_payout GROUP BY 1 ORDER BY 2 DESC, 1",
    "sessions": "SELECT state, count(*) FROM scheduling_session GROUP BY 1 ORDER BY 2 DESC, 1",
    "refunds": "SELECT cause, count(*) FROM billing_refund GROUP BY 1 ORDER BY 2 DESC, 1",
}


def report_lines(*, planted: Iterable[Planted], digest: str) -> Iterator[str]:
    """Yield the lines that the command prints: counts, planted breaks, the digest."""
    with connection.cursor() as cursor:
        for name, sql in COUNTS.items():
            cursor.execute(sql)
            row = cursor.fetchone()
            yield f"{row[0] if row else 0:6} {name}{_groups(name)}"
    yield "Planted breaks, which `manage.py reconcile` over the year finds:"
    for one in planted:
        yield f"  {one.type:<21} {one.key}  {one.what}"
    yield f"The year's digest: {digest}"


def _groups(name: str) -> str:
    if name not in GROUPS:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(GROUPS[name])
        return f" ({', '.join(f'{count} {group}' for group, count in cursor.fetchall())})"
