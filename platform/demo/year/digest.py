"""A year in one line: SHA-256 over its business facts, in an order of their own.

Facts are who, what, when, how much and in which state. Ids are random and stay out, and so do
rows that only say how a fact was found (jobs, events, imported rows).
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

PUBLIC_ID = re.compile(r"\b[a-z]{3}_[0-9a-z]{26}\b")
FACTS = {
    "people": """
        SELECT lower(email), name, time_zone, date_joined FROM accounts_user
    """,
    "sessions": """
        SELECT cu.email, mu.email, kind.name, s.starts_at, s.ends_at, s.state, s.price_minor,
               s.currency, s.goals, s.sequence, s.cancelled_by, s.cancel_reason, s.refund_bps,
               s.created_at, s.confirmed_at, s.started_at, s.completed_at, s.cancelled_at,
               s.expired_at
        FROM scheduling_session s
        JOIN accounts_client c ON c.id = s.client_id JOIN accounts_user cu ON cu.id = c.user_id
        JOIN accounts_mentor m ON m.id = s.mentor_id JOIN accounts_user mu ON mu.id = m.user_id
        JOIN scheduling_sessiontype kind ON kind.id = s.session_type_id
    """,
    "payments": """
        SELECT u.email, s.starts_at, p.amount_minor, p.currency, p.state, p.failure_code, p.late,
               p.actual_fee_minor, p.succeeded_at, p.cancelled_at, q.fee_minor,
               q.commission_minor, q.mentor_minor, q.recognised_at, q.released_at
        FROM billing_payment p JOIN billing_purchase q ON q.id = p.purchase_id
        JOIN scheduling_session s ON s.id = q.session_id
        JOIN accounts_client c ON c.id = q.client_id JOIN accounts_user u ON u.id = c.user_id
    """,
    "refunds": """
        SELECT u.email, s.starts_at, r.amount_minor, r.currency, r.cause, r.bearer, r.state,
               r.share_minor, r.mentor_minor, r.commission_minor, r.fee_minor, r.failure_code,
               r.reason, r.created_at, r.settled_at
        FROM billing_refund r JOIN billing_payment p ON p.id = r.payment_id
        JOIN billing_purchase q ON q.id = p.purchase_id
        JOIN scheduling_session s ON s.id = q.session_id
        JOIN accounts_client c ON c.id = q.client_id JOIN accounts_user u ON u.id = c.user_id
    """,
    "books": """
        SELECT e.source_type, e.kind, e.occurred_at, a.code, l.currency, sum(l.amount_minor)::bigint
        FROM billing_line l JOIN billing_entry e ON e.id = l.entry_id
        JOIN billing_ledgeraccount a ON a.key = l.account_id
        GROUP BY 1, 2, 3, 4, 5
    """,
    "reviews": """
        SELECT u.email, s.starts_at, r.rating, r.preparation, r.clarity, r.usefulness, r.comment,
               r.visible, r.created_at, y.text, y.created_at
        FROM scheduling_review r JOIN scheduling_session s ON s.id = r.session_id
        JOIN accounts_client c ON c.id = r.client_id JOIN accounts_user u ON u.id = c.user_id
        LEFT JOIN scheduling_reviewreply y ON y.review_id = r.id
    """,
    "messages": """
        SELECT u.email, m.number, m.text, m.sent_at FROM messaging_message m
        JOIN accounts_user u ON u.id = m.author_id
    """,
    "goals": """
        SELECT u.email, g.title, g.created_at, g.completed_at, p.at, p.percent, p.note
        FROM scheduling_goal g
        JOIN accounts_client c ON c.id = g.client_id JOIN accounts_user u ON u.id = c.user_id
        LEFT JOIN scheduling_goalprogress p ON p.goal_id = g.id
    """,
    "disputes": """
        SELECT u.email, s.starts_at, d.amount_minor, d.currency, d.reason, d.state, d.opened_at,
               d.closed_at
        FROM billing_dispute d JOIN billing_payment p ON p.id = d.payment_id
        JOIN billing_purchase q ON q.id = p.purchase_id
        JOIN scheduling_session s ON s.id = q.session_id
        JOIN accounts_client c ON c.id = q.client_id JOIN accounts_user u ON u.id = c.user_id
    """,
    "payouts": """
        SELECT r.currency, r.state, r.built_at, r.approved_at, r.count, r.total_minor, u.email,
               p.amount_minor, p.state, p.paid_at, p.failure_code, p.returned_at
        FROM billing_payoutrun r LEFT JOIN billing_payout p ON p.run_id = r.id
        LEFT JOIN accounts_mentor m ON m.id = p.mentor_id
        LEFT JOIN accounts_user u ON u.id = m.user_id
    """,
    "not paid out": """
        SELECT r.currency, r.built_at, u.email, x.reason, x.amount_minor
        FROM billing_payoutexclusion x JOIN billing_payoutrun r ON r.id = x.run_id
        JOIN accounts_mentor m ON m.id = x.mentor_id JOIN accounts_user u ON u.id = m.user_id
    """,
    "breaks": """
        SELECT type, state, ours_minor, theirs_minor, currency, occurred_at FROM billing_break
    """,
    "letters": """
        SELECT template, "to", subject, created_at, sent_at IS NOT NULL FROM notifications_email
    """,
}


def digest() -> str:
    """Return the year's digest: the same for the same facts, whoever told them in which order."""
    sum_of_all = hashlib.sha256()
    for name, sql in FACTS.items():
        sum_of_all.update(f"{name}\n".encode())
        for row in sorted(_rows(sql)):
            sum_of_all.update(f"{row}\n".encode())
    return sum_of_all.hexdigest()


def _rows(sql: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for row in cursor.fetchall():
            facts = json.dumps([_plain(value) for value in row], ensure_ascii=False)
            yield PUBLIC_ID.sub("…", facts)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else value.isoformat()
