"""SQL texts of the guards that live in the database; used by migrations alone.

Three guards recur: a table whose rows are history (append-only), a column whose changes follow
a state machine, and an approval that takes a second person. All are triggers, because they must
hold for SQL typed by hand too.
"""

from collections.abc import Iterable

REFUSE_CHANGE_FUNCTION = """
CREATE OR REPLACE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are history: they are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
DROP_REFUSE_CHANGE_FUNCTION = "DROP FUNCTION IF EXISTS kernel_refuse_change();"


def append_only(table: str) -> tuple[str, str]:
    """Return (forward, reverse) SQL that refuses UPDATE, DELETE and TRUNCATE on `table`.

    Error code 23001 (restrict_violation), which psycopg raises as an IntegrityError.
    """
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();"
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();",
        f"DROP TRIGGER {table}_append_only ON {table};DROP TRIGGER {table}_no_truncate ON {table};",
    )


def transition_trigger(
    table: str,
    *,
    column: str,
    initial: Iterable[str],
    pairs: Iterable[tuple[str, str]],
) -> tuple[str, str]:
    """Return (forward, reverse) SQL that refuses every other change of `column`.

    An insert must carry one of `initial`; an update must keep the value or follow a pair.
    Error code 23514 (check_violation).
    """
    name = f"{table}_{column}_machine"
    starts = ", ".join(f"'{state}'" for state in initial)
    moves = ", ".join(f"('{source}', '{target}')" for source, target in pairs)
    forward = f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.{column} NOT IN ({starts}) THEN
            RAISE EXCEPTION '{table}.{column} cannot begin as %', NEW.{column}
                USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
        END IF;
    ELSIF NEW.{column} IS DISTINCT FROM OLD.{column}
          AND (OLD.{column}, NEW.{column}) NOT IN ({moves}) THEN
        RAISE EXCEPTION '{table}.{column} cannot go from % to %', OLD.{column}, NEW.{column}
            USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {column} ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}();
"""
    reverse = f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();"
    return forward, reverse


def frozen(table: str, columns: Iterable[str]) -> tuple[str, str]:
    """Return (forward, reverse) SQL that refuses a change of `columns`, whatever else moves.

    Error code 23001 (restrict_violation).
    """
    names = list(columns)
    old = ", ".join(f"OLD.{column}" for column in names)
    new = ", ".join(f"NEW.{column}" for column in names)
    return _refusing_update(f"{table}_frozen", table, when=f"({old}) IS DISTINCT FROM ({new})")


def write_once(table: str, columns: Iterable[str]) -> tuple[str, str]:
    """Return (forward, reverse) SQL that refuses a second value of each of `columns`."""
    when = " OR ".join(
        f"(OLD.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column})"
        for column in columns
    )
    return _refusing_update(f"{table}_once", table, when=when)


def settled(table: str, column: str) -> tuple[str, str]:
    """Return (forward, reverse) SQL that refuses any change of a row whose `column` has a value.

    Error code 23001 (restrict_violation).
    """
    return _refusing_update(f"{table}_settled", table, when=f"OLD.{column} IS NOT NULL")


def four_eyes(
    table: str,
    *,
    preparers: Iterable[str],
    approver: str = "approved_by_id",
    check: bool = True,
) -> tuple[str, str]:
    """Return (forward, reverse) SQL that has another person approve than those who prepared.

    Nobody is exempt, and whoever types SQL is not either: the approver is none of `preparers`,
    at least one of them is named, none changes in or after the approval, and an approval is
    given once. `check=False` leaves out the CHECK where the model declares one.
    Error code 23514 (check_violation) under the name `<table>_four_eyes`.
    """
    name = f"{table}_four_eyes"
    columns = list(preparers)
    others = ", ".join(columns)
    mine = ", ".join(f"NEW.{column}" for column in columns)
    before = ", ".join(f"OLD.{column}" for column in columns)
    apart = " AND ".join(f"{approver} <> {column}" for column in columns)
    forward = f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.{approver} IN ({mine}) OR num_nonnulls({mine}) = 0 THEN
        RAISE EXCEPTION '{table} %: whoever prepared it does not approve it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW
    WHEN (NEW.{approver} IS NOT NULL) EXECUTE FUNCTION {name}();
