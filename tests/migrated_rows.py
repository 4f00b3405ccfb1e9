"""The rows that migrations leave, kept and put back.

A test that commits leaves rows behind, and what comes after it would depend on the order of the
tests. Emptying the tables would also take away the site, the groups and the first rates. This
knows no model: whatever is there after the migrations is copied out, and copied in again.
"""

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from psycopg import sql

_kept: dict[str, bytes] = {}
_counters: list[tuple[str, int]] = []


def keep() -> None:
    """Remember the rows of every table of a freshly migrated database."""
    _kept.clear()
    with connection.cursor() as cursor:
        for table in _tables_with_rows():
            statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
            with cursor.copy(statement) as copy:
                _kept[table] = b"".join(bytes(piece) for piece in copy)
        cursor.execute(
            "SELECT format('%I.%I', schemaname, sequencename), last_value "
            "FROM pg_sequences WHERE last_value IS NOT NULL"
        )
        _counters[:] = cursor.fetchall()


def put_back() -> None:
    """Empty every table that has rows and fill in the remembered ones; commits."""
    with connection.cursor() as cursor:
        # Foreign keys and triggers sleep meanwhile: the rows were whole when they were copied.
        cursor.execute("SET session_replication_role = replica")
        try:
            for table in _tables_with_rows():
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, rows in _kept.items():
                statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                with cursor.copy(statement) as copy:
                    copy.write(rows)
            cursor.executemany("SELECT setval(%s, %s)", _counters)
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")
    ContentType.objects.clear_cache()


def _tables_with_rows() -> list[str]:
    """Ask all tables at once, by a statement that a session prepares the first time it is asked.

    Planning it takes three times as long as doing it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_prepared_statements WHERE name = 'tables_with_rows'")
        if not cursor.rowcount:
            cursor.execute(
                "SELECT tablename FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
            )
            question = sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
                    sql.Literal(table), sql.Identifier(table)
                )
                for (table,) in cursor.fetchall()
            )
            cursor.execute(sql.SQL("PREPARE tables_with_rows AS {}").format(question))
        cursor.execute("EXECUTE tables_with_rows")
        return sorted(row[0] for row in cursor.fetchall())
