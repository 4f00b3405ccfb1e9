"""A market with a past, for the back office: so many mentors, and a hundred times as many sessions.

Mentors, pages and hours are those of `furnishing`; what the directory alone reads (listings and
starts) is left out. The past is added by PostgreSQL itself: of each mentor a hundred sessions that
took place, one each week, four of them in the last thirty days. Rows of meetings and sessions are
kept without their exclusion constraints, by which no list reads. Kept between runs.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql

from benchmarks.kit import crowd, furnishing
from tests.template_database import maintenance_session, use_template

EACH = 100  # sessions of a mentor


@contextmanager
def kept(count: int) -> Iterator[None]:
    """Have Django work in the database of a market of so many mentors with their past."""
    use_template()
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    drawn = hashlib.sha256(
        b"".join(Path(name).read_bytes() for name in (crowd.__file__, __file__))
    ).hexdigest()[:8]
    name = f"bench_office_{count}_{template.rpartition('_')[2]}_{drawn}"
    before = connection.settings_dict["NAME"]
    connection.close()
    with maintenance_session() as session:
        known = session.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        ).fetchone()
        made = known is not None and known[0] == "complete"
        if not made:
            _copy(session, template, name, outdated=f"bench_office_{count}_")
        connection.settings_dict["NAME"] = name
        try:
            if not made:
                _remember(count)
                session.execute(
                    sql.SQL("COMMENT ON DATABASE {} IS 'complete'").format(sql.Identifier(name))
                )
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


def _copy(session: psycopg.Connection, template: str, name: str, *, outdated: str) -> None:
    old = session.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [outdated]
    ).fetchall()
    for (each,) in old:
        session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(each)))
    session.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _remember(count: int) -> None:
    began = time.perf_counter()
    furnishing._facts(crowd.people(count))  # noqa: SLF001 - of the same kit
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM scheduling_meeting")
        cursor.execute(_NO_EXCLUSION)
        # Foreign keys and triggers sleep: what is written is whole.
        cursor.execute("SET session_replication_role = replica")
        for statement in (_CLIENTS, _MEETINGS, _SESSIONS):
            cursor.execute(statement, {"each": EACH})
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    print(f"  {count * EACH:,} sessions: {time.perf_counter() - began:.0f} s", flush=True)


_NO_EXCLUSION = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname, conrelid::regclass AS held FROM pg_constraint
        WHERE contype = 'x'
            AND conrelid IN ('scheduling_meeting'::regclass, 'scheduling_session'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.held, one.conname);
    END LOOP;
END $$
"""
# A client of each mentor's own, who is never in two sessions at once.
_CLIENTS = """
INSERT INTO accounts_client (id, user_id, created_at) SELECT id, user_id, now() FROM accounts_mentor
"""
# The last four weekly, the others one each week before: no two of a mentor meet.
_MEETINGS = """
INSERT INTO scheduling_meeting (id, mentor_id, during, blocked, gap_minutes, day, capacity,
    seats_taken, live, withdrawn_by, withdraw_reason)
SELECT gen_random_uuid(), mentor.id, at, at, 0, lower(at)::date, 1, 1, true, '', ''
FROM accounts_mentor AS mentor CROSS JOIN LATERAL (
    SELECT tstzrange(begins, begins + interval '1 hour') AS at FROM (
        SELECT date_trunc('hour', now()) - n * interval '7 days' AS begins
        FROM generate_series(1, %(each)s) AS n) AS each) AS past
"""
_SESSIONS = """
INSERT INTO scheduling_session (id, meeting_id, client_id, mentor_id, session_type_id, seat, state,
    live, starts_at, ends_at, during, price_minor, currency, policy, goals, sequence, client_moves,
    refund_cap_bps, cancelled_by, cancel_reason, outcome, created_at, confirmed_at, started_at,
    completed_at)
SELECT gen_random_uuid(), meeting.id, meeting.mentor_id, meeting.mentor_id, kind.id, 1,
    'completed', true, lower(during), upper(during), during, kind.price_minor, kind.currency, '{}',
    '', 0, 0, 10000, '', '', '', lower(during) - interval '3 days',
    lower(during) - interval '3 days', lower(during), upper(during)
FROM scheduling_meeting AS meeting
    JOIN LATERAL (SELECT id, price_minor, currency FROM scheduling_sessiontype AS kind
        WHERE kind.mentor_id = meeting.mentor_id ORDER BY id LIMIT 1) AS kind ON true
WHERE upper(during) < now()
"""
