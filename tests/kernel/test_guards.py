"""The guards of `kernel.sql` hold against SQL typed by hand."""

from collections.abc import Callable

import pytest
from django.db import Error, connection, transaction

from kernel import audit, sql


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE kernel_auditentry SET actor = 'me'", "DELETE FROM kernel_auditentry"],
)
def test_history_is_appended_and_never_changed(statement: str) -> None:
    entry = audit.record(actor="usr_1", action="looked", object_type="page", object_id="7")

    with (
        pytest.raises(Error, match="history"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    entry.refresh_from_db()
    assert entry.actor == "usr_1"


@pytest.mark.django_db
@pytest.mark.parametrize("guard", [sql.append_only, sql.kept])
def test_a_truncate_is_refused_too(guard: Callable[[str], tuple[str, str]]) -> None:
    forward, reverse = guard("guarded")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE guarded (x int); INSERT INTO guarded VALUES (1);" + forward)

        with pytest.raises(Error, match="history"), transaction.atomic():
            cursor.execute("TRUNCATE guarded")

        cursor.execute(reverse + "TRUNCATE guarded")


@pytest.mark.django_db
def test_a_state_column_moves_only_along_the_table() -> None:
    forward, _ = sql.transition_trigger(
        "lamp", column="state", initial=["off"], pairs=[("off", "on"), ("on", "off")]
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE lamp (state text);" + forward)
        with pytest.raises(Error, match="cannot begin as on"), transaction.atomic():
            cursor.execute("INSERT INTO lamp VALUES ('on')")
        cursor.execute("INSERT INTO lamp VALUES ('off')")
        cursor.execute("UPDATE lamp SET state = 'on'")
        with pytest.raises(Error, match="cannot go from on to broken"), transaction.atomic():
            cursor.execute("UPDATE lamp SET state = 'broken'")
        cursor.execute("UPDATE lamp SET state = 'on'")


@pytest.mark.django_db
def test_a_row_that_is_settled_never_changes() -> None:
    forward, reverse = sql.settled("letter", "sent_at")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE letter (id int, words text, sent_at date);" + forward)
        cursor.execute("INSERT INTO letter VALUES (1, 'a', NULL)")
        cursor.execute("UPDATE letter SET words = 'b'")
        cursor.execute("UPDATE letter SET words = 'c', sent_at = '2027-01-01'")

        for change in ("words = 'd'", "sent_at = NULL"):
            with pytest.raises(Error, match="never changed"), transaction.atomic():
                cursor.execute(f"UPDATE letter SET {change}")

        cursor.execute(reverse + "UPDATE letter SET words = 'd'")