CREATE FUNCTION {name}_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({before}) IS DISTINCT FROM ({mine})
       OR (OLD.{approver} IS NOT NULL AND OLD.{approver} IS DISTINCT FROM NEW.{approver}) THEN
        RAISE EXCEPTION '{table} %: who prepared and who approved it is settled', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name}_stand BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.{approver} IS NOT NULL OR NEW.{approver} IS NOT NULL)
    EXECUTE FUNCTION {name}_stand();
"""
    reverse = (
        f"DROP TRIGGER {name}_stand ON {table}; DROP FUNCTION {name}_stand(); "
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();"
    )
    if check:
        forward += (
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK "
            f"({approver} IS NULL OR (coalesce({others}) IS NOT NULL AND ({apart}) IS NOT FALSE));"
        )
        reverse = f"ALTER TABLE {table} DROP CONSTRAINT {name}; " + reverse
    return forward, reverse


def kept(table: str) -> tuple[str, str]:
    """Return (forward, reverse) SQL that refuses DELETE and TRUNCATE on `table`.

    Error code 23001 (restrict_violation). Of a table that was kept before `billing/0063` a reverse
    has dropped the second trigger already.
    """
    return (
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();"
        f"CREATE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();",
        f"DROP TRIGGER {table}_kept ON {table};"
        f"DROP TRIGGER IF EXISTS {table}_kept_whole ON {table};",
    )


def own_search_path(app: str) -> tuple[str, str]:
    """Return (forward, reverse) SQL that has the app's guards of today read our tables.

    A role may create temporary tables, and an unqualified name means one of those first: an empty
    `pg_temp.billing_periodclose` would open every closed month to whoever makes it. Whatever has a
    search path already keeps it.
    """
    each = f"""
DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname LIKE '{app}\\_%' AND NOT prosecdef
    LOOP
        EXECUTE format('ALTER FUNCTION %s {{setting}}', guard);
    END LOOP;
END $$;
"""  # noqa: S608 - a constant
    return (
        each.format(setting="SET search_path = public, pg_temp"),
        each.format(setting="RESET search_path"),
    )


def _refusing_update(name: str, table: str, *, when: str) -> tuple[str, str]:
    return (
        f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was fixed on {table} % is never changed', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = '{name}';
END $$;
CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN ({when}) EXECUTE FUNCTION {name}();
""",
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


# Once in a transaction the row, and the notice by which the writer hears of it
# (`kernel.page_memory.changes`).
PUBLIC_CHANGED = (
    """
    CREATE FUNCTION kernel_public_changed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO kernel_publicchange (transaction)
        VALUES (pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RAISE NOTICE 'public pages have changed' USING ERRCODE = 'CF001';
        END IF;
        RETURN NULL;
    END $$;
    """,
    "DROP FUNCTION kernel_public_changed();",
)


def public(table: str) -> tuple[str, str]:
    """Return (forward, reverse) SQL by which each statement that writes `table` changes pages."""
    return (
        f"CREATE TRIGGER {table}_is_public AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION kernel_public_changed();",
        f"DROP TRIGGER {table}_is_public ON {table};",
    )


def public_columns(table: str, *columns: str) -> tuple[str, str]:
    """Return (forward, reverse) SQL by which a row changes pages where one of `columns` changes.

    For tables that are written more often than pages show it; what is new is shown by nothing yet.
    """
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return (
        f"CREATE TRIGGER {table}_is_public AFTER UPDATE ON {table} FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION kernel_public_changed();",
        f"DROP TRIGGER {table}_is_public ON {table};",
    )
