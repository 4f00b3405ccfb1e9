"""Write a drawn market into the product's tables: the facts by COPY, the rows made of them by the
product's own statements. Kept between runs, in a database that is named after all of it.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from benchmarks.kit import crowd
from benchmarks.kit.crowd import NOW, Person, uuid_of
from cms import listing
from scheduling import starts
from tests.template_database import maintenance_session, use_template

AT = NOW.replace(year=2026)


@contextmanager
def kept(count: int) -> Iterator[list[Person]]:
    """Have Django work in the database of a market of so many; build it where there is none."""
    everybody = crowd.people(count)
    use_template()
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    drawn = hashlib.sha256(
        b"".join(Path(name).read_bytes() for name in (crowd.__file__, __file__))
    ).hexdigest()[:8]
    name = f"bench_market_{count}_{template.rpartition('_')[2]}_{drawn}"
    before = connection.settings_dict["NAME"]
    with maintenance_session() as session:
        known = session.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        ).fetchone()
        if known is None or known[0] != "complete":
            outdated = session.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                [f"bench_market_{count}_"],
            ).fetchall()
            for (old,) in outdated:
                session.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old))
                )
            session.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            if known is None or known[0] != "complete":
                _furnish(everybody)
                session.execute(
                    sql.SQL("COMMENT ON DATABASE {} IS 'complete'").format(sql.Identifier(name))
                )
            yield everybody
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


def _furnish(everybody: list[Person]) -> None:
    print(f"Building a market of {len(everybody):,} mentors …", flush=True)
    steps: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("facts", lambda: _facts(everybody)),
        ("listing", _list_all),
        ("starts", lambda: starts.rebuild_all(now=NOW)),
        ("statistics", _settle),
    )
    for name, step in steps:
        began = time.perf_counter()
        step()
        print(f"  {name}: {time.perf_counter() - began:.0f} s", flush=True)


def _list_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_mentor ORDER BY id")
        ids = [pk for (pk,) in cursor.fetchall()]
        for start in range(0, len(ids), 500):
            cursor.execute("SELECT cms_list(%s)", [ids[start : start + 500]])
    listing.rebuild()


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM scheduling_blockmark")
        cursor.execute("DELETE FROM scheduling_startmark")
        cursor.execute("VACUUM ANALYZE")


type Table = tuple[str, str, Iterable[tuple[Any, ...]]]  # its name, its columns, its rows


def _facts(everybody: list[Person]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM wagtailcore_locale LIMIT 1")
        (locale,) = cursor.fetchone()
        cursor.execute("SELECT id FROM django_content_type WHERE model = 'mentorprofilepage'")
        (kind,) = cursor.fetchone()
        cursor.execute("SELECT id FROM scheduling_cancellationpolicy LIMIT 1")
        (policy,) = cursor.fetchone()
        # Foreign keys and triggers sleep: the facts are whole, and the rows are made afterwards.
        cursor.execute("SET session_replication_role = replica")
        for table, columns, rows in (*_people(everybody, locale, kind), *_times(everybody, policy)):
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns.split()))
            )
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")


def _people(everybody: list[Person], locale: int, kind: int) -> Iterator[Table]:
    yield (
        "accounts_user",
        "id email name password is_superuser is_active date_joined time_zone session_version",
        (
            (uuid_of(2, p.number), f"m{p.number}@example.com", " ".join(p.name), "", False, True,
             AT, p.zone, 1)
            for p in everybody
        ),
    )  # fmt: skip
    yield (
        "accounts_mentor",
        "id user_id slug status location languages created_at",
        (
            (p.id, uuid_of(2, p.number), p.slug, "live", p.place, list(p.languages), AT)
            for p in everybody
        ),
    )
    yield (
        "wagtailcore_page",
        "id path depth numchild translation_key locale_id live has_unpublished_changes expired "
        "locked title draft_title slug content_type_id url_path show_in_menus seo_title "
        "search_description",
        (
            (1_000_000 + p.number, f"000100010001{p.number:06d}", 4, 0, uuid_of(3, p.number),
             locale, True, False, False, False, " ".join(p.name), " ".join(p.name), p.slug, kind,
             f"/mentors/{p.slug}/", False, "", "")
            for p in everybody
        ),
    )  # fmt: skip
    yield (
        "cms_mentorprofilepage",
        "page_ptr_id mentor_id headline bio expertise words",
        (
            (1_000_000 + p.number, p.id, " ".join(p.headline), f"<p>{' '.join(p.bio)}</p>",
             list(p.subjects), " ".join((*p.name, *p.subjects, *p.headline)).lower())
            for p in everybody
        ),
    )  # fmt: skip


def _times(everybody: list[Person], policy: UUID) -> Iterator[Table]:
    yield (
        "scheduling_schedule",
        "id mentor_id time_zone step_minutes gap_minutes notice_minutes window_days version",
        (
            (uuid_of(4, p.number), p.id, p.zone, crowd.STEP, 0, 120, 28, 1) for p in everybody
        ),
    )  # fmt: skip
    yield (
        "scheduling_weeklyrule",
        "id schedule_id weekday start_minute end_minute valid_from",
        (
            (uuid_of(5, p.number * 8 + day), uuid_of(4, p.number), day, opens, closes, p.works_from)
            for p in everybody
            for day, opens, closes in p.weekly
        ),
    )
    yield (
        "scheduling_sessiontype",
        "id mentor_id name duration_minutes price_minor currency policy_id is_active capacity "
        "minimum cutoff_minutes",
        (
            (uuid_of(6, p.number * 4 + at), p.id, "Session", minutes, price, "USD", policy, True,
             1, 1, 1440)
            for p in everybody
            for at, (price, minutes) in enumerate(p.offers)
        ),
    )  # fmt: skip
    yield (
        "scheduling_review",
        "id session_id client_id mentor_id rating comment visible created_at",
        (
            (uuid_of(7, p.number * 16 + at), uuid_of(8, p.number * 16 + at), uuid_of(9, 1), p.id,
             stars, "", True, AT)
            for p in everybody
            for at, stars in enumerate(_stars(p))
        ),
    )  # fmt: skip
    yield (
        "scheduling_meeting",
        "id mentor_id during blocked gap_minutes day capacity seats_taken live withdrawn_by "
        "withdraw_reason",
        (
            (
                uuid_of(10, p.number),
                p.id,
                _hour(p.booked),
                _hour(p.booked),
                0,
                p.booked.date(),
                1,
                1,
                True,
                "",
                "",
            )
            for p in everybody
            if p.booked
        ),
    )


def _hour(begins: datetime) -> str:
    return f"[{begins.isoformat()},{(begins + timedelta(hours=1)).isoformat()})"


def _stars(person: Person) -> list[int]:
    """Return stars that add up to what was drawn."""
    least, more = divmod(person.stars, person.reviews) if person.reviews else (0, 0)
    return [least + (at < more) for at in range(person.reviews)]
